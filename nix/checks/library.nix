# A project without a Cargo workspace, whose program comes from elsewhere, gets the image that the packer makes of it.
{
  lib,
  library,
  pkgs,
}:
let
  inherit (pkgs.stdenv.hostPlatform) system isx86_64;
  architecture = if isx86_64 then "amd64" else "arm64";
  program = import ./smallest-program.nix { inherit lib; } (if isx86_64 then "\\76" else "\\267");

  outputs = library.mkProject {
    # Any directory that is no workspace.
    src = ../golden;
    infra = {
      project = "other";
      services.web = {
        package = "server";
        port = 80;
        routes = [ "/*" ];
      };
    };
    systems = [ system ];
    programs = pkgs: {
      server = pkgs.runCommand "server" { } ''
        mkdir -p $out/bin
        printf '${program}' > $out/bin/server
      '';
    };
  };
in
pkgs.runCommand "library-packs-other-programs"
  {
    nativeBuildInputs = [ pkgs.jq ];
    meta.description = "mkProject packs programs that no Cargo workspace has";
  }
  ''
    jq --raw-output '"linux/${architecture} \(.web.digest)"' ${
      outputs.packages.${system}.images
    }/images.json > digest
    grep 'linux/${architecture} ' ${../golden/images} | diff - digest
    touch $out
  ''
