# What this repository has beyond what every project gets: the command line as a package, and checks of the toolchain.
{
  inputs,
  library,
  project,
  root,
}:
let
  inherit (inputs) crane nixpkgs treefmt-nix;
  inherit (nixpkgs) lib;
  inherit (library.internal) cargoOf toolchain;

  runsCargo = cargoOf { src = root; };
  inherit (runsCargo) cargo;

  perSystem =
    system:
    let
      pkgs = nixpkgs.legacyPackages.${system};
      inherit (toolchain pkgs) caBundle driftless packer;
      own = project.packages.${system};
      registry = import ./docker-registry.nix { inherit pkgs; };

      rust = import ./rust-checks.nix {
        inherit caBundle pkgs;
        cargo = runsCargo;
        src = root;
        selection = "--locked --workspace --all-features";
        # Tests hold the documents against the code.
        tested = root;
        # What stands in such a module needs more than a sandbox. All else has to run: with CI=true nothing may be skipped.
        nextestArguments = "-E 'not test(/(^|::)machine::/)'";
        testEnvironment.CI = "true";
        testTools = [
          pkgs.curl
          pkgs.git
          pkgs.openssl
          pkgs.postgresql
          registry
        ];
      };
      generated = import ./generated.nix {
        inherit lib library pkgs;
        inherit (own) rendered;
      };
      treefmt = import ./treefmt.nix {
        inherit pkgs treefmt-nix;
        module = ./formatter.nix;
      };
      craneLib = crane.mkLib pkgs;
      lock = lib.fileset.toSource {
        inherit root;
        fileset = root + "/Cargo.lock";
      };
    in
    {
      packages = {
        inherit driftless generated;
        ca-bundle = caBundle;
        default = driftless;
      };

      checks =
        import ./checks/format.nix {
          inherit
            lib
            pkgs
            root
            treefmt
            ;
        }
        // {
          inherit (rust) clippy-finds-nothing documentation-is-whole tests-pass;
          no-known-vulnerabilities = craneLib.cargoAudit {
            inherit (inputs) advisory-db;
            src = lock;
            pname = "driftless";
            inherit (cargo) version;
            meta.description = "No locked crate has a published vulnerability";
          };
          dependencies-are-allowed = craneLib.cargoDeny {
            src = lib.fileset.toSource {
              inherit root;
              fileset = lib.fileset.union (root + "/deny.toml") cargo.manifests;
            };
            cargoVendorDir = craneLib.vendorCargoDeps { cargoLock = root + "/Cargo.lock"; };
            pname = "driftless";
            inherit (cargo) version;
            meta.description = "Licences, sources and versions of the crates are those that deny.toml allows";
          };
          crates-depend-as-documented = import ./checks/crate-graph.nix {
            inherit
              lib
              pkgs
              root
              ;
            inherit (cargo) needs;
          };
          packer-makes-the-golden-images = import ./checks/packer.nix { inherit lib packer pkgs; };
          processors-are-those-of-infra-nix = import ./checks/processors.nix {
            inherit
              inputs
              lib
              library
              pkgs
              ;
          };
          images-are-of-every-kind = import ./checks/images.nix { inherit lib library pkgs; };
          projects-of-others-build = import ./checks/projects.nix {
            inherit
              inputs
              lib
              library
              pkgs
              ;
          };
          library-packs-other-programs = import ./checks/library.nix { inherit lib library pkgs; };
          infra-refuses-what-cannot-be = import ./checks/infra.nix { inherit lib pkgs library; };
          terraform-understands-the-roots = import ./checks/terraform.nix { inherit lib pkgs root; };
          extras-are-what-they-say = import ./checks/extras.nix { inherit lib pkgs library; };
          generated-files-are-current = import ./checks/generated.nix {
            inherit
              generated
              lib
              pkgs
              root
              ;
          };
          template-builds = import ./checks/template.nix {
            inherit
              inputs
              library
              pkgs
              root
              system
              ;
          };
        };

      devShells = import ./shell.nix {
        inherit crane lib pkgs;
        cargo = runsCargo;
        packages = [ ];
        large = import ./contributor.nix { inherit pkgs; } ++ [ (import ./tofu.nix { inherit pkgs; }) ];
      };
    };

  # A check on macOS would need a Linux builder for the images; those that do not are offered everywhere.
  needsImages = [
    "template-builds"
    "library-packs-other-programs"
    "images-are-of-every-kind"
    "processors-are-those-of-infra-nix"
    "projects-of-others-build"
  ];
  merge =
    name: system: theirs:
    let
      added = (perSystem system).${name} or { };
    in
    # `nix run` of this flake is the command line.
    (if name == "apps" then removeAttrs theirs [ "default" ] else theirs)
    // (
      if name == "checks" && lib.hasSuffix "darwin" system then removeAttrs added needsImages else added
    );
in
lib.mapAttrs (name: lib.mapAttrs (merge name)) project
