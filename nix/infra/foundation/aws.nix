# The root `foundation`: what all environments share.
{ project, ... }:
{
  imports = [
    (import ../root.nix {
      name = "foundation";
      inherit (project.foundation) region;
      account = null;
      inherit (project.foundation) provider;
      tags.project = project.project;
    })
    ./github.nix
    ./repositories.nix
    ./signatures.nix
  ];
}
