# Two roles for each service: `execution` is what ECS needs to start its tasks, `task` what its program may do.
{
  lib,
  config,
  environment,
  names,
  project,
  ...
}:
let
  inherit (environment) region services;
  partition = names.partition region;
  account = "\${data.aws_caller_identity.current.account_id}";
  policy =
    statements:
    builtins.toJSON {
      Version = "2012-10-17";
      Statement = statements;
    };

  # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html: only for tasks of this account.
  trust = policy [
    {
      Effect = "Allow";
      Action = "sts:AssumeRole";
      Principal.Service = "ecs-tasks.amazonaws.com";
      Condition = {
        ArnLike."aws:SourceArn" = "arn:${partition}:ecs:${region}:${account}:*";
        StringEquals."aws:SourceAccount" = account;
      };
    }
  ];

  start =
    name:
    [
      {
        Sid = "SignInToRegistry";
        Effect = "Allow";
        Action = "ecr:GetAuthorizationToken";
        Resource = "*";
      }
      {
        Sid = "PullItsImage";
        Effect = "Allow";
        Action = [
          "ecr:BatchCheckLayerAvailability"
          "ecr:BatchGetImage"
          "ecr:GetDownloadUrlForLayer"
        ];
        Resource = "arn:${partition}:ecr:${project.foundation.region}:${account}:repository/${names.repository name}";
      }
      {
        Sid = "WriteItsLogs";
        Effect = "Allow";
        Action = [
          "logs:CreateLogStream"
          "logs:PutLogEvents"
        ];
        Resource = "\${aws_cloudwatch_log_group.${name}.arn}:*";
      }
    ]
    ++ config.tasks.${name}.execution;

  # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html#ecs-exec-required-iam-permissions
  shell = {
    Sid = "RunCommands";
    Effect = "Allow";
    Action = [
      "ssmmessages:CreateControlChannel"
      "ssmmessages:CreateDataChannel"
      "ssmmessages:OpenControlChannel"
      "ssmmessages:OpenDataChannel"
    ];
    Resource = "*";
  };
  allowed = name: config.tasks.${name}.permissions ++ lib.optional services.${name}.exec shell;

  each = f: lib.concatMapAttrs f services;
in
{
  resource = {
    aws_iam_role = each (
      name: _:
      lib.genAttrs' [ "execution" "task" ] (
        kind:
        lib.nameValuePair "${name}_${kind}" {
          name = names.role kind name;
          description =
            {
              execution = "Starts tasks of ${name} in ${environment.prefix}";
              task = "Tasks of ${name} in ${environment.prefix}";
            }
            .${kind};
          assume_role_policy = trust;
        }
      )
    );

    aws_iam_role_policy = each (
      name: _:
      {
        "${name}_execution" = {
          name = "start";
          role = "\${aws_iam_role.${name}_execution.id}";
          policy = policy (start name);
        };
      }
      // lib.optionalAttrs (allowed name != [ ]) {
        "${name}_task" = {
          name = "run";
          role = "\${aws_iam_role.${name}_task.id}";
          policy = policy (allowed name);
        };
      }
    );
  };
}
