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
  };
  inherit (evaluated) stack;

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

  perSystem =
    system:
    let
      pkgs = nixpkgs.legacyPackages.${system};
      linux = nixpkgs.legacyPackages.${linuxOf system};
      inherit ((toolchain pkgs)) driftless;

      given = programs linux;
      wanted = lib.unique (lib.mapAttrsToList (_: service: service.package) stack.services);
      compiled = lib.optionalAttrs hasCargo (binaries {
        pkgs = linux;
        src = checkedSrc;
        packages = lib.filter (name: !(given ? ${name}) && cargo.crates ? ${name}) wanted;
        profile = usedProfile;
      });
      unknown =
        name:
        throw ''
          infra.nix: a service runs the package `${name}`, which is no crate of the workspace and not in `programs`.
          Packages: ${lib.concatStringsSep ", " (lib.attrNames (compiled // given))}'';
      programOf = name: given.${name} or compiled.${name} or (unknown name);

      images = import ./images.nix {
        inherit lib mkImage stack;
        inherit ((toolchain linux)) driftless;
        pkgs = linux;
        binaryOf = name: "${programOf name}/bin/${name}";
      };
      rust = import ./rust-checks.nix {
        inherit crane pkgs;
        cargo = workspace;
        src = checkedSrc;
      };
      treefmt = import ./treefmt.nix { inherit pkgs treefmt-nix; };
    in
    {
      packages =
        lib.genAttrs wanted programOf
        // lib.mapAttrs' (name: lib.nameValuePair "image-${name}") images.layouts
        // {
          inherit (images) bundle images stack;
          default = images.bundle;
        };
      apps = import ./apps.nix {
        inherit driftless pkgs;
        inherit (images) bundle;
      };
      checks =
        lib.optionalAttrs (system == linuxOf system) (
          import ./image-checks.nix {
            inherit
              driftless
              images
              lib
              pkgs
              ;
          }
        )
        // import ./stack-checks.nix {
          inherit lib pkgs;
          src = checkedSrc;
          inherit (images) stack;
        }
        // lib.optionalAttrs hasCargo {
          inherit (rust) clippy test;
        };
      devShells.default = import ./shell.nix {
        inherit crane driftless pkgs;
        packages = shellPackages pkgs;
      };
      formatter = treefmt.config.build.wrapper;
    };

  forEach = f: lib.genAttrs systems f;
  output = name: forEach (system: (perSystem system).${name});
in
lib.genAttrs [ "packages" "apps" "checks" "devShells" "formatter" ] output
