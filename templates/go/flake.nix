{
  description = "A web application in Go";

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
      programs = pkgs: {
        web = pkgs.buildGoModule {
          pname = "web";
          version = "0.1.0";
          src = ./web;
          # What `nix build` says it should be, once go.mod requires other modules.
          vendorHash = null;
          # An image holds one static program.
          env.CGO_ENABLED = 0;
        };
      };
      shellPackages = pkgs: [ pkgs.go ];
    };
}
