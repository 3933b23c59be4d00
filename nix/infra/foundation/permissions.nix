# What a release needs, what a plan reads, and what a change of everything takes. docs/iam.md says why each star is there.
{
  lib,
  names,
  project,
  environments,
  account,
  partition,
  ...
}:
let
  roles = import ./roles.nix { inherit environments lib project; };
  allow = Sid: Action: Resource: {
    inherit Action Resource Sid;
    Effect = "Allow";
  };
  under = Condition: statement: statement // { inherit Condition; };
  passed = service: under { StringEquals."iam:PassedToService" = service; };
  regions = lib.unique (
    [ project.foundation.region ]
    ++ lib.mapAttrsToList (_: environment: environment.region) environments
  );
  # driftless calls the bucket of a root's state so.
  bucket = region: "arn:${partition}:s3:::${project.project}-driftless-${account}-${region}";
  inBuckets = paths: lib.concatMap (region: map (path: "${bucket region}/${path}") paths) regions;
  repositories = lib.mapAttrsToList (
    name: _:
    "arn:${partition}:ecr:${project.foundation.region}:${account}:repository/${names.repository name}"
  ) project.services;
  here =
    service: environment: path:
    "arn:${partition}:${service}:${environment.region}:${account}:${path}";
  # What is called by the environment's name begins with another one's, if that is longer: names are whole here, or end in
  # a character that no name has.
  definitions =
    environment:
    map (service: here "ecs" environment "task-definition/${(names.of environment).family service}:*") (
      lib.attrNames environment.services
    );
  ofCluster = environment: kind: here "ecs" environment "${kind}/${environment.prefix}/*";
  rolesOf = environment: "arn:${partition}:iam::${account}:role${(names.of environment).path}";
  accessLogs = environment: "arn:${partition}:s3:::${names.accessLogs environment account}";
  # By these a role gets rights.
  giving = [
    "iam:AttachRolePolicy"
    "iam:CreateRole"
    "iam:PutRolePolicy"
  ];

  # Who promotes reads the records of another environment; and `deploy` asks who works on the foundation.
  findStates = allow "FindStateAndRecords" "s3:ListBucket" (map bucket regions);
  readRecords = allow "ReadRecords" "s3:GetObject" (
    inBuckets [
      "configurations/*"
      "releases/*"
    ]
    ++ [ "${bucket project.foundation.region}/foundation.tfstate.tflock" ]
  );
  stateOf = environment: "${bucket environment.region}/${environment.name}.tfstate";
  lockOf = environment: "${stateOf environment}.tflock";

  # Whoever signs asks for the public key first, and so does who reads what is signed.
  ofKey =
    sid: actions:
    lib.optional project.foundation.signatures.enable (
      allow sid actions "\${aws_kms_key.signatures.arn}"
    );

  release =
    environment:
    [
      (allow "SignInToRegistry" "ecr:GetAuthorizationToken" "*")
      (allow "PushImages" [
        "ecr:BatchCheckLayerAvailability"
        "ecr:BatchGetImage"
        "ecr:CompleteLayerUpload"
        "ecr:DescribeImages"
        "ecr:GetDownloadUrlForLayer"
        "ecr:InitiateLayerUpload"
        "ecr:PutImage"
        "ecr:UploadLayerPart"
      ] repositories)
      findStates
      readRecords
      (allow "KeepState"
        [
          "s3:GetObject"
          "s3:PutObject"
        ]
        [
          (stateOf environment)
          (lockOf environment)
        ]
      )
      (allow "UnlockState" "s3:DeleteObject" (lockOf environment))
      # Only what is not there yet.
      # https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
      (under { Null."s3:if-none-match" = "false"; } (
        allow "AddRecords" "s3:PutObject" [
          "${bucket environment.region}/configurations/*"
          "${bucket environment.region}/releases/${environment.name}/*"
        ]
      ))
      (allow "RegisterTaskDefinitions" [
        "ecs:RegisterTaskDefinition"
        "ecs:TagResource"
      ] (definitions environment))
      (allow "MoveServices"
        [
          "ecs:StopServiceDeployment"
          "ecs:UpdateService"
        ]
        (
          map (ofCluster environment) [
            "service"
            "service-deployment"
          ]
        )
      )
      (under { ArnEquals."ecs:cluster" = here "ecs" environment "cluster/${environment.prefix}"; } (
        allow "RunTasks" "ecs:RunTask" (definitions environment)
      ))
      (allow "StopTasks" "ecs:StopTask" (ofCluster environment "task"))
      (passed "ecs-tasks.amazonaws.com" (
        allow "GiveTasksTheirRoles" "iam:PassRole" "${rolesOf environment}*"
      ))
    ]
    ++ ofKey "SignReleases" [
      "kms:GetPublicKey"
      "kms:Sign"
    ]
    # ECS moves traffic by it: whoever updates such a service passes it on.
    ++ lib.optional (environment.deployment.strategy != "rolling") (
      passed "ecs.amazonaws.com" (
        allow "LetEcsMoveTraffic" "iam:PassRole"
          "${rolesOf environment}${names.short 64 "${environment.prefix}-deployments"}"
      )
    )
    ++ [
      # Targets have ids that AWS makes up; they know whose they are by their tags.
      (under
        {
          StringEquals = {
            "aws:ResourceTag/environment" = environment.name;
            "aws:ResourceTag/project" = project.project;
          };
        }
        (
          allow "SetNumberOfTasks" "application-autoscaling:RegisterScalableTarget" (
            here "application-autoscaling" environment "scalable-target/*"
          )
        )
      )
      (allow "SayWhyTasksFailed" [
        "logs:FilterLogEvents"
        "logs:GetLogEvents"
      ] (here "logs" environment "log-group:/ecs/${project.project}/${environment.name}/*"))
    ];

  read =
    environments:
    let
      logged = lib.filter (environment: environment.accessLogs.enable) environments;
    in
    [
      (allow "LookAtWhatThereIs" (import ./reads.nix) "*")
    ]
    # Whether a bucket is there is asked by the right to list it.
    ++ lib.optional (logged != [ ]) (allow "FindAccessLogs" "s3:ListBucket" (map accessLogs logged));

  infrastructure =
    environment:
    [
      (
        allow "ChangeWhatIsInTheseRegions" (map (service: "${service}:*") [
          "acm"
          "application-autoscaling"
          "cloudwatch"
          "ec2"
          "ecr"
          "ecs"
          "elasticache"
          "elasticfilesystem"
          "elasticloadbalancing"
          "guardduty"
          "kms"
          "logs"
          "rds"
          "servicediscovery"
          "sns"
          "wafv2"
          "xray"
        ]) "*"
        // {
          Condition.StringEquals."aws:RequestedRegion" = lib.unique [
            environment.region
            "us-east-1"
          ];
        }
      )
      (allow "ChangeWhatHasNoRegion" [
        "budgets:*"
        "ce:*"
        "cloudfront:*"
        "route53:*"
      ] "*")
      (allow "ChangeItsSecrets"
        [
          "secretsmanager:CreateSecret"
          "secretsmanager:DeleteSecret"
          "secretsmanager:PutSecretValue"
          "secretsmanager:TagResource"
          "secretsmanager:UntagResource"
          "secretsmanager:UpdateSecret"
        ]
        (here "secretsmanager" environment "secret:${project.project}/${environment.name}/*")
      )
      # RDS makes the password of a database in the name of who makes the database, and names it itself.
      (allow "LetRdsMakePasswords" [
        "secretsmanager:CancelRotateSecret"
        "secretsmanager:CreateSecret"
        "secretsmanager:RotateSecret"
        "secretsmanager:TagResource"
      ] (here "secretsmanager" environment "secret:rds!*"))
      (allow "ChangeItsBuckets" "s3:*" [
        (accessLogs environment)
        "${accessLogs environment}/*"
      ])
      (allow "ChangeItsRoles" (
        [
          "iam:DeleteRole"
          "iam:DeleteRolePolicy"
          "iam:DetachRolePolicy"
          "iam:ListInstanceProfilesForRole"
          "iam:PassRole"
          "iam:TagRole"
          "iam:UntagRole"
          "iam:UpdateAssumeRolePolicy"
          "iam:UpdateRole"
          "iam:UpdateRoleDescription"
        ]
        ++ lib.optionals (names.boundary == null) giving
      ) "${rolesOf environment}*")
      (allow "LetServicesHaveTheirRoles" "iam:CreateServiceLinkedRole"
        "arn:${partition}:iam::${account}:role/aws-service-role/*"
      )
    ]
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html#access_policies_boundaries-delegate
    ++ lib.optional (names.boundary != null) (
      allow "GiveRightsWithinTheBoundary" (giving ++ [ "iam:PutRolePermissionsBoundary" ]) "${rolesOf environment}*"
      // {
        Condition.StringEquals."iam:PermissionsBoundary" = names.boundary;
      }
    );
in
{
  # By name, the policies of the role that releases to an environment.
  deploy =
    environment:
    {
      release = release environment;
      read = read [ environment ];
    }
    // lib.optionalAttrs (roles.changed ? ${environment.name}) { infrastructure = infrastructure environment; };

  # Of the role that plans these: their states and no others.
  plan =
    environments:
    read environments
    ++ [
      findStates
      readRecords
      (allow "ReadStates" "s3:GetObject" (
        lib.concatMap (environment: [
          (stateOf environment)
          (lockOf environment)
        ]) environments
      ))
    ]
    ++ ofKey "CheckSignatures" "kms:GetPublicKey";
}
