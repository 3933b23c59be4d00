# PostgreSQL: an RDS instance or an Aurora cluster, which only the services with `database = true` can reach. AWS makes the
# password, keeps it in Secrets Manager and changes it; it is in no state and no store.
{
  lib,
  config,
  environment,
  names,
  project,
  ...
}:
let
  inherit (environment) database;
  aurora = database.engine == "aurora-postgresql";
  users = lib.filterAttrs (_: service: service.database) environment.services;
  # AWS allows 63 characters, two of which tell the instances of a cluster apart.
  identifier = names.short 60 environment.prefix;
  # Letters and digits, a letter first.
  name = lib.replaceStrings [ "-" ] [ "_" ] project.project;

  key = lib.mkIf environment.encryption.ownKey "\${aws_kms_key.main.arn}";

  common = {
    engine_version = database.version;
    master_username = "app";
    vpc_security_group_ids = [ "\${aws_security_group.database.id}" ];
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
  tcp = security_group_id: description: referenced_security_group_id: {
    inherit description referenced_security_group_id security_group_id;
    ip_protocol = "tcp";
    from_port = port;
    to_port = port;
  };
  group = "\${aws_security_group.database.id}";
  groupOf = service: "\${aws_security_group.${service}.id}";
in
lib.mkIf (database.engine != "sqlite") {
  # AWS changes the password every week. A task has the one of its start, and may ask for the one of today.
  tasks = lib.mapAttrs (_: _: {
    environment = {
      DATABASE_URL = "postgresql://${host}:${toString port}/${name}?sslmode=require";
      DATABASE_SECRET_ARN = secret;
    };
    secrets = {
      DATABASE_USER = "${secret}:username::";
      DATABASE_PASSWORD = "${secret}:password::";
    };
    execution = readPassword;
    permissions = readPassword;
  }) users;

  resource = {
    aws_db_subnet_group.main = {
      name = environment.prefix;
      subnet_ids = config.network.subnets.data;
    };

    aws_security_group.database = {
      name = "${environment.prefix}-database";
      description = "The database of ${environment.prefix}";
      vpc_id = "\${aws_vpc.main.id}";
      tags.Name = "${environment.prefix}-database";
    };
    aws_vpc_security_group_ingress_rule = lib.mapAttrs' (
      service: _:
      lib.nameValuePair "database_from_${service}" (tcp group "Queries of ${service}" (groupOf service))
    ) users;
    aws_vpc_security_group_egress_rule = lib.mapAttrs' (
      service: _: lib.nameValuePair "${service}_to_database" (tcp (groupOf service) "Queries" group)
    ) users;

    aws_cloudwatch_log_group.database = {
      name =
        if aurora then
          "/aws/rds/cluster/${identifier}/postgresql"
        else
          "/aws/rds/instance/${identifier}/postgresql";
      retention_in_days = environment.logs.days;
    }
    // lib.optionalAttrs environment.encryption.ownKey { kms_key_id = "\${aws_kms_key.main.arn}"; };

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
  };
}
