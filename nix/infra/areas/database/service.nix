# What the service keeps.
{
  lib,
  config,
  environment,
  ...
}:
let
  inherit (lib) mkOption types;
  typed = import ../../types.nix { inherit lib; };
  ofFiles = environment == null || environment.database.engine == "sqlite";
in
{
  options = {
    database = mkOption {
      type = types.bool;
      default = false;
      description = "Whether the service has a database of its own, named to it by the variable `DATABASE_URL`.";
    };

    data = mkOption {
      type = typed.nullOr (typed.matching "/[!-~]*" "a path that starts with a slash");
      default = if config.database && ofFiles then "/data" else null;
      defaultText = "`/data` with an SQLite database, otherwise none";
      description = "Directory in the container that outlives its tasks.";
    };

    sqlite = mkOption {
      type = types.bool;
      default = config.database && config.data != null && ofFiles;
      readOnly = true;
      internal = true;
      description = "Whether its database is an SQLite file, which one task at a time may write.";
    };
  };
}
