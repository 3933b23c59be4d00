# Images of every kind: closures share what they have in common, down to one changed file; what something else has built is taken
# as it is; an image in a registry is left to who uses the bundle; a program may have files and time zones beside it.
{
  lib,
  library,
  pkgs,
}:
let
  inherit (pkgs.stdenv.hostPlatform) system isx86_64;
  program = import ./smallest-program.nix { inherit lib; } (if isx86_64 then "\\76" else "\\267");
  reference = "registry.example.com/tools/proxy@sha256:${builtins.hashString "sha256" "an image"}";

  # A web program in Python, whose page is `text`.
  web =
    pkgs: text:
    pkgs.runCommand "web" { inherit text; } ''
      mkdir -p $out/bin $out/share/web
      cp ${./images/web.py} $out/share/web/web.py
      printf %s "$text" > $out/share/web/page.txt
      printf '#!${pkgs.runtimeShell}\nexec ${pkgs.python3}/bin/python3 %s/share/web/web.py\n' $out > $out/bin/web
      chmod +x $out/bin/web
    '';

  python = text: {
    port = 8000;
    image.contents = pkgs: [
      (web pkgs text)
      pkgs.python3
      ./images
    ];
    image.config.entrypoint = [ "web" ];
  };

  outputs = library.mkProject {
    # Any directory that is no workspace.
    src = ../golden;
    infra = {
      project = "gallery";
      services = {
        static = {
          package = "server";
          port = 80;
          routes = [ "/*" ];
          image.files."/srv/stacks" = "stacks/images";
          image.timeZones = true;
        };
        one = python "one";
        two = python "two";
        few = python "one" // {
          image = (python "one").image // {
            layers = 4;
          };
        };
        built = {
          port = 80;
          user = null;
          image.layout =
            pkgs:
            library.mkClosureImage {
              inherit pkgs;
              name = "own";
              contents = [ pkgs.python3 ];
              config.entrypoint = [ "python3" ];
              compression = "gzip";
            };
        };
        bought = {
          port = 80;
          image.reference = reference;
        };
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
  packages = outputs.packages.${system};
in
pkgs.runCommand "images-are-of-every-kind"
  {
    nativeBuildInputs = [
      (library.internal.toolchain pkgs).packer
      pkgs.jq
    ];
    whole = outputs.checks.${system}.images-are-whole;
    meta.description = "Closures in shared layers, images of other builders, and files beside a program";
  }
  ''
    layers() { driftless image inspect --json "$1" | jq -r '.layers[] | "\(.digest) \(.size)"' | sort; }
    files() { driftless image inspect --json "$1" | jq -r '.layers[].files[].path'; }

    # Each store path is there once, and linked from the root.
    files ${packages.image-one} > files
    grep -E '^nix/store/[^/]+/?$' files | sort | uniq -d | diff - /dev/null
    grep -x bin/web files
    grep -x bin/python3 files
    grep -x web.py files

    # One changed file: all layers but that of the program, and the links to it, are the same.
    layers ${packages.image-one} > one
    layers ${packages.image-two} > two
    comm -13 one two > changed
    cat changed
    [[ $(wc -l < changed) -eq 2 && $(comm -12 one two | wc -l) -ge 2 ]]
    awk '{ sum += $2 } END { exit !(sum < 8192) }' changed
    [[ $(layers ${packages.image-few} | wc -l) -le 4 ]]

    files ${packages.image-static} > files
    grep -x srv/stacks/infra.nix files
    grep -x usr/share/zoneinfo/Europe/Berlin files
    driftless image verify ${packages.image-static}

    release=${packages.bundle}/release.json
    jq -e '.images | has("built") and (has("bought") | not)' $release
    diff <(jq -r .images.built.digest $release) <(jq -r '.manifests[0].digest' ${packages.image-built}/index.json)
    cat $whole > $out
  ''
