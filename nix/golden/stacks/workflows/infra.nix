# This repository's own stack, released from GitHub: the simulated account rehearses its environments with these roles.
let
  infra = import ../../../../infra.nix;
in
infra
// {
  foundation = (infra.foundation or { }) // {
    github = {
      repository = "example/items";
      ownerId = 12;
      repositoryId = 345;
      infrastructure = true;
      pullRequests = true;
    };
    signatures = {
      enable = true;
      required = true;
    };
  };
}
