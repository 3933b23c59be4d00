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
  conditions = one: (lib.head (statements one.assume_role_policy)).Condition;
  trust = role: github: conditions (root github { }).aws_iam_role.${role};
  # Two environments, and two projects of which the name of one begins with what the other's environment is called.
  siblings = [
    "shop"
    "shop-dev"
  ];
  of =
    project:
    (library.evalInfra {
      inherit lib;
      modules = [
        {
          inherit project;
          services.web.port = 80;
          services.prod-web.port = 80;
          foundation.github = {
            repository = "example/${project}";
            infrastructure = true;
            pullRequests = [ "dev" ];
          };
          environments.dev = { };
          environments.prod = {
            deployment.strategy = "blue-green";
            accessLogs.enable = true;
          };
        }
      ];
    }).roots;
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
      (trust "deploy_dev" {
        ownerId = 12;
        repositoryId = 345;
      }).StringEquals.${subject};
    expected = [
      "repo:example/shop:environment:dev"
      "repo:example@12/shop@345:environment:dev"
    ];
  };

  testWithoutIdsAnyOfThatNameIsMeant = {
    expr = map (role: (trust role { pullRequests = true; }).StringLike.${subject}) [
      "deploy_dev"
      "plan"
    ];
    expected = [
      [
        "repo:example/shop:environment:dev"
        "repo:example@*/shop@*:environment:dev"
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
        (root { } { }).aws_iam_role.deploy_dev.max_session_duration
        (root { } (moved { })).aws_iam_role.deploy_dev.max_session_duration
        (root { } (moved {
          stepBake = 30;
        })).aws_iam_role.deploy_dev.max_session_duration
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
    expr = map (action: lib.filter (lib.hasInfix "rds!") (may "deploy_dev_infrastructure" action { })) [
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
    expr = may "deploy_dev_infrastructure" "iam:UpdateRoleDescription" { };
    expected = [ "arn:aws:iam::${account}:role/driftless/shop/dev/*" ];
  };

  # It would be a shell in whatever runs, and nothing calls it.
  testNobodyMayEnterATask = {
    expr = lib.filter (one: lib.hasInfix "ExecuteCommand" one.policy) (
      lib.attrValues (of "shop").foundation.resource.aws_iam_role_policy
    );
    expected = [ ];
  };

  # What is not the branch `main`, or has not passed the environment of GitHub, gets no role.
  testEachEnvironmentTrustsTheEnvironmentOfGitHubWithItsNameAlone = {
    expr = lib.mapAttrs (
      _: role: (conditions role).StringLike.${subject}
    ) (of "shop").foundation.resource.aws_iam_role;
    expected = {
      deploy_dev = [
        "repo:example/shop:environment:dev"
        "repo:example@*/shop@*:environment:dev"
      ];
      deploy_prod = [
        "repo:example/shop:environment:prod"
        "repo:example@*/shop@*:environment:prod"
      ];
      plan = [
        "repo:example/shop:pull_request"
        "repo:example@*/shop@*:pull_request"
      ];
    };
  };

  testOnlyRunsOfTheseBranchesRelease = {
    expr =
      let
        refs = role: github: (trust role github).StringEquals."token.actions.githubusercontent.com:ref" or null;
      in
      [
        (refs "deploy_dev" { })
        (refs "deploy_dev" { refs = [ "refs/heads/release" ]; })
        (refs "deploy_dev" { refs = [ ]; })
        (refs "plan" { pullRequests = true; })
      ];
    expected = [
      [ "refs/heads/main" ]
      [ "refs/heads/release" ]
      null
      null
    ];
  };

  testWhoMayChangeEverythingIsSaidByEnvironment = {
    expr =
      let
        policies =
          github:
          lib.attrNames
            (root github {
              environments.prod = { };
            }).aws_iam_role_policy;
      in
      [
        (policies { infrastructure = [ "dev" ]; })
        (policies { pullRequests = [ ]; })
        (said (eval { pullRequests = [ "staging" ]; } { }).failed "there is no environment `staging`")
      ];
    expected = [
      [
        "deploy_dev_infrastructure"
        "deploy_dev_read"
        "deploy_dev_release"
        "deploy_prod_read"
        "deploy_prod_release"
      ]
      [
        "deploy_dev_read"
        "deploy_dev_release"
        "deploy_prod_read"
        "deploy_prod_release"
      ]
      true
    ];
  };

  # No ARN with a star in it fits a name of the other project, or of the other environment.
  testNothingOfASiblingIsMatched = {
    expr =
      let
        all =
          root:
          lib.concatMap (one: statements one.policy) (
            lib.attrValues root.foundation.resource.aws_iam_role_policy
          );
        resources = root: lib.unique (lib.concatMap (one: lib.toList one.Resource) (all root));
        # Up to the star: that it is the beginning of a name of somebody else's.
        beginning = resource: lib.head (lib.splitString "*" resource);
        stars = lib.filter (resource: lib.hasSuffix "*" resource && resource != "*");
        ambiguous =
          resource: builtins.match ".*[/:!]" (beginning resource) == null;
      in
      map (project: lib.filter ambiguous (stars (resources (of project)))) siblings;
    expected = [
      [ ]
      [ ]
    ];
  };

  testRolesArePutWhereNoOtherProjectHasAny = {
    expr =
      let
        paths = _: root: lib.unique (map (role: role.path) (lib.attrValues root.resource.aws_iam_role));
      in
      map (project: lib.mapAttrs paths (of project)) siblings;
    expected = [
      {
        foundation = [ "/driftless/shop/" ];
        dev = [ "/driftless/shop/dev/" ];
        prod = [ "/driftless/shop/prod/" ];
      }
      {
        foundation = [ "/driftless/shop-dev/" ];
        dev = [ "/driftless/shop-dev/dev/" ];
        prod = [ "/driftless/shop-dev/prod/" ];
      }
    ];
  };

  # AWS says so at the end of an apply.
  testARoleHasRoomForWhatItMay = {
    expr =
      let
        services = count: {
          services = lib.genAttrs' (lib.range 1 count) (
            number: lib.nameValuePair "service-${toString number}" { port = 80; }
          );
        };
        failed = count: (eval { infrastructure = true; } (services count)).failed;
        tooMany = count: lib.any (lib.hasInfix "AWS allows 10240") (failed count);
      in
      map tooMany [
        10
        40
      ];
    expected = [
      false
      true
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
                (evaluated boundary).roots.foundation.resource.aws_iam_role_policy.deploy_dev_infrastructure.policy
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
              .roots.foundation.resource.aws_iam_role_policy.deploy_dev_release.policy
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
          "arn:aws:iam::${account}:role/driftless/shop/dev/*"
          "ecs-tasks.amazonaws.com"
        ];
      in
      [
        [ tasks ]
        [
          tasks
          [
            "arn:aws:iam::${account}:role/driftless/shop/dev/shop-dev-deployments"
            "ecs.amazonaws.com"
          ]
        ]
      ];
  };
}
