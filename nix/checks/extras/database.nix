# PostgreSQL, on RDS and Aurora.
{
  eval,
  lib,
  library,
  resources,
  refuses,
  postgresql,
  ...
}:
{
  testOnlyServicesWithADatabaseReachIt = {
    expr = map (rule: rule.security_groups) (resources postgresql).aws_security_group.database.ingress;
    expected = [ [ "\${aws_security_group.api.id}" ] ];
  };

  testNobodyKnowsTheDatabasesPassword = {
    expr =
      let
        database = (resources postgresql).aws_db_instance.main;
      in
      [
        database.manage_master_user_password
        (database ? password)
        database.storage_encrypted
        database.publicly_accessible
      ];
    expected = [
      true
      false
      true
      false
    ];
  };

  testAStandbyOfAuroraIsASecondInstance = {
    expr =
      lib.attrNames
        (resources {
          database = {
            engine = "aurora-postgresql";
            standby = true;
          };
        }).aws_rds_cluster_instance;
    expected = [
      "a"
      "b"
    ];
  };

  testTheDiskOfADatabaseGrowsByATenthAtLeast = {
    expr = refuses (lib.recursiveUpdate postgresql {
      database.storage = 100;
    }) "environments.here.database.maxStorage = 100: must be at least a tenth more";
    expected = true;
  };

  testAuroraGoesInHalfSteps = {
    expr = refuses {
      database = {
        engine = "aurora-postgresql";
        capacity.min = 0.7;
      };
    } "database.capacity: 0.7";
    expected = true;
  };

  testAServiceWithADatabaseMayKeepFilesToo = {
    expr =
      let
        environment = lib.recursiveUpdate postgresql { services.api.data = "/data"; };
        inherit (resources environment) aws_ecs_task_definition;
        container = lib.head (builtins.fromJSON aws_ecs_task_definition.api.container_definitions);
      in
      [
        (map (mount: mount.containerPath) container.mountPoints)
        (map (variable: lib.hasPrefix "postgresql://" variable.value) (
          lib.filter (variable: variable.name == "DATABASE_URL") container.environment
        ))
      ];
    expected = [
      [ "/data" ]
      [ true ]
    ];
  };

  testEachServiceHasItsOwnDirectoryAndNobodyElseHas = {
    expr =
      let
        environment = lib.recursiveUpdate postgresql {
          services.api.data = "/data";
          services.web.data = "/data";
        };
        policy = (resources environment).aws_efs_file_system_policy.main.policy;
        shown =
          one:
          [
            one.Effect
            (one.Principal.AWS)
          ]
          ++ lib.attrValues (one.Condition.StringEquals or one.Condition.Bool);
      in
      map shown (builtins.fromJSON policy).Statement;
    expected = [
      [
        "Allow"
        "\${aws_iam_role.api_task.arn}"
        "\${aws_efs_access_point.api.arn}"
      ]
      [
        "Allow"
        "\${aws_iam_role.web_task.arn}"
        "\${aws_efs_access_point.web.arn}"
      ]
      [
        "Deny"
        "*"
        "false"
      ]
    ];
  };

  testAPasswordLivesAsLongAsItIsTold = {
    expr =
      let
        rotation = environment: (resources environment).aws_secretsmanager_secret_rotation.database or null;
      in
      [
        (rotation postgresql)
        (rotation (
          lib.recursiveUpdate postgresql {
            database = {
              engine = "aurora-postgresql";
              passwordDays = 30;
            };
          }
        )).rotation_rules
      ];
    expected = [
      {
        secret_id = "\${aws_db_instance.main.master_user_secret[0].secret_arn}";
        rotate_immediately = false;
        rotation_rules.automatically_after_days = 365;
      }
      { automatically_after_days = 30; }
    ];
  };

  testADatabaseIsCalledOtherwiseWhereItsNameIsAWord = {
    expr =
      (library.evalInfra {
        inherit lib;
        modules = [
          {
            project = "order";
            services.api = {
              port = 80;
              database = true;
            };
            environments.here = postgresql;
          }
        ];
      }).roots.here.resource.aws_db_instance.main.db_name;
    expected = "order_db";
  };

  # No password: a token that is good for a quarter of an hour, for the service's own user and no other.
  testAServiceMaySignInAsItsOwnUser = {
    expr =
      let
        said =
          engine:
          let
            all = resources {
              database = {
                inherit engine;
                signIn = "iam";
              };
            };
            container = lib.head (builtins.fromJSON all.aws_ecs_task_definition.api.container_definitions);
            statements = builtins.concatMap (name: (builtins.fromJSON all.aws_iam_role_policy.${name}.policy).Statement);
          in
          {
            secrets = map (one: one.name) container.secrets;
            variables = map (one: one.value) (
              lib.filter (one: lib.hasPrefix "DATABASE_" one.name) container.environment
            );
            connects = map (one: one.Resource) (
              lib.filter (one: one.Action == "rds-db:connect") (statements [ "api_task" ])
            );
            reads = lib.filter (one: one.Action == "secretsmanager:GetSecretValue") (statements [
              "api_task"
              "api_execution"
            ]);
          };
      in
      map said [
        "postgresql"
        "aurora-postgresql"
      ];
    expected =
      map
        (
          { host, id }:
          {
            secrets = [ ];
            variables = [
              "postgresql://api@${host}:5432/shop?sslmode=require"
              "api"
            ];
            connects = [
              "arn:aws:rds-db:us-east-1:\${data.aws_caller_identity.current.account_id}:dbuser:${id}/api"
            ];
            reads = [ ];
          }
        )
        [
          {
            host = "\${aws_db_instance.main.address}";
            id = "\${aws_db_instance.main.resource_id}";
          }
          {
            host = "\${aws_rds_cluster.main.endpoint}";
            id = "\${aws_rds_cluster.main.cluster_resource_id}";
          }
        ];
  };

  # Who makes those users is the master, once, in these words.
  testTheMasterIsToldWhatToSayForThem = {
    expr =
      let
        output =
          signIn:
          (eval {
            database = {
              engine = "postgresql";
              inherit signIn;
            };
          }).roots.here.output.database_users.value or null;
      in
      [
        (output "password")
        (lib.hasInfix "CREATE USER \"api\"; GRANT rds_iam TO \"api\";" (output "iam"))
      ];
    expected = [
      null
      true
    ];
  };
}
