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
  each = f: lib.concatLists (lib.mapAttrsToList (_: f) environments);
  allow = Sid: Action: Resource: {
    inherit Action Resource Sid;
    Effect = "Allow";
  };
  regions = lib.unique ([ project.foundation.region ] ++ each (environment: [ environment.region ]));
  # driftless calls the bucket of a root's state so.
  bucket = region: "arn:${partition}:s3:::${project.project}-driftless-${account}-${region}";
  repositories = lib.mapAttrsToList (
    name: _:
    "arn:${partition}:ecr:${project.foundation.region}:${account}:repository/${names.repository name}"
  ) project.services;
  inEnvironments =
    service: path:
    each (environment: [
      "arn:${partition}:${service}:${environment.region}:${account}:${path environment}"
    ]);
  roles = each (environment: [ "arn:${partition}:iam::${account}:role/${environment.prefix}-*" ]);
  logged = each (
    environment:
    lib.optional environment.accessLogs.enable "arn:${partition}:s3:::${names.accessLogs environment account}"
  );
  moved = each (
    environment:
    lib.optional (
      environment.deployment.strategy != "rolling"
    ) "arn:${partition}:iam::${account}:role/${names.short 64 "${environment.prefix}-deployments"}"
  );
  # By these a role gets rights.
  giving = [
    "iam:AttachRolePolicy"
    "iam:CreateRole"
    "iam:PutRolePolicy"
  ];
  ofCluster = kind: inEnvironments "ecs" (environment: "${kind}/${environment.prefix}/*");
in
{
  release = [
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
    (allow "FindStateAndRecords" [
      "s3:GetBucketVersioning"
      "s3:ListBucket"
    ] (map bucket regions))
    (allow "KeepStateAndRecords" [
      "s3:DeleteObject"
      "s3:GetObject"
      "s3:PutObject"
    ] (map (region: "${bucket region}/*") regions))
  ]
  ++ lib.optionals (environments != { }) [
    (allow "RegisterTaskDefinitions" [
      "ecs:RegisterTaskDefinition"
      "ecs:TagResource"
    ] (inEnvironments "ecs" (environment: "task-definition/${environment.prefix}-*:*")))
    (allow "MoveServices" [
      "ecs:StopServiceDeployment"
      "ecs:UpdateService"
    ] (ofCluster "service" ++ ofCluster "service-deployment"))
    (allow "RunTasks" "ecs:RunTask" (
      inEnvironments "ecs" (environment: "task-definition/${environment.prefix}-*:*")
    ))
    (allow "StopTasks" "ecs:StopTask" (ofCluster "task"))
    (allow "EnterTasks" "ecs:ExecuteCommand" (
      inEnvironments "ecs" (environment: "cluster/${environment.prefix}") ++ ofCluster "task"
    ))
    (
      allow "GiveTasksTheirRoles" "iam:PassRole" roles
      // {
        Condition.StringEquals."iam:PassedToService" = "ecs-tasks.amazonaws.com";
      }
    )
  ]
  # ECS moves traffic by it: whoever updates such a service passes it on.
  ++ lib.optional (moved != [ ]) (
    allow "LetEcsMoveTraffic" "iam:PassRole" moved
    // {
      Condition.StringEquals."iam:PassedToService" = "ecs.amazonaws.com";
    }
  )
  ++ lib.optionals (environments != { }) [
    (allow "SetNumberOfTasks" "application-autoscaling:RegisterScalableTarget" (
      inEnvironments "application-autoscaling" (_: "scalable-target/*")
    ))
    (allow "SayWhyTasksFailed" [
      "logs:FilterLogEvents"
      "logs:GetLogEvents"
    ] (inEnvironments "logs" (environment: "log-group:/ecs/${project.project}/${environment.name}/*")))
  ];

  # A plan compares all there is with what should be there; most of these calls know no resource.
  read = [
    (allow "LookAtWhatThereIs" [
      "acm:DescribeCertificate"
      "acm:ListCertificates"
      "acm:ListTagsForCertificate"
      "application-autoscaling:Describe*"
      "application-autoscaling:ListTagsForResource"
      "budgets:ListTagsForResource"
      "budgets:ViewBudget"
      "ce:Get*"
      "ce:ListTagsForResource"
      "cloudfront:Get*"
      "cloudfront:ListTagsForResource"
      "cloudwatch:Describe*"
      "cloudwatch:GetDashboard"
      "cloudwatch:ListTagsForResource"
      "ec2:Describe*"
      "ec2:GetManagedPrefixListEntries"
      "ecr:DescribeRepositories"
      "ecr:GetAccountSetting"
      "ecr:GetLifecyclePolicy"
      "ecr:ListTagsForResource"
      "ecs:Describe*"
      "ecs:List*"
      "elasticache:Describe*"
      "elasticache:ListTagsForResource"
      "elasticfilesystem:Describe*"
      "elasticloadbalancing:Describe*"
      "guardduty:Get*"
      "guardduty:ListDetectors"
      "guardduty:ListTagsForResource"
      "iam:GetOpenIDConnectProvider"
      "iam:GetRole"
      "iam:GetRolePolicy"
      "iam:ListAttachedRolePolicies"
      "iam:ListRolePolicies"
      "kms:Describe*"
      "kms:GetKeyPolicy"
      "kms:GetKeyRotationStatus"
      "kms:ListAliases"
      "kms:ListResourceTags"
      "logs:Describe*"
      "logs:ListTagsForResource"
      "rds:Describe*"
      "rds:ListTagsForResource"
      "route53:Get*"
      "route53:List*"
      "s3:GetAccelerateConfiguration"
      "s3:GetBucket*"
      "s3:GetEncryptionConfiguration"
      "s3:GetLifecycleConfiguration"
      "s3:GetReplicationConfiguration"
      "secretsmanager:DescribeSecret"
      "secretsmanager:GetResourcePolicy"
      "servicediscovery:Get*"
      "servicediscovery:ListTagsForResource"
      "servicequotas:GetAWSDefaultServiceQuota"
      "servicequotas:GetServiceQuota"
      "sns:Get*"
      "sns:ListTagsForResource"
      "tag:GetResources"
      "wafv2:Get*"
      "wafv2:ListTagsForResource"
      "xray:Get*"
      "xray:ListTagsForResource"
    ] "*")
  ]
  # Whether a bucket is there is asked by the right to list it.
  ++ lib.optional (logged != [ ]) (allow "FindAccessLogs" "s3:ListBucket" logged);

  # For who may not keep it.
  readState = [
    (allow "FindStateAndRecords" "s3:ListBucket" (map bucket regions))
    (allow "ReadStateAndRecords" "s3:GetObject" (map (region: "${bucket region}/*") regions))
  ];

  infrastructure = [
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
        Condition.StringEquals."aws:RequestedRegion" = lib.unique (regions ++ [ "us-east-1" ]);
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
      (inEnvironments "secretsmanager" (environment: "secret:${project.project}/${environment.name}/*"))
    )
    # RDS makes the password of a database in the name of who makes the database, and names it itself.
    (allow "LetRdsMakePasswords" [
      "secretsmanager:CancelRotateSecret"
      "secretsmanager:CreateSecret"
      "secretsmanager:RotateSecret"
      "secretsmanager:TagResource"
    ] (inEnvironments "secretsmanager" (_: "secret:rds!*")))
    (allow "ChangeItsBuckets" "s3:*" (
      each (environment: [ "arn:${partition}:s3:::${names.short 32 environment.prefix}-*" ])
    ))
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
    ) roles)
    (allow "LetServicesHaveTheirRoles" "iam:CreateServiceLinkedRole"
      "arn:${partition}:iam::${account}:role/aws-service-role/*"
    )
  ]
  # https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html#access_policies_boundaries-delegate
  ++ lib.optional (names.boundary != null) (
    allow "GiveRightsWithinTheBoundary" (giving ++ [ "iam:PutRolePermissionsBoundary" ]) roles
    // {
      Condition.StringEquals."iam:PermissionsBoundary" = names.boundary;
    }
  );
}
