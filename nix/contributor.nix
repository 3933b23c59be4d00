# What `./check` starts, beyond what every project's shell has.
{ pkgs }:
let
  inherit (pkgs) lib;

  # Tests call it as Debian does.
  registry = pkgs.runCommand "docker-registry" { } ''
    mkdir -p $out/bin
    for name in docker-registry registry; do
      [[ ! -e ${pkgs.distribution}/bin/$name ]] || ln -s ${pkgs.distribution}/bin/$name $out/bin/docker-registry
    done
  '';
in
[
  (pkgs.python3.withPackages (python: [ python.moto ] ++ python.moto.optional-dependencies.server))
  pkgs.actionlint
  pkgs.cargo-audit
  pkgs.cargo-deny
  pkgs.deadnix
  pkgs.nixfmt
  pkgs.postgresql
  registry
  pkgs.shellcheck
  pkgs.statix
  pkgs.taplo
  pkgs.umoci
  pkgs.wrk
]
# There is none for macOS.
++ lib.optionals pkgs.stdenv.hostPlatform.isLinux [
  pkgs.bubblewrap
  pkgs.chromium
  # Beside the browser in some package sets, inside of it in others.
  (pkgs.chromedriver or pkgs.chromium)
]
