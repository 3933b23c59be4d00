# A project's flake outputs, from its sources and its infra.nix.
{
  binaries,
  cargoOf,
  crane,
  evalInfra,
  inputs,
  mkClosureImage,
  mkImage,
  toolchain,
  treefmt-nix,
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
  # The same for each system, where it has overlays or a configuration.
  pkgsFor ? system: nixpkgs.legacyPackages.${system},
  # Whether the images of another processor than the building machine's are made by a cross compiler, rather than by a
  # builder that has the processor.
  cross ? true,
  systems ? [
    "x86_64-linux"
    "aarch64-linux"
    "aarch64-darwin"
  ],
  # Programs that are no packages of a Cargo workspace in `src`: pkgs: { name = derivation with bin/name; }. They must be
  # static; `pkgs` is for the system that images run on.
  programs ? _: { },
  # What crates of the workspace are made of beside their own directories, as paths or filesets: [ ./migrations ./.sqlx ].
  extraFiles ? [ ],
  # How Cargo builds and tests: { toolchain, nativeBuildInputs, buildInputs, env, features, … }; see ./cargo.nix.
  cargo ? { },
  # The Cargo profile of what goes into images; by default `image` if the workspace has that, else `release`.
  profile ? null,
  # OpenTofu, or Terraform, and its providers beside AWS's: plugins: [ plugins.cloudflare_cloudflare ].
  tofu ? pkgs: pkgs.opentofu,
  terraformProviders ? _: [ ],
  # Which checks there are: see ./chosen-checks.nix.
  checks ? { },
  # What `nix fmt` does beside laying out Nix, Rust and TOML, as a module of treefmt-nix; null for no `formatter`.
  formatter ? { },
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

  chosen = import ./chosen-checks.nix checks;
  hasCargo = builtins.pathExists (checkedSrc + "/Cargo.toml");
  runsCargo = cargoOf ({ inherit extraFiles; } // cargo // { src = checkedSrc; });
  usedProfile =
    if profile != null then
      profile
    else if lib.elem "image" runsCargo.cargo.profiles then
      "image"
    else
      "release";

  processors = import ./processors.nix { inherit cross lib pkgsFor; };
  inherit (processors) linuxOf;
  linuxSystems = lib.unique (map linuxOf systems);

  wanted = lib.unique (
    lib.mapAttrsToList (_: service: { inherit (service) binary package; }) (
      lib.filterAttrs (name: _: !(stack.services.${name} ? image)) evaluated.services
    )
  );
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

  programsOn = import ./programs.nix {
    inherit
      binaries
      lib
      programs
      wanted
      ;
    src = checkedSrc;
    profile = usedProfile;
    cargo = if hasCargo then runsCargo else null;
  };

  imagesOn =
    machine:
    let
      pkgs = pkgsFor machine;
    in
    import ./bundles.nix {
      inherit
        lib
        machine
        mkClosureImage
        mkImage
        pkgs
        processors
        programsOn
        revision
        stack
        ;
      inherit (toolchain pkgs) caBundle packer;
      src = checkedSrc;
      given = lib.attrNames (programs pkgs);
      # All that is wrong is said before any of it is used.
      inherit (lib.seq stack evaluated) environments services;
      rendered = renderedBy pkgs;
    };
  linux = lib.genAttrs linuxSystems imagesOn;

  perSystem =
    system:
    let
      pkgs = pkgsFor system;
      inherit (toolchain pkgs) driftless packer;
      images = linux.${linuxOf system};
      rendered = renderedBy pkgs;
      opentofu = import ./tofu.nix { inherit pkgs terraformProviders tofu; };

      apps = import ./apps.nix {
        inherit
          driftless
          packer
          pkgs
          rendered
          ;
        tofu = opentofu;
        inherit (images) deployed here;
      };
      rust = import ./rust-checks.nix {
        inherit pkgs;
        inherit (toolchain pkgs) caBundle;
        cargo = runsCargo;
        src = checkedSrc;
        testTools = chosen.tests.tools pkgs;
        testEnvironment = chosen.tests.env;
        nextestArguments = chosen.tests.arguments;
      };
      treefmt = import ./treefmt.nix {
        inherit pkgs treefmt-nix;
        module = formatter;
      };
    in
    {
      packages = import ./merged.nix { inherit lib; } images.programs (
        lib.mapAttrs' (
          name: layout:
          lib.nameValuePair "image-${name}" (import ./image-package.nix { inherit lib pkgs; } name layout)
        ) images.layouts
        // lib.mapAttrs' (name: lib.nameValuePair "bundle-${name}") images.byEnvironment
        // {
          inherit rendered;
          inherit (images) images;
          # `nix build .#bundle.here` is what `up` runs, `.#bundle.deployed` what `deploy` is given.
          bundle = images.bundle // {
            inherit (images) deployed here;
          };
          image-indexes = import ./image-indexes.nix {
            inherit lib pkgs stack;
            layoutsOf = lib.getAttrs linuxSystems images.layoutsOn;
          };
          default = images.bundle;
        }
      );
      apps = apps // import ./render-app.nix { inherit pkgs rendered; };
      checks =
        let
          imageChecks = import ./image-checks.nix {
            inherit lib packer pkgs;
            layouts = images.everyLayout;
            ofPrograms = images.programLayouts;
            ofCrates = images.crateLayouts;
          };
        in
        lib.optionalAttrs (system == linuxOf system) (
          lib.optionalAttrs chosen.images (removeAttrs imageChecks [ "images-share-the-base-layer" ])
          // lib.optionalAttrs chosen.toolchain (
            {
              inherit (imageChecks) images-share-the-base-layer;
            }
            // import ./app-checks.nix { inherit apps lib pkgs; }
          )
        )
        // lib.optionalAttrs chosen.rendered (
          import ./stack-checks.nix {
            inherit lib pkgs rendered;
            src = checkedSrc;
          }
        )
        // lib.optionalAttrs (hasCargo && chosen.clippy) { inherit (rust) clippy-finds-nothing; }
        // lib.optionalAttrs (hasCargo && chosen.tests.enable) { inherit (rust) tests-pass; };
      devShells = import ./shell.nix {
        inherit crane lib pkgs;
        cargo = if hasCargo then runsCargo else null;
        packages = shellPackages pkgs;
        large = [
          driftless
          opentofu
        ];
      };
    }
    // lib.optionalAttrs (formatter != null) {
      formatter = treefmt.config.build.wrapper // {
        meta = treefmt.config.build.wrapper.meta or { } // {
          description = "Lay out Nix, Rust and TOML";
        };
      };
    };

  all = lib.genAttrs systems perSystem;
in
lib.genAttrs
  (
    [
      "packages"
      "apps"
      "checks"
      "devShells"
    ]
    ++ lib.optional (formatter != null) "formatter"
  )
  (output: lib.mapAttrs (_: outputs: outputs.${output}) all)
