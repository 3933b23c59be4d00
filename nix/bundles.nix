# The images and bundles of a stack, as one machine makes them: those that the stack asks for, those of each environment, and
# those that the machine itself can run. Equal images are one derivation, and so are equal bundles.
{
  lib,
  mkImage,
  mkClosureImage,
  processors,
  # The project, as a path.
  src,
  # The machine's system, its package set, and its packer with the certificates of it.
  machine,
  pkgs,
  packer,
  caBundle,
  # What infra.nix says: as documents, and as services with their options.
  stack,
  rendered,
  services,
  environments,
  revision,
  # pkgs: { PACKAGE.BINARY = derivation; }
  # Packages that are no crates of the workspace.
  given,
  programsOn,
}:
let
  inherit (processors) pkgsOn systemOf systems;

  imageOf = import ./service-image.nix {
    inherit
      caBundle
      lib
      mkClosureImage
      mkImage
      packer
      src
      ;
  };

  on = lib.genAttrs systems (
    system:
    let
      target = pkgsOn machine system;
      programs = programsOn target;
    in
    {
      inherit programs;
      layouts = lib.filterAttrs (_: layout: layout != null) (
        lib.mapAttrs (
          name: service:
          imageOf {
            inherit name service;
            pkgs = target;
            program = programs.${service.package}.${service.binary};
          }
        ) services
      );
    }
  );

  # Which system each service runs on: as it says itself, and in each environment.
  said = lib.mapAttrs (_: systemOf) services;
  placed = lib.mapAttrs (
    _: environment: lib.mapAttrs (_: systemOf) environment.services
  ) environments;
  different = lib.unique (lib.attrValues placed);

  # An image in a registry is not built, but pulled by who uses the bundle.
  isBuilt = name: services.${name}.image.reference == null;
  layoutsFor =
    which:
    lib.mapAttrs (name: system: on.${system}.layouts.${name}) (
      lib.filterAttrs (name: _: isBuilt name) which
    );
  # By their content alone: a commit that changes nothing else of them changes nothing.
  locks = lib.listToAttrs (
    map
      (
        name:
        lib.nameValuePair name (
          builtins.path {
            inherit name;
            path = src + "/${name}";
          }
        )
      )
      (
        lib.filter (name: builtins.pathExists (src + "/${name}")) [
          "Cargo.lock"
          "flake.lock"
        ]
      )
  );
  imagesFor =
    which:
    import ./images.nix {
      inherit
        lib
        locks
        packer
        pkgs
        rendered
        revision
        stack
        ;
      layouts = layoutsFor which;
    };
  bundleFor = which: (imagesFor which).bundle;
  byEnvironment = lib.mapAttrs (_: bundleFor) placed;

  # Services whose image is of a program that is made here.
  ofPrograms = lib.filterAttrs (name: _: !(stack.services.${name} ? image)) services;
  programOf = name: service: {
    ${service.package}.${service.binary} =
      on.${said.${name}}.programs.${service.package}.${service.binary};
  };

  elsewhere = lib.concatMapAttrs (
    name: system:
    lib.optionalAttrs (system != said.${name} && isBuilt name) {
      "${name}-${system}" = on.${system}.layouts.${name};
    }
  );

  serviceOf =
    layout:
    stack.services.${lib.removeSuffix "-aarch64-linux" (lib.removeSuffix "-x86_64-linux" layout)};
  programLayouts = lib.filterAttrs (
    name: _:
    !(serviceOf name ? image || serviceOf name ? files || serviceOf name ? time_zones)
  ) everyLayout;

  # Every layout that anything of this has.
  everyLayout = lib.foldl' (all: which: elsewhere which // all) (layoutsFor said) different;
in
{
  inherit (imagesFor said) bundle images;
  inherit byEnvironment;
  layouts = layoutsFor said;
  # What this machine runs.
  here = bundleFor (lib.mapAttrs (_: _: machine) said);
  # For commands that learn the environment when they run: one bundle that does for all, or a directory of one for each.
  deployed =
    if lib.length different <= 1 then
      bundleFor (lib.head (different ++ [ said ]))
    else
      pkgs.linkFarm "bundles-${stack.project}" byEnvironment;

  inherit everyLayout;
  # By system.
  layoutsOn = lib.mapAttrs (_: it: it.layouts) on;
  # By a name that says which they are: their package's, if services run one program of that.
  programs = lib.concatMapAttrs (
    package: binaries:
    lib.mapAttrs' (
      binary:
      lib.nameValuePair (
        if binary == package || lib.length (lib.attrNames binaries) == 1 then
          package
        else
          "${package}-${binary}"
      )
    ) binaries
  ) (lib.zipAttrsWith (_: lib.mergeAttrsList) (lib.mapAttrsToList programOf ofPrograms));
  # The layouts that are of one program and nothing else; and of these, those whose program is a crate.
  inherit programLayouts;
  crateLayouts = lib.filterAttrs (name: _: !(lib.elem (serviceOf name).package given)) programLayouts;
}
