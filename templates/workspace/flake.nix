{
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

      # What crates are made of beside their own directories:
      # extraFiles = [ ./migrations ./.sqlx ./proto ];

      # What builds need:
      # cargo = {
      #   nativeBuildInputs = pkgs: [ pkgs.protobuf ];
      #   buildInputs = pkgs: [ pkgs.openssl ];
      #   env.SQLX_OFFLINE = "true";
      # };
    };
}
