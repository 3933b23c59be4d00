//! `drift`: what somebody changed.

use serde_json::{Value, json};

use super::super::account::Account;

const DIFFERS: i32 = 6;

const CHANGES: &str = r#"
ecs, logs, ec2 = account.client("ecs"), account.client("logs"), account.client("ec2")
ecs.update_service(cluster="items-dev", service="frontend", desiredCount=2)
image = ecs.describe_task_definition(taskDefinition="items-dev-backend")["taskDefinition"]["containerDefinitions"][0]["image"]
ecs.register_task_definition(
    family="by-hand", networkMode="awsvpc", requiresCompatibilities=["FARGATE"], cpu="256", memory="512",
    executionRoleArn="arn:aws:iam::123456789012:role/driftless/items/dev/items-dev-execution",
    containerDefinitions=[{"name": "backend", "image": image, "essential": True,
                           "portMappings": [{"containerPort": 8000}]}])
ecs.update_service(cluster="items-dev", service="backend", taskDefinition="by-hand")
logs.put_retention_policy(logGroupName="/ecs/items/dev/backend", retentionInDays=30)
logs.delete_log_group(logGroupName="/ecs/items/dev/frontend")
cluster = ecs.describe_clusters(clusters=["items-dev"])["clusters"][0]["clusterArn"]
ecs.tag_resource(resourceArn=cluster, tags=[{"key": "owner", "value": "somebody"}])
[group] = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["items-dev-loadbalancer"]}])["SecurityGroups"]
ec2.authorize_security_group_ingress(GroupId=group["GroupId"], IpPermissions=[
    {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}])
"#;

pub(super) fn is_named(account: &Account) {
    let none = account.succeeds("one", "drift -e dev");
    assert_eq!(none.out, "`dev` is as Terraform's state says\n", "what the release itself did is none");
    account.python(CHANGES);
    let said = account.run("one", "drift -e dev");
    assert_eq!(said.code, DIFFERS);
    assert_eq!(
        said.out.lines().collect::<Vec<_>>(),
        [
            "aws_cloudwatch_log_group.backend: retention_in_days 7 -> 30",
            "aws_cloudwatch_log_group.frontend: gone",
            "aws_ecs_cluster.main: tags.owner none -> `somebody`",
            "aws_ecs_service.backend: task_definition `task-definition/items-dev-backend:1` -> \
             `task-definition/by-hand:1`",
            "aws_ecs_service.frontend: desired_count 1 -> 2",
            "aws_security_group.loadbalancer: ingress + 22 from 0.0.0.0/0",
            "hint: `driftless deploy -e dev` plans the way back",
        ]
    );
    let document = account.run("one", "drift -e dev --json");
    assert_eq!(document.code, DIFFERS);
    let document: Value = serde_json::from_str(&document.out).unwrap();
    assert_eq!(document["resources"].as_array().unwrap().len(), 6);
    assert_eq!(
        document["resources"][1],
        json!({ "address": "aws_cloudwatch_log_group.frontend", "action": "delete", "differences": [], "undone": true })
    );
    let unknown = account.refuses(1, "one", "drift -e prod");
    assert!(unknown.err.contains("`prod` has no release that serves"), "{}", unknown.err);
}

const WIDE_OPEN: &str = r#"
iam, ec2 = account.client("iam"), account.client("ec2")
iam.attach_role_policy(RoleName="items-dev-execution", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
group, = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["items-dev-loadbalancer"]}])["SecurityGroups"]
ec2.authorize_security_group_ingress(GroupId=group["GroupId"], IpPermissions=[
    {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}])
"#;

const OPEN: &str = r#"
iam, ec2 = account.client("iam"), account.client("ec2")
group, = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["items-dev-loadbalancer"]}])["SecurityGroups"]
print(*[rule["FromPort"] for rule in group["IpPermissions"]])
print(*[one["PolicyName"] for one in iam.list_attached_role_policies(RoleName="items-dev-execution")["AttachedPolicies"]])
"#;

/// SSH for the world, and a role that may do everything: found, shown in the plan, and undone by one deployment.
pub(super) fn is_undone_by_one_deployment(account: &Account) {
    account.python(WIDE_OPEN);
    assert_eq!(account.python(OPEN), "80 22\nAdministratorAccess\n");
    let said = account.run("one", "drift -e dev");
    assert_eq!(
        (said.code, said.out.lines().collect::<Vec<_>>()),
        (
            DIFFERS,
            vec![
                "aws_iam_role_policy_attachments_exclusive.execution: policy_arns + `policy/AdministratorAccess`",
                "aws_security_group.loadbalancer: ingress + 22 from 0.0.0.0/0",
                "hint: `driftless deploy -e dev` plans the way back",
            ]
        )
    );
    let deployed = account.succeeds("one", "deploy -e dev --yes");
    for line in [
        "~ aws_iam_role_policy_attachments_exclusive.execution  (policy_arns - `policy/AdministratorAccess`)",
        "~ aws_security_group.loadbalancer  (ingress - 22 from 0.0.0.0/0)",
    ] {
        assert!(deployed.err.contains(line), "{line}: {}", deployed.err);
    }
    assert_eq!(account.python(OPEN), "80\n\n");
    account.succeeds("one", "drift -e dev");
}
