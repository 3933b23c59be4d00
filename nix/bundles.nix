# The images and bundles of a stack, as one machine makes them: those that the stack asks for, those of each environment, and
# those that the machine itself can run. Equal images are one derivation, and so are equal bundles.
{
  lib,
  mkImage,
  processors,
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
  # pkgs: { package = derivation; }
  programsOn,
}:
let
  inherit (processors) pkgsOn systemOf systems;

  on = lib.genAttrs systems (
    system:
    let
      target = pkgsOn machine system;
      programs = programsOn target;
    in
    {
      inherit programs;
      layouts = lib.mapAttrs (
        name: service:
        mkImage {
          inherit caBundle name packer;
          pkgs = target;
          binary = "${programs.${service.package}}/bin/${service.package}";
        }
      ) stack.services;
    }
  );

  # Which system each service runs on: as it says itself, and in each environment.
  said = lib.mapAttrs (_: systemOf) services;
  placed = lib.mapAttrs (
    _: environment: lib.mapAttrs (_: systemOf) environment.services
  ) environments;
  different = lib.unique (lib.attrValues placed);

  layoutsFor = lib.mapAttrs (name: system: on.${system}.layouts.${name});
  imagesFor =
    which:
    import ./images.nix {
      inherit
        lib
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

  elsewhere = lib.concatMapAttrs (
    name: system:
    lib.optionalAttrs (system != said.${name}) {
      "${name}-${system}" = on.${system}.layouts.${name};
    }
  );
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

  # Every layout that anything of this has.
  everyLayout = lib.foldl' (all: which: elsewhere which // all) (layoutsFor said) different;
  # By system.
  layoutsOn = lib.mapAttrs (_: it: it.layouts) on;
  programs = lib.mapAttrs' (
    name: service: lib.nameValuePair service.package on.${said.${name}}.programs.${service.package}
  ) stack.services;
}
