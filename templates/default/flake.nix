{
  description = "A web application";

  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";
    driftless = {
      url = "github:driftless/driftless";
      inputs.nixpkgs.follows = "nixpkgs";
    };
  };

  outputs =
    { self, driftless, ... }:
    driftless.lib.mkProject {
      src = ./.;
      revision = self.rev or self.dirtyRev or null;
    };
}
