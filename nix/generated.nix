# Every file of this repository that Nix makes from others, at the path where it is kept. `nix/render` puts them there.
{
  lib,
  pkgs,
  library,
  rendered,
}:
let
  evaluated =
    module:
    library.evalInfra {
      inherit lib;
      modules = [ module ];
    };

  cases = lib.attrNames (
    lib.filterAttrs (_: kind: kind == "directory") (builtins.readDir ./golden/stacks)
  );
  caseOf =
    name:
    import ./rendered.nix {
      inherit lib pkgs;
      inherit (evaluated (./golden/stacks + "/${name}/infra.nix")) roots stack;
    };

  lines = lib.concatMapStrings (message: "${message}\n");
  mistakes = evaluated ./checks/infra/mistakes.nix;
in
pkgs.runCommand "generated"
  {
    options = import ./options-doc.nix { inherit lib; } (evaluated { project = "any"; }).options;
    said = lines mistakes.failed + "\nwarnings:\n" + lines mistakes.warnings;
    passAsFile = [
      "options"
      "said"
    ];
    meta.description = "The files of this repository that are made from others";
  }
  ''
    mkdir -p $out/nix/golden/stacks $out/nix/checks/infra $out/docs
    cp -r ${rendered} $out/nix/rendered
    ${lib.concatMapStrings (name: "cp -r ${caseOf name} $out/nix/golden/stacks/${name}\n") cases}
    cp "$optionsPath" $out/docs/options.md
    cp "$saidPath" $out/nix/checks/infra/mistakes.txt
  ''
