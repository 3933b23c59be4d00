# What infra.nix can say about a service.
{ lib, ... }:
{
  imports = import ./files.nix { inherit lib; } ./service;
}
