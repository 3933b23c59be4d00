# The processor of each image is the one that infra.nix names, whichever machine makes it, and each environment gets its own.
{
  inputs,
  lib,
  library,
  pkgs,
}:
let
  inherit (pkgs.stdenv.hostPlatform) system;
  smallest = import ./smallest-program.nix { inherit lib; };

  project =
    {
      services ? { },
      environments ? { },
    }:
    (library.mkProject {
      # Any directory that is no workspace.
      src = ../golden;
      infra = {
        project = "other";
        services = lib.recursiveUpdate {
          web = {
            package = "server";
            port = 80;
            routes = [ "/*" ];
          };
          worker = {
            package = "server";
            port = 81;
          };
        } services;
        inherit environments;
      };
      systems = [ system ];
      programs = target: {
        server = pkgs.runCommand "server" { } ''
          mkdir -p $out/bin
          printf '${smallest (if target.stdenv.hostPlatform.isx86_64 then "\\76" else "\\267")}' > $out/bin/server
        '';
      };
    }).packages.${system};

  plain = project { };
  mixed = project {
    services.worker.architecture = "arm64";
    environments.dev = { };
    environments.prod.services.web.architecture = "arm64";
  };
  # All environments say the same, and other than the services themselves.
  moved = project {
    environments.dev.services = {
      web.architecture = "arm64";
      worker.architecture = "arm64";
    };
  };
  # Which machine compiles what arm64 runs.
  compiles =
    cross:
    (
      (import ../processors.nix {
        inherit cross lib;
        pkgsFor = system: inputs.nixpkgs.legacyPackages.${system};
      }).pkgsOn
      "x86_64-linux"
      "aarch64-linux"
    ).stdenv.buildPlatform.system;
in
assert lib.assertMsg (
  mixed.bundle.drvPath == mixed.bundle-dev.drvPath
) "an environment that says what the services say has a bundle of its own";
assert lib.assertMsg (
  mixed.bundle-prod.drvPath != mixed.bundle-dev.drvPath
) "environments with other processors share a bundle";
assert lib.assertMsg (
  compiles true == "x86_64-linux" && compiles false == "aarch64-linux"
) "`cross` does not say which machine compiles";
pkgs.runCommand "processors-are-those-of-infra-nix"
  {
    nativeBuildInputs = [ pkgs.jq ];
    meta.description = "Each image is for the processor that infra.nix names, in each environment";
  }
  ''
    digest() { grep "linux/$1 " ${../golden/images} | cut -d ' ' -f 2; }
    amd64=$(digest amd64) arm64=$(digest arm64)
    expect() {
      diff <(printf '%s\n' "$2" "$3") <(jq --raw-output '.images | .web.digest, .worker.digest' "$1/release.json")
    }
    expect ${plain.bundle} "$amd64" "$amd64"
    expect ${mixed.bundle-dev} "$amd64" "$arm64"
    expect ${mixed.bundle-prod} "$arm64" "$arm64"
    expect ${moved.bundle-dev} "$arm64" "$arm64"
    expect ${moved.bundle} "$amd64" "$amd64"

    # The commands that deploy get all bundles where these differ, `up` what this machine runs.
    expect ${mixed.bundle.deployed}/dev "$amd64" "$arm64"
    expect ${mixed.bundle.deployed}/prod "$arm64" "$arm64"
    expect ${moved.bundle.deployed} "$arm64" "$arm64"
    own=$(digest ${pkgs.stdenv.hostPlatform.go.GOARCH})
    expect ${mixed.bundle.here} "$own" "$own"
    touch $out
  ''
