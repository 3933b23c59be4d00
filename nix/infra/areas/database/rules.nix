# What RDS and Aurora would refuse.
{ lib }:
{
  environment =
    { at, environment, ... }:
    let
      inherit (environment) database;
      inherit (database) capacity maxStorage storage;
      rds = database.engine == "postgresql";
      aurora = database.engine == "aurora-postgresql";
      half = value: value * 2 == builtins.floor (value * 2);
      users = lib.filterAttrs (_: service: service.database) environment.services;
    in
    lib.optionals rds [
      {
        # RDS wants a tenth more at least.
        assertion = maxStorage == null || maxStorage * 10 >= storage * 11;
        message = "${at}database.maxStorage = ${toString maxStorage}: must be at least a tenth more than `database.storage`, ${toString storage}; or null";
      }
    ]
    ++ lib.optionals aurora [
      {
        assertion = capacity.min >= 0 && half capacity.min && half capacity.max;
        message = "${at}database.capacity: ${toString capacity.min} to ${toString capacity.max} must be steps of 0.5";
      }
      {
        assertion = capacity.max >= 1 && capacity.max <= 256 && capacity.min <= capacity.max;
        message = "${at}database.capacity.max = ${toString capacity.max}: must be between 1 and 256, and not below `min`";
      }
    ]
    ++ lib.optional (database.engine != "sqlite" && users == { }) {
      warning = "${at}database.engine = \"${database.engine}\": no service has `database = true`, so nobody can reach it";
    }
    ++
      lib.optional
        (environment.preset == "production" && database.engine != "sqlite" && !database.standby)
        {
          warning = "${at}database.standby = false: production stands still while a failed database is restored";
        }
    ++
      lib.optional
        (environment.preset == "production" && database.engine != "sqlite" && database.backupDays < 7)
        {
          warning = "${at}database.backupDays = ${toString database.backupDays}: a mistake that is noticed after a week can't be undone";
        };
}
