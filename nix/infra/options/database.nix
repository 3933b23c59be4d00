# The database of the services that have one.
{ lib, ... }:
let
  inherit (lib) mkOption types;
  typed = import ../types.nix { inherit lib; };
in
{
  options.storage.backups = mkOption {
    type = types.bool;
    default = false;
    description = "Whether AWS Backup copies the files of services each day, and keeps the copies for five weeks.";
  };

  options.database.engine = mkOption {
    type = typed.oneOf [
      "sqlite"
      "postgresql"
      "aurora-postgresql"
    ];
    default = "sqlite";
    description = ''
      `sqlite` is a file on EFS with one task that writes it; `postgresql` is RDS, `aurora-postgresql` Aurora Serverless v2.
    '';
  };
}
