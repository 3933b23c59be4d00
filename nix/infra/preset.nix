# What `preset = "production"` says about an environment. Weaker than anything said, stronger than the defaults.
{ lib, config, ... }:
let
  inherit (lib) mkDefault mkIf;
in
{
  config = mkIf (config.preset == "production") {
    protected = mkDefault true;
  };
}
