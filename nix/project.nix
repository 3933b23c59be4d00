# A project's flake outputs, from its sources and its infra.nix.
{
  binaries,
  crane,
  evalInfra,
  inputs,
  mkImage,
  toolchain,
  treefmt-nix,
  workspace,
}:
{
  # The repository, as a path: `./.`.
  src,
  # The commit, for the records of releases: `self.rev or self.dirtyRev or null`.
  revision ? null,
  # What is run; see docs/nix.md.
  infra ? src + "/infra.nix",
  # More modules, merged with `infra`.
  modules ? [ ],
  # The package set that everything is built with.
  nixpkgs ? inputs.nixpkgs,
  systems ? [
    "x86_64-linux"
    "aarch64-linux"
    "aarch64-darwin"
  ],
  # Programs that are no packages of a Cargo workspace in `src`: pkgs: { name = derivation with bin/name; }. They must be
  # static; `pkgs` is for the system that images run on.
  programs ? _: { },
  # The Cargo profile of what goes into images; by default `image` if the workspace has that, else `release`.
  profile ? null,
  # More programs for the shell: pkgs: [ … ].
  shellPackages ? _: [ ],
}:
let
  inherit (nixpkgs) lib;
  checkedSrc =
    if builtins.isPath src then src else throw "mkProject: `src` must be a path: write `src = ./.;`";

  evaluated = evalInfra {
    inherit lib;
    modules = [ infra ] ++ modules;
    src = checkedSrc;
  };
  inherit (evaluated) roots;
  stack = lib.foldr lib.warn evaluated.stack (
    map (warning: "infra.nix: ${warning}") evaluated.warnings
  );

  hasCargo = builtins.pathExists (checkedSrc + "/Cargo.toml");
  cargo = workspace checkedSrc;
  usedProfile =
    if profile != null then
      profile
    else if lib.elem "image" cargo.profiles then
      "image"
    else
      "release";

  # Images are for Linux. On macOS they are those of the Linux with the same processor: Nix gives them to a builder.
  linuxOf = system: lib.replaceStrings [ "-darwin" ] [ "-linux" ] system;
  linuxSystems = lib.unique (map linuxOf systems);

  wanted = lib.unique (lib.mapAttrsToList (_: service: service.package) stack.services);
  renderedBy =
    pkgs:
    import ./rendered.nix {
      inherit
        lib
        pkgs
        roots
        stack
        ;
    };

  # The programs of the services, and their images.
  onLinux =
    system:
    let
      pkgs = nixpkgs.legacyPackages.${system};
      given = programs pkgs;
      compiled =
        lib.optionalAttrs hasCargo
          (binaries {
            inherit pkgs;
            src = checkedSrc;
            packages = lib.filter (name: !(given ? ${name}) && cargo.crates ? ${name}) wanted;
            profile = usedProfile;
          }).programs;
      unknown =
        name:
        throw ''
          infra.nix: a service runs the package `${name}`, which is no crate of the workspace and not in `programs`.
          Packages: ${
            lib.concatStringsSep ", " (lib.attrNames (lib.optionalAttrs hasCargo cargo.crates // given))
          }'';
      programOf = name: given.${name} or compiled.${name} or (unknown name);
    in
    {
      programs = lib.genAttrs wanted programOf;
      images = import ./images.nix {
        inherit
          lib
          mkImage
          pkgs
          revision
          stack
          ;
        inherit (toolchain pkgs) packer;
        rendered = renderedBy pkgs;
        binaryOf = name: "${programOf name}/bin/${name}";
      };
    };
  linux = lib.genAttrs linuxSystems onLinux;

  perSystem =
    system:
    let
      pkgs = nixpkgs.legacyPackages.${system};
      inherit (toolchain pkgs) driftless packer;
      inherit (linux.${linuxOf system}) images;
      rendered = renderedBy pkgs;

      apps = import ./apps.nix {
        inherit
          driftless
          packer
          pkgs
          rendered
          ;
        inherit (images) bundle;
      };
      rust = import ./rust-checks.nix {
        inherit crane pkgs;
        inherit (toolchain pkgs) caBundle;
        cargo = workspace;
        src = checkedSrc;
      };
      treefmt = import ./treefmt.nix { inherit pkgs treefmt-nix; };
    in
    {
      packages =
        linux.${linuxOf system}.programs
        // lib.mapAttrs' (name: lib.nameValuePair "image-${name}") images.layouts
        // {
          inherit rendered;
          inherit (images) bundle images;
          image-indexes = import ./image-indexes.nix {
            inherit lib pkgs stack;
            layoutsOf = lib.mapAttrs (_: it: it.images.layouts) linux;
          };
          default = images.bundle;
        };
      apps = apps // import ./render-app.nix { inherit pkgs rendered; };
      checks =
        lib.optionalAttrs (system == linuxOf system) (
          import ./image-checks.nix {
            inherit
              images
              lib
              packer
              pkgs
              ;
          }
          // import ./app-checks.nix { inherit apps lib pkgs; }
        )
        // import ./stack-checks.nix {
          inherit lib pkgs rendered;
          src = checkedSrc;
        }
        // lib.optionalAttrs hasCargo {
          inherit (rust) clippy-finds-nothing tests-pass;
        };
      devShells.default = import ./shell.nix {
        inherit crane driftless pkgs;
        packages = shellPackages pkgs;
      };
      formatter = treefmt.config.build.wrapper // {
        meta.description = "Format everything: Nix, Rust, TOML, shell";
      };
    };

  all = lib.genAttrs systems perSystem;
in
lib.genAttrs [ "packages" "apps" "checks" "devShells" "formatter" ] (
  output: lib.mapAttrs (_: outputs: outputs.${output}) all
)
