# The root `foundation`: what all environments share.
{ project, ... }:
{
  imports = [
    (import ../root.nix {
      name = "foundation";
      inherit (project.foundation) region;
      account = null;
      provider = ">= 5.100, < 7";
      tags.project = project.project;
    })
    ./repositories.nix
  ];
}
