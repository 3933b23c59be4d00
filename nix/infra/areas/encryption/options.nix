# Whose keys.
{ lib, ... }:
let
  inherit (lib) mkOption types;
in
{
  options.encryption.ownKey = mkOption {
    type = types.bool;
    default = false;
    description = ''
      Whether logs, secrets and storage are encrypted with a key of the environment's own, whose use can be seen and taken
      away. Otherwise with AWS's keys. Saying so, or no longer, for an environment that is there replaces its file system and its
      database, and what is in them is lost: decide it before there is data. `preset = "production"` says so.
    '';
  };
}
