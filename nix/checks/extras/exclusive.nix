# What somebody adds by hand to a role or to a security group, the next plan takes away.
{
  lib,
  eval,
  resources,
  ...
}:
{
  testARoleHasThePoliciesThatAreRenderedAndNoOthers = {
    expr =
      let
        all = resources {
          flowLogs.enable = true;
          deployment.strategy = "blue-green";
          database.engine = "postgresql";
        };
        inherit (all) aws_iam_role_policies_exclusive aws_iam_role_policy_attachments_exclusive;
      in
      [
        (lib.attrNames aws_iam_role_policies_exclusive == lib.attrNames all.aws_iam_role)
        (lib.attrNames aws_iam_role_policy_attachments_exclusive == lib.attrNames all.aws_iam_role)
        aws_iam_role_policies_exclusive.api_task
        aws_iam_role_policies_exclusive.worker_task
        aws_iam_role_policy_attachments_exclusive.api_task
        aws_iam_role_policy_attachments_exclusive.deployments
      ];
    expected = [
      true
      true
      {
        role_name = "\${aws_iam_role.api_task.name}";
        policy_names = [ "\${aws_iam_role_policy.api_task.name}" ];
      }
      {
        role_name = "\${aws_iam_role.worker_task.name}";
        policy_names = [ ];
      }
      {
        role_name = "\${aws_iam_role.api_task.name}";
        policy_arns = [ ];
      }
      {
        role_name = "\${aws_iam_role.deployments.name}";
        policy_arns = [ "\${aws_iam_role_policy_attachment.deployments.policy_arn}" ];
      }
    ];
  };

  testWhatInfraNixAddsToARoleIsItsToo = {
    expr =
      let
        inherit
          ((eval {
            terraform.resource.aws_iam_role_policy_attachment.mine = {
              role = "\${aws_iam_role.worker_task.name}";
              policy_arn = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
            };
            terraform.resource.aws_iam_role_policies_exclusive.web_task = null;
          }).roots.here.resource
          )
          aws_iam_role_policies_exclusive
          aws_iam_role_policy_attachments_exclusive
          ;
      in
      [
        aws_iam_role_policy_attachments_exclusive.worker_task.policy_arns
        (aws_iam_role_policies_exclusive ? web_task)
      ];
    expected = [
      [ "\${aws_iam_role_policy_attachment.mine.policy_arn}" ]
      false
    ];
  };

  testASecurityGroupLetsInWhatIsRenderedAndNothingElse = {
    expr =
      let
        all = resources {
          database.engine = "postgresql";
          cache.enable = true;
          network.egress = "endpoints";
        };
        groups = all.aws_security_group;
        sources =
          name: lib.concatMap (rule: rule.security_groups ++ rule.cidr_blocks) groups.${name}.ingress;
      in
      [
        (all ? aws_vpc_security_group_ingress_rule)
        (lib.filter (name: !(groups.${name} ? ingress)) (lib.attrNames groups))
        (sources "loadbalancer")
        (sources "web")
        (sources "worker")
        (sources "database")
        (lib.length (sources "endpoints"))
        # What answers only asks for nothing.
        (map (name: groups.${name}.egress or null) [
          "cache"
          "database"
          "endpoints"
        ])
      ];
    expected = [
      false
      [ ]
      [ "0.0.0.0/0" ]
      [ "\${aws_security_group.loadbalancer.id}" ]
      [ ]
      [ "\${aws_security_group.api.id}" ]
      3
      [
        [ ]
        [ ]
        [ ]
      ]
    ];
  };
}
