# The database of the services that have one.
{ lib, config, ... }:
let
  inherit (lib) mkOption types;
  typed = import ../../types.nix { inherit lib; };
in
{
  options.storage.backups = mkOption {
    type = types.bool;
    default = false;
    description = "Whether AWS Backup copies the files of services each day, and keeps the copies for five weeks.";
  };

  options.database = {
    engine = mkOption {
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

    # PostgreSQL, on RDS or Aurora.
    version = mkOption {
      type = typed.matching "[0-9]{2}([.][0-9]{1,2})?" "a version of PostgreSQL such as 17 or 17.5";
      default = "17";
      description = "PostgreSQL's version. AWS installs minor versions by itself, in the maintenance window.";
    };

    class = mkOption {
      type = typed.matching "db[.][a-z0-9-]+[.][a-z0-9]+" "an instance class such as db.t4g.micro";
      default = "db.t4g.micro";
      description = "Size of the RDS instance.";
      example = "db.m7g.large";
    };

    storage = mkOption {
      type = typed.between 20 65536;
      default = 20;
      description = "GB of disk that the RDS instance begins with.";
    };

    maxStorage = mkOption {
      type = typed.nullOr (typed.between 22 65536);
      default = 100;
      description = "GB up to which RDS makes the disk larger as it fills; null is never.";
    };

    capacity = {
      min = mkOption {
        type = types.either types.int types.float;
        default = 0.5;
        description = "The fewest capacity units of Aurora, about 2 GB of memory each. 0 lets it pause when nobody asks.";
      };
      max = mkOption {
        type = types.either types.int types.float;
        default = 4;
        description = "The most capacity units of Aurora.";
      };
      pauseAfter = mkOption {
        type = typed.between 300 86400;
        default = 300;
        description = "Seconds without a connection until Aurora pauses, where `min` is 0.";
      };
    };

    signIn = mkOption {
      type = typed.oneOf [
        "password"
        "iam"
      ];
      default = "password";
      description = ''
        How services sign in to PostgreSQL. `password`: as its master user, by `DATABASE_USER` and `DATABASE_PASSWORD`. `iam`:
        each as its own user, `DATABASE_USER`, with a token of RDS in place of a password, which the task's role may have; the
        master makes these users once, in the words of the output `database_users`. See docs/infra.md.
      '';
    };

    passwordDays = mkOption {
      type = typed.between 1 1000;
      default = 365;
      description = ''
        Days until AWS changes the password of PostgreSQL. A task has the one of its start in `DATABASE_PASSWORD`: new
        connections of tasks that are older than the change fail, unless the program then asks for the secret
        `DATABASE_SECRET_ARN` again, which it may. Deploy more often than that, or ask.
      '';
    };

    standby = mkOption {
      type = types.bool;
      default = false;
      description = "Whether a copy in another zone takes over when the first fails.";
    };

    backupDays = mkOption {
      type = typed.between 1 35;
      default = 1;
      description = "Days of backups, to any second of which the database can be restored.";
    };

    insights = mkOption {
      type = types.bool;
      default = false;
      description = "Whether RDS keeps a week of what the database waited for (Performance Insights; free for a week).";
    };

    deletionProtection = mkOption {
      type = types.bool;
      default = config.protected;
      defaultText = "`protected`";
      description = "Whether AWS refuses to delete the database. Where it does not, no last snapshot is taken either.";
    };
  };
}
