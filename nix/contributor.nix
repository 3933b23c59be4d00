# What `./check` starts, beyond what every project's shell has.
{ pkgs }:
let
  inherit (pkgs) lib;
in
[
  (pkgs.python3.withPackages (python: [ python.moto ] ++ python.moto.optional-dependencies.server))
  pkgs.actionlint
  pkgs.cargo-audit
  pkgs.cargo-deny
  pkgs.curl
  pkgs.deadnix
  pkgs.git
  pkgs.go
  pkgs.nixfmt
  pkgs.openssl
  pkgs.postgresql
  (import ./docker-registry.nix { inherit pkgs; })
  pkgs.shellcheck
  pkgs.statix
  pkgs.taplo
  pkgs.umoci
  pkgs.wrk
]
# There is none for macOS.
++ lib.optionals pkgs.stdenv.hostPlatform.isLinux [
  pkgs.bubblewrap
  # `flock`, `setpriv`.
  pkgs.util-linux
  pkgs.chromium
  # Beside the browser in some package sets, inside of it in others.
  (pkgs.chromedriver or pkgs.chromium)
]
