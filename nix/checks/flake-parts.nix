# The module in a flake of others, with flake-parts itself: the outputs are those of `mkProject`, and what the flake has of its
# own stays. `nix/check` evaluates this, apart from the checks: flake-parts is no input of this flake.
{
  # This flake.
  flake,
  system,
  flake-parts ? import ./flake-parts-pin.nix,
}:
let
  inherit (flake.inputs) nixpkgs;
  inherit (nixpkgs) lib;
  parts = (import (flake-parts + "/flake.nix")).outputs {
    nixpkgs-lib = nixpkgs;
    self = parts;
  };
  src = flake + "/nix/checks/projects/files";
  infra = {
    project = "shop";
    services.web.port = 80;
  };

  outputs =
    module:
    parts.lib.mkFlake
      {
        inputs = {
          inherit nixpkgs;
          self = {
            inputs = { inherit nixpkgs; };
            outPath = "${src}";
          };
        };
      }
      {
        imports = [
          flake.flakeModules.default
          module
        ];
        systems = [ system ];
        driftless = {
          inherit infra;
          src = ./projects/files;
          extraFiles = [ ./projects/files/migrations ];
        };
      };
  plain = outputs { };
  own = outputs {
    perSystem =
      { config, pkgs, ... }:
      {
        packages.default = pkgs.emptyFile;
        packages.again = config.packages.bundle;
        devShells.default = pkgs.emptyFile;
        formatter = pkgs.emptyFile;
      };
  };
  without = outputs {
    driftless.enableFormatter = false;
    driftless.checks.tests.enable = false;
    driftless.checks.clippy = false;
  };
  direct = flake.lib.mkProject {
    inherit infra nixpkgs;
    src = ./projects/files;
    extraFiles = [ ./projects/files/migrations ];
    systems = [ system ];
  };
  inherit (nixpkgs.legacyPackages.${system}) emptyFile;

  # Every argument is an option, and the other way round.
  arguments = lib.attrNames (builtins.functionArgs flake.lib.mkProject);
  options = lib.attrNames (
    import ../flake-module/options.nix {
      inherit lib;
      src = ./.;
      systems = [ ];
      nixpkgs = null;
      revision = null;
    }
  );
  failures = lib.runTests {
    testOutputsAreThoseOfMkProject = {
      expr = lib.mapAttrs (_: it: it.drvPath) plain.packages.${system};
      expected = lib.mapAttrs (_: it: it.drvPath) direct.packages.${system};
    };
    testTheFlakesOwnCount = {
      expr = [
        own.packages.${system}.default.drvPath
        own.devShells.${system}.default.drvPath
        own.formatter.${system}.drvPath
        own.packages.${system}.again.drvPath
      ];
      expected = [
        emptyFile.drvPath
        emptyFile.drvPath
        emptyFile.drvPath
        direct.packages.${system}.bundle.drvPath
      ];
    };
    testTheShellIsThereByAnotherName = {
      expr = own.devShells.${system}.driftless.drvPath;
      expected = direct.devShells.${system}.default.drvPath;
    };
    testWhatIsTurnedOffIsNotThere = {
      expr = [
        (without.formatter or { })
        (without.checks.${system} ? tests-pass || without.checks.${system} ? clippy-finds-nothing)
      ];
      expected = [
        { }
        false
      ];
    };
    testEveryArgumentIsAnOption = {
      expr = lib.subtractLists options arguments ++ lib.subtractLists arguments options;
      expected = [ "enableFormatter" ];
    };
  };
in
failures == [ ] || throw (lib.generators.toPretty { } failures)
