# flake-parts, for the test of the module alone: no lock of a user names it. Found by its hash in the store, else on GitHub.
builtins.fetchTarball {
  url = "https://github.com/hercules-ci/flake-parts/archive/427bf4bd9435fdf21321c8cc628c24efc14c0f7a.tar.gz";
  sha256 = "sha256-4dtXQk/NMePegK/nWp5NSeuZKLATItOq61lpEvmXqGw=";
}
