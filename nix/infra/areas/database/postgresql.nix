# PostgreSQL: an RDS instance or an Aurora cluster, which only the services with `database = true` can reach. AWS makes the
# password, keeps it in Secrets Manager and changes it; it is in no state and no store.
{
  lib,
  config,
  environment,
  names,
  project,
  securityGroups,
  ...
}:
let
  inherit (environment) database region;
  aurora = database.engine == "aurora-postgresql";
  users = lib.filterAttrs (_: service: service.database) environment.services;
  # AWS allows 63 characters, two of which tell the instances of a cluster apart.
  identifier = names.short 60 environment.prefix;
  # Letters and digits, a letter first.
  name =
    let
      plain = lib.replaceStrings [ "-" ] [ "_" ] project.project;
    in
    if lib.elem plain (import ./reserved.nix) then "${plain}_db" else plain;

  key = lib.mkIf environment.encryption.ownKey "\${aws_kms_key.main.arn}";

  common = {
    engine_version = database.version;
    master_username = "app";
    vpc_security_group_ids = [ (securityGroups.id "database") ];
    db_subnet_group_name = "\${aws_db_subnet_group.main.name}";
    storage_encrypted = true;
    kms_key_id = key;
    master_user_secret_kms_key_id = key;
    manage_master_user_password = true;
    iam_database_authentication_enabled = true;
    backup_retention_period = database.backupDays;
    copy_tags_to_snapshot = true;
    enabled_cloudwatch_logs_exports = [ "postgresql" ];
    deletion_protection = database.deletionProtection;
    skip_final_snapshot = !database.deletionProtection;
    final_snapshot_identifier = lib.mkIf database.deletionProtection "${identifier}-last";
    # A change waits for the maintenance window: most of them restart the database.
    apply_immediately = false;
  };
  # What AWS says of whichever it is.
  host = if aurora then "\${aws_rds_cluster.main.endpoint}" else "\${aws_db_instance.main.address}";
  secret =
    if aurora then
      "\${aws_rds_cluster.main.master_user_secret[0].secret_arn}"
    else
      "\${aws_db_instance.main.master_user_secret[0].secret_arn}";
  port = 5432;
  byToken = database.signIn == "iam";

  # What a user of PostgreSQL can be called without quotes.
  userOf = lib.replaceStrings [ "-" ] [ "_" ];
  id =
    if aurora then
      "\${aws_rds_cluster.main.cluster_resource_id}"
    else
      "\${aws_db_instance.main.resource_id}";
  # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html
  signIn = service: {
    Sid = "SignInToTheDatabase";
    Effect = "Allow";
    Action = "rds-db:connect";
    Resource = "arn:${names.partition region}:rds-db:${region}:\${data.aws_caller_identity.current.account_id}:dbuser:${id}/${userOf service}";
  };
  makeUser =
    service:
    let
      user = "\"${userOf service}\"";
    in
    "CREATE USER ${user}; GRANT rds_iam TO ${user}; GRANT ALL ON DATABASE \"${name}\" TO ${user}; GRANT ALL ON SCHEMA public TO ${user};";

  readPassword = [
    {
      Sid = "ReadThePasswordOfTheDatabase";
      Effect = "Allow";
      Action = "secretsmanager:GetSecretValue";
      Resource = secret;
    }
  ]
  ++ lib.optional environment.encryption.ownKey {
    Sid = "DecryptIt";
    Effect = "Allow";
    Action = "kms:Decrypt";
    Resource = "\${aws_kms_key.main.arn}";
  };
in
lib.mkIf (database.engine != "sqlite") {
  tasks = lib.mapAttrs (
    service: _:
    {
      after = [ (securityGroups.wayTo service "database") ];
    }
    // (
      if byToken then
        {
          environment = {
            DATABASE_URL = "postgresql://${userOf service}@${host}:${toString port}/${name}?sslmode=require";
            DATABASE_USER = userOf service;
          };
          permissions = lib.mkAfter [ (signIn service) ];
        }
      else
        # AWS changes the password now and then. A task has the one of its start, and may ask for the one of today.
        {
          environment = {
            DATABASE_URL = "postgresql://${host}:${toString port}/${name}?sslmode=require";
            DATABASE_SECRET_ARN = secret;
          };
          secrets = {
            DATABASE_USER = "${secret}:username::";
            DATABASE_PASSWORD = "${secret}:password::";
          };
          execution = lib.mkAfter readPassword;
          permissions = lib.mkAfter readPassword;
        }
    )
  ) users;

  output = lib.mkIf (byToken && users != { }) {
    database_users = {
      description = "What the master says to the database once, so that services can sign in.";
      value = lib.concatMapStringsSep " " makeUser (lib.attrNames users);
    };
  };

  resource = lib.mkMerge [
    {
      aws_db_subnet_group.main = {
        name = environment.prefix;
        subnet_ids = config.network.subnets.data;
      };

      aws_security_group.database = securityGroups.answering "database" "The database of ${environment.prefix}";

      aws_cloudwatch_log_group.database = {
        name =
          if aurora then
            "/aws/rds/cluster/${identifier}/postgresql"
          else
            "/aws/rds/instance/${identifier}/postgresql";
        retention_in_days = environment.logs.days;
      }
      // lib.optionalAttrs environment.encryption.ownKey { kms_key_id = "\${aws_kms_key.main.arn}"; };

      # Without a word of ours AWS changes it every seven days.
      aws_secretsmanager_secret_rotation.database = {
        secret_id = secret;
        rotate_immediately = false;
        rotation_rules.automatically_after_days = database.passwordDays;
      };

      aws_db_instance = lib.mkIf (!aurora) {
        main = removeAttrs common [ "master_username" ] // {
          inherit identifier;
          engine = "postgres";
          username = common.master_username;
          db_name = name;
          instance_class = database.class;
          allocated_storage = database.storage;
          max_allocated_storage = database.maxStorage;
          storage_type = "gp3";
          multi_az = database.standby;
          publicly_accessible = false;
          auto_minor_version_upgrade = true;
          performance_insights_enabled = lib.mkIf database.insights true;
          performance_insights_kms_key_id = lib.mkIf database.insights key;
          depends_on = [ "aws_cloudwatch_log_group.database" ];
        };
      };

      aws_rds_cluster = lib.mkIf aurora {
        main = common // {
          cluster_identifier = identifier;
          engine = "aurora-postgresql";
          database_name = name;
          serverlessv2_scaling_configuration = {
            min_capacity = database.capacity.min;
            max_capacity = database.capacity.max;
            seconds_until_auto_pause = lib.mkIf (database.capacity.min == 0) database.capacity.pauseAfter;
          };
          depends_on = [ "aws_cloudwatch_log_group.database" ];
          # Of Serverless v1, which this is not.
          lifecycle.ignore_changes = [ "scaling_configuration" ];
        };
      };
      aws_rds_cluster_instance = lib.mkIf aurora (
        lib.genAttrs
          (
            if database.standby then
              [
                "a"
                "b"
              ]
            else
              [ "a" ]
          )
          (instance: {
            identifier = "${identifier}-${instance}";
            cluster_identifier = "\${aws_rds_cluster.main.id}";
            engine = "aurora-postgresql";
            instance_class = "db.serverless";
            performance_insights_enabled = lib.mkIf database.insights true;
            performance_insights_kms_key_id = lib.mkIf database.insights key;
            publicly_accessible = false;
            auto_minor_version_upgrade = true;
          })
      );
    }
    (securityGroups.connect (
      map (service: {
        inherit port;
        from = service;
        to = "database";
        out = "Queries";
        into = "Queries of ${service}";
      }) (lib.attrNames users)
    ))
  ];
}
