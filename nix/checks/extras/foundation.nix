# The roles of workflows on GitHub: who may take them, and what they may do.
{
  lib,
  library,
  said,
  ...
}:
let
  eval =
    github: more:
    library.evalInfra {
      inherit lib;
      modules = [
        {
          project = "shop";
          services.web.port = 80;
          foundation.github = {
            repository = "example/shop";
          }
          // github;
          environments.dev = { };
        }
        more
      ];
    };
  root = github: more: (eval github more).roots.foundation.resource;
  statements = policy: (builtins.fromJSON policy).Statement;
  trust =
    role: github:
    (lib.head (statements (root github { }).aws_iam_role.${role}.assume_role_policy)).Condition;
  # The resources for which a role may do something.
  may =
    policy: action: more:
    lib.concatMap (one: lib.toList one.Resource) (
      lib.filter (one: lib.elem action (lib.toList one.Action)) (
        statements
          (root {
            infrastructure = true;
            pullRequests = true;
          } more).aws_iam_role_policy.${policy}.policy
      )
    );
  subject = "token.actions.githubusercontent.com:sub";
  account = "\${data.aws_caller_identity.current.account_id}";
in
{
  # Repositories since July 2026, and those that were renamed since, have ids in the subjects of their tokens.
  testARepositoryIsKnownByItsNameAndIds = {
    expr =
      (trust "deploy" {
        ownerId = 12;
        repositoryId = 345;
      }).StringEquals.${subject};
    expected = [
      "repo:example/shop:ref:refs/heads/main"
      "repo:example@12/shop@345:ref:refs/heads/main"
    ];
  };

  testWithoutIdsAnyOfThatNameIsMeant = {
    expr = map (role: (trust role { pullRequests = true; }).StringLike.${subject}) [
      "deploy"
      "plan"
    ];
    expected = [
      [
        "repo:example/shop:ref:refs/heads/main"
        "repo:example@*/shop@*:ref:refs/heads/main"
      ]
      [
        "repo:example/shop:pull_request"
        "repo:example@*/shop@*:pull_request"
      ]
    ];
  };

  # Twice, since the way back may take as long.
  testARoleLastsAsLongAsTrafficMoves =
    let
      moved = more: {
        environments.dev.deployment = {
          strategy = "linear";
        }
        // more;
      };
    in
    {
      expr = [
        (root { } { }).aws_iam_role.deploy.max_session_duration
        (root { } (moved { })).aws_iam_role.deploy.max_session_duration
        (root { } (moved {
          stepBake = 30;
        })).aws_iam_role.deploy.max_session_duration
        (said (eval { } (moved { })).warnings "environments.dev.deployment.strategy")
        (said (eval { } (moved { bake = 600; })).failed "environments.dev.deployment.strategy")
      ];
      expected = [
        3600
        (60 * (60 + 2 * 50))
        (60 * (60 + 2 * 275))
        true
        true
      ];
    };

  testAMissingIdIsMentioned = {
    expr = [
      (said (eval { } { }).warnings "foundation.github.ownerId = null")
      (said (eval { ownerId = 1; } { }).failed "foundation.github.repositoryId = null")
    ];
    expected = [
      true
      true
    ];
  };

  testAPlanMayLookAtTheBucketOfAccessLogs = {
    expr =
      let
        of = action: more: may "plan_read" action more;
        logged = {
          environments.dev.accessLogs.enable = true;
        };
      in
      [
        (of "s3:GetAccelerateConfiguration" { })
        (of "s3:GetReplicationConfiguration" { })
        (lib.elem "arn:aws:s3:::shop-dev-access-logs-${account}" (of "s3:ListBucket" logged))
        (lib.elem "arn:aws:s3:::shop-dev-access-logs-${account}" (of "s3:ListBucket" { }))
      ];
    expected = [
      [ "*" ]
      [ "*" ]
      true
      false
    ];
  };

  testInfrastructureMayHaveAPasswordMadeByRds = {
    expr = map (action: lib.filter (lib.hasInfix "rds!") (may "deploy_infrastructure" action { })) [
      "secretsmanager:CreateSecret"
      "secretsmanager:TagResource"
      "secretsmanager:RotateSecret"
      "secretsmanager:CancelRotateSecret"
      "secretsmanager:DeleteSecret"
    ];
    expected = [
      [ "arn:aws:secretsmanager:us-east-1:${account}:secret:rds!*" ]
      [ "arn:aws:secretsmanager:us-east-1:${account}:secret:rds!*" ]
      [ "arn:aws:secretsmanager:us-east-1:${account}:secret:rds!*" ]
      [ "arn:aws:secretsmanager:us-east-1:${account}:secret:rds!*" ]
      [ ]
    ];
  };

  testInfrastructureMayDescribeItsRolesAnew = {
    expr = may "deploy_infrastructure" "iam:UpdateRoleDescription" { };
    expected = [ "arn:aws:iam::${account}:role/shop-dev-*" ];
  };

  testACommandInATaskIsACommandOfItsCluster = {
    expr = may "deploy_release" "ecs:ExecuteCommand" { };
    expected = [
      "arn:aws:ecs:us-east-1:${account}:cluster/shop-dev"
      "arn:aws:ecs:us-east-1:${account}:task/shop-dev/*"
    ];
  };

  # What the account lets a role be at most, for every role that is made, and for those that CI may make.
  testABoundaryHoldsForEveryRole = {
    expr =
      let
        arn = "arn:aws:iam::${account}:policy/limits/driftless";
        evaluated =
          permissionsBoundary:
          eval { infrastructure = true; } { foundation = { inherit permissionsBoundary; }; };
        boundaries =
          root: lib.unique (map (role: role.permissions_boundary or null) (lib.attrValues root.resource.aws_iam_role));
        conditions =
          boundary: action:
          map (one: one.Condition.StringEquals."iam:PermissionsBoundary" or null) (
            lib.filter (one: lib.elem action (lib.toList one.Action)) (
              statements
                (evaluated boundary).roots.foundation.resource.aws_iam_role_policy.deploy_infrastructure.policy
            )
          );
        with' = evaluated "limits/driftless";
      in
      [
        (boundaries with'.roots.foundation)
        (boundaries with'.roots.dev)
        (boundaries (evaluated null).roots.dev)
        (map (conditions "limits/driftless") [
          "iam:CreateRole"
          "iam:PutRolePolicy"
          "iam:AttachRolePolicy"
          "iam:PutRolePermissionsBoundary"
          "iam:DeleteRolePermissionsBoundary"
        ])
        (map (conditions null) [
          "iam:CreateRole"
          "iam:PutRolePermissionsBoundary"
        ])
        (said (eval { } { foundation.permissionsBoundary = "arn:aws:iam::123456789012:policy/x"; }).failed
          "foundation.permissionsBoundary"
        )
      ];
    expected = [
      [ "arn:aws:iam::${account}:policy/limits/driftless" ]
      [ "arn:aws:iam::${account}:policy/limits/driftless" ]
      [ null ]
      [
        [ "arn:aws:iam::${account}:policy/limits/driftless" ]
        [ "arn:aws:iam::${account}:policy/limits/driftless" ]
        [ "arn:aws:iam::${account}:policy/limits/driftless" ]
        [ "arn:aws:iam::${account}:policy/limits/driftless" ]
        [ ]
      ]
      [
        [ null ]
        [ ]
      ]
      true
    ];
  };

  # An update of a service whose traffic ECS moves passes the role for that on to ECS.
  testWhoReleasesPassesOnTheRoleThatMovesTraffic = {
    expr =
      let
        passed =
          strategy:
          lib.filter (one: one.Action == "iam:PassRole")
            (statements
              (eval { } { environments.dev.deployment = { inherit strategy; }; })
              .roots.foundation.resource.aws_iam_role_policy.deploy_release.policy
            );
        shown = map (one: [ one.Resource one.Condition.StringEquals."iam:PassedToService" ]);
      in
      map (strategy: shown (passed strategy)) [
        "rolling"
        "blue-green"
      ];
    expected =
      let
        tasks = [
          [ "arn:aws:iam::${account}:role/shop-dev-*" ]
          "ecs-tasks.amazonaws.com"
        ];
      in
      [
        [ tasks ]
        [
          tasks
          [
            [ "arn:aws:iam::${account}:role/shop-dev-deployments" ]
            "ecs.amazonaws.com"
          ]
        ]
      ];
  };
}
