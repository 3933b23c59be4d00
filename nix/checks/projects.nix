# Workspaces of others: what Cargo takes is taken, what builds need can be said, and what can't be is said in words.
{
  inputs,
  lib,
  library,
  pkgs,
}:
let
  inherit (pkgs.stdenv.hostPlatform) system;

  project =
    src: services: arguments:
    library.mkProject (
      {
        inherit src;
        systems = [ system ];
        infra = {
          project = "shop";
          services = lib.mapAttrs (_: service: { port = 80; } // service) services;
        };
        profile = "dev";
      }
      // arguments
    );
  packagesOf = src: services: arguments: (project src services arguments).packages.${system};

  both = {
    web = { };
    tool = { };
  };
  files = packagesOf ./projects/files both {
    # Of another workspace.
    programs =
      pkgs:
      library.mkPrograms {
        inherit pkgs;
        src = ./projects/members;
        packages = [ "tool" ];
        profile = "dev";
      };
    extraFiles = [
      ./projects/files/migrations
      ./projects/files/.sqlx
    ];
  };
  members = packagesOf ./projects/members {
    tool = { };
    web.binary = "web-server";
    worker = {
      package = "jobs";
      binary = "worker";
    };
    migrate = {
      package = "jobs";
      binary = "migrate";
    };
    sender = {
      package = "sender";
      binary = "worker";
    };
  } { };

  overlay = _: prev: {
    fetchgit = { url, hash, ... }: prev.writeText "fetched" (url + hash);
  };
  # What needs more than the sources: evaluated alone.
  asks =
    cargo:
    (packagesOf ./projects/asks { web = { }; } {
      # A Git dependency whose hash is given is fetched by a build, by nothing while this is evaluated.
      pkgsFor = system: inputs.nixpkgs.legacyPackages.${system}.extend overlay;
      cargo = {
        outputHashes."git+https://git.example/dep?rev=0123456789abcdef0123456789abcdef01234567#0123456789abcdef0123456789abcdef01234567" =
          lib.fakeHash;
        registries = crane: [
          (crane.registryFromDownloadUrl {
            indexUrl = "https://registry.example/index";
            dl = "https://registry.example/{crate}/{version}";
          })
        ];
        # Said to be what rust-toolchain.toml asks for.
        toolchain = pkgs: pkgs.rustc;
      }
      // cargo;
    }).web;
  asking = asks {
    nativeBuildInputs = pkgs: [ pkgs.jq ];
    buildInputs = pkgs: [ pkgs.openssl ];
    env.SQLX_OFFLINE = "true";
    features = [ "extra" ];
    overrides.web = old: { CARGO_BUILD_JOBS = "${old.pname}-1"; };
  };
  flags = lib.findFirst (lib.hasSuffix "_RUSTFLAGS") null (lib.attrNames asking);

  toolchainOf = src: import ../workspace/toolchain.nix { inherit lib src; };

  fails = value: !(builtins.tryEval (builtins.deepSeq value value)).success;

  tests = lib.mapAttrs' (name: lib.nameValuePair "test: ${name}") {
    "a package has the programs that Cargo finds" = {
      expr = lib.attrNames (
        removeAttrs members [
          "bundle"
          "default"
          "image-indexes"
          "images"
          "rendered"
        ]
      );
      expected = [
        "image-migrate"
        "image-sender"
        "image-tool"
        "image-web"
        "image-worker"
        "jobs-migrate"
        "jobs-worker"
        "sender"
        "tool"
        "web"
      ];
    };
    "a program or a package that is not there is refused" = {
      expr = map fails [
        (packagesOf ./projects/members { web = { }; } { }).web.drvPath
        (packagesOf ./projects/members { old = { }; } { }).old.drvPath
      ];
      expected = [
        true
        true
      ];
    };
    "builds get programs, libraries, variables, features" = {
      expr = {
        inherit (asking) SQLX_OFFLINE CARGO_BUILD_JOBS;
        libraries = map lib.getName (asking.buildInputs ++ asking.propagatedBuildInputs);
        programs = lib.any (it: lib.getName it == "jq") asking.nativeBuildInputs;
        features = lib.hasInfix "--features extra" asking.buildPhase;
      };
      expected = {
        SQLX_OFFLINE = "true";
        CARGO_BUILD_JOBS = "web-1";
        libraries = [ (lib.getName pkgs.pkgsStatic.openssl) ];
        programs = true;
        features = true;
      };
    };
    "the flags of the configuration and ours are both there" = {
      expr = map (it: lib.hasInfix it asking.${flags}) [
        "--cfg theirs"
        "--remap-path-prefix="
      ];
      expected = [
        true
        true
      ];
    };
    "checks and the formatter are the project's to choose" = {
      expr =
        map
          (arguments: {
            checks = lib.attrNames (
              (project ./projects/files { web = { }; } arguments).checks.${system} or { }
            );
            formatter = (project ./projects/files { web = { }; } arguments) ? formatter;
          })
          [
            {
              checks = {
                images = false;
                rendered = false;
              };
            }
            {
              checks = {
                clippy = false;
                images = false;
                tests = false;
              };
              formatter = null;
            }
          ];
      expected = [
        {
          checks = [
            "clippy-finds-nothing"
            "tests-pass"
          ];
          formatter = true;
        }
        {
          checks = [ ];
          formatter = false;
        }
      ];
    };
    "tests get programs and variables, and say which are run" = {
      expr =
        let
          tests =
            (project ./projects/files { web = { }; } {
              checks.tests = {
                tools = pkgs: [ pkgs.jq ];
                arguments = "-E all()";
                env.DATABASE_URL = "sqlite:";
              };
            }).checks.${system}.tests-pass;
        in
        [
          (lib.any (it: lib.getName it == "jq") tests.nativeBuildInputs)
          (lib.hasInfix "-E all()" tests.checkPhase)
          tests.DATABASE_URL
        ];
      expected = [
        true
        true
        "sqlite:"
      ];
    };
    "other providers of Terraform are beside AWS's" = {
      expr =
        let
          shell =
            (project ./projects/files { web = { }; } {
              tofu = pkgs: {
                withPlugins =
                  select:
                  pkgs.writeText (lib.concatStringsSep "-" (select {
                    hashicorp_aws = "aws";
                    cloudflare_cloudflare = "cloudflare";
                  })) "";
              };
              terraformProviders = plugins: [ plugins.cloudflare_cloudflare ];
            }).devShells.${system}.default;
        in
        lib.any (it: it.name == "aws-cloudflare") shell.nativeBuildInputs;
      expected = true;
    };
    "flags that would take the place of ours are refused" = {
      expr = fails (asks { env.RUSTFLAGS = "-g"; }).drvPath;
      expected = true;
    };
    "a registry that nobody named is refused" = {
      expr = fails (asks { registries = _: [ ]; }).drvPath;
      expected = true;
    };
    "crates can be vendored elsewhere" = {
      expr =
        (asks {
          registries = _: [ ];
          vendorDir = pkgs: pkgs.emptyDirectory;
        }).cargoVendorDir;
      expected = pkgs.pkgsStatic.emptyDirectory;
    };
    "a toolchain that nixpkgs does not have is told" = {
      expr = map (toolchainOf ./projects/asks).satisfiedBy [
        "1.50.0"
        "1.97.1"
      ];
      expected = [
        true
        false
      ];
    };
    "without a word about the toolchain any will do" = {
      expr = (toolchainOf ./projects/files).satisfiedBy "1.97.1";
      expected = true;
    };
  };
  failures = lib.runTests tests;

  # Both are built for this machine, too.
  builds = {
    inherit (files) web;
    inherit (members)
      jobs-migrate
      jobs-worker
      sender
      tool
      ;
    server = members.web;
    other = files.tool;
  };
in
assert lib.assertMsg (failures == [ ]) (lib.generators.toPretty { } failures);
pkgs.runCommand "projects-of-others-build"
  {
    meta.description = "Workspaces of others build: files, members, programs, toolchains, registries";
  }
  ''
    expect() { diff <(printf '%s\n' "''${@:2}") <("$1"); }
    expect ${builds.web}/bin/web 'The front page.' 'create table items;' '{}' patched
    expect ${builds.tool}/bin/tool 'tool shared'
    expect ${builds.other}/bin/tool 'tool shared'
    expect ${builds.server}/bin/web-server 'web shared'
    expect ${builds.jobs-migrate}/bin/migrate 'jobs migrate'
    expect ${builds.jobs-worker}/bin/worker 'jobs worker'
    expect ${builds.sender}/bin/worker 'sender worker'
    HOME=$TMPDIR ${lib.getExe files.image-web.copyTo} --quiet oci:copy
    [[ -n $(find copy/blobs -type f) ]]
    grep -q '^sha256:' ${files.image-web.digest}
    touch $out
  ''
