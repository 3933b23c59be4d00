{
  description = "From source to running containers on AWS, without drift";

  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";
    crane.url = "github:ipetkov/crane";
    terranix = {
      url = "github:terranix/terranix";
      flake = false;
    };
    treefmt-nix = {
      url = "github:numtide/treefmt-nix";
      inputs.nixpkgs.follows = "nixpkgs";
    };
    advisory-db = {
      url = "github:rustsec/advisory-db";
      flake = false;
    };
  };

  outputs =
    inputs:
    let
      library = import ./nix { inherit inputs; };
      project = library.mkProject {
        src = ./.;
        revision = inputs.self.rev or inputs.self.dirtyRev or null;
        checks.toolchain = true;
        formatter = ./nix/formatter.nix;
      };
    in
    import ./nix/own.nix {
      inherit inputs library project;
      root = ./.;
    }
    // {
      lib = {
        inherit (library)
          evalInfra
          mkClosureImage
          mkImage
          mkPrograms
          mkProject
          ;
      };
      overlays.default = import ./nix/overlay.nix { inherit library; };
      flakeModules.default = import ./nix/flake-module.nix { inherit library; };
      flakeModule = import ./nix/flake-module.nix { inherit library; };
      templates.workspace = {
        path = ./templates/workspace;
        description = "For a Cargo workspace that there is";
        welcomeText = ''
          Next: name the services in infra.nix, `git add .` and `nix run`.
        '';
      };
      templates.go = {
        path = ./templates/go;
        description = "A web application in Go";
        welcomeText = ''
          Next: `git add .` and `nix run`, then see README.md.
        '';
      };
      templates.python = {
        path = ./templates/python;
        description = "A web application in Python";
        welcomeText = ''
          Next: `git add .` and `nix run`, then see README.md.
        '';
      };
      templates.default = {
        path = ./templates/default;
        description = "A web application of two services, run on this machine or on AWS";
        welcomeText = ''
          Next: `git add .` and `nix run .#up`, then see README.md.
        '';
      };
    };
}
