"""What a request may say, by AWS's models, and in which words AWS refuses the rest."""

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from conftest import Account
from rehearsal.access import actions
from rehearsal.access.call import MODELS
from rehearsal.shapes.constraints import compiled

#: boto3 would not even send it.
UNCHECKED = Config(parameter_validation=False)


@pytest.mark.parametrize(
    ("service", "call", "wanted", "code", "said"),
    [
        # https://github.com/awslabs/aws-embedded-metrics-java/issues/65
        (
            "logs",
            "create_log_group",
            {"logGroupName": "name:tag"},
            "InvalidParameterException",
            "1 validation error detected: Value 'name:tag' at 'logGroupName' failed to satisfy constraint: Member must "
            r"satisfy regular expression pattern: [\.\-_/#A-Za-z0-9]+",
        ),
        # https://github.com/stelligent/mu/issues/323
        (
            "ecr",
            "create_repository",
            {"repositoryName": "mu-repo-SquallyWebsite"},
            "InvalidParameterException",
            "Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must satisfy regular expression '[a-z",
        ),
        # https://github.com/aws/aws-dotnet-deploy/issues/549
        (
            "ecr",
            "create_repository",
            {"repositoryName": "a"},
            "InvalidParameterException",
            "Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must have length greater than or equal "
            "to 2'",
        ),
        (
            "iam",
            "create_role",
            {"RoleName": "r" * 65, "AssumeRolePolicyDocument": "{}"},
            "ValidationError",
            f"1 validation error detected: Value '{'r' * 65}' at 'roleName' failed to satisfy constraint: Member must have "
            "length less than or equal to 64",
        ),
        (
            "elbv2",
            "create_load_balancer",
            {"Name": "items", "Scheme": "outside"},
            "ValidationError",
            "1 validation error detected: Value 'outside' at 'scheme' failed to satisfy constraint: Member must satisfy "
            "enum value set: [internet-facing, internal]",
        ),
        (
            "efs",
            "create_file_system",
            {"CreationToken": "t" * 65},
            "ValidationException",
            f"1 validation error detected: Value '{'t' * 65}' at 'creationToken' failed to satisfy constraint: Member must "
            "have length less than or equal to 64",
        ),
        (
            "ecs",
            "stop_service_deployment",
            {},
            "InvalidParameterException",
            "1 validation error detected: Value null at 'serviceDeploymentArn' failed to satisfy constraint: Member must "
            "not be null",
        ),
        (
            "kms",
            "create_alias",
            {"AliasName": "alias/no spaces", "TargetKeyId": ""},
            "ValidationException",
            "2 validation errors detected: Value 'alias/no spaces' at 'aliasName' failed to satisfy constraint: Member must "
            "satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$; Value '' at 'targetKeyId' failed to satisfy "
            "constraint: Member must have length greater than or equal to 1",
        ),
        (
            "ec2",
            "create_security_group",
            {"GroupName": "items"},
            "MissingParameter",
            "The request must contain the parameter Description",
        ),
        (
            "application-autoscaling",
            "put_scheduled_action",
            {
                "ServiceNamespace": "ecs",
                "ScheduledActionName": "night",
                "ResourceId": "service/items/backend",
                "ScalableDimension": "ecs:service:Tasks",
            },
            "ValidationException",
            "1 validation error detected: Value 'ecs:service:Tasks' at 'scalableDimension' failed to satisfy constraint: "
            "Member must satisfy enum value set: [",
        ),
    ],
)
def test_what_a_model_forbids_is_refused_in_the_words_of_the_service(
    account: Account, service: str, call: str, wanted: dict, code: str, said: str
) -> None:
    with pytest.raises(ClientError) as error:
        getattr(account.client(service, config=UNCHECKED), call)(**wanted)
    told = error.value.response["Error"]
    assert told["Code"] == code
    assert said in told["Message"]


def test_the_path_of_a_member_is_as_aws_writes_it(account: Account) -> None:
    # https://github.com/aws/aws-cdk/issues/31241
    with pytest.raises(ClientError, match=r"at 'tags\.2\.member\.key' failed to satisfy constraint: Member must have"):
        account.client("iam", config=UNCHECKED).create_role(
            RoleName="r", AssumeRolePolicyDocument="{}", Tags=[{"Key": "a", "Value": ""}, {"Key": "k" * 129, "Value": ""}]
        )


def test_the_bytes_of_an_object_are_its_own_affair(account: Account) -> None:
    s3 = account.client("s3")
    s3.create_bucket(Bucket="items")
    s3.put_object(Bucket="items", Key="empty", Body=b"")
    s3.put_bucket_policy(Bucket="items", Policy='{"Statement": []}')


def test_all_patterns_of_the_calls_that_are_judged_are_understood() -> None:
    """But for those that Python has no words for."""
    unknown: set[str] = set()
    for service, table in actions.TABLE.items():
        model = MODELS.get(service, service)
        for operation in table["calls"]:
            unknown |= {one for one in patterns(model, operation) if compiled(one) is None}
    assert unknown == set()


@pytest.mark.parametrize(
    ("written", "yes", "no"),
    [
        (r"\p{Print}+", "ECSServiceAverageCPUUtilization", "a\tb"),
        (r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*", "größe 1", "a;b"),
        (r"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\r\n\t]*", "🚀 up", "\x07"),
        (r"[\.\-_/#A-Za-z0-9]+", "/ecs/items", "name:tag"),
        (r"^arn:aws", "arn:aws:ecs", "aws:arn"),
    ],
)
def test_patterns_are_read_as_java_reads_them(written: str, yes: str, no: str) -> None:
    assert (bool(compiled(written)(yes)), bool(compiled(written)(no))) == (True, False)


def patterns(service: str, operation: str) -> set[str]:
    from rehearsal.access.call import _model

    model = _model(service)
    found: set[str] = set()
    seen: set[str] = set()

    def walk(shape) -> None:
        if shape is None or shape.name in seen:
            return
        seen.add(shape.name)
        found.update([shape.metadata["pattern"]] if "pattern" in shape.metadata else [])
        for inner in getattr(shape, "members", {}).values() if shape.type_name == "structure" else ():
            walk(inner)
        if shape.type_name == "list":
            walk(shape.member)
        if shape.type_name == "map":
            walk(shape.key)
            walk(shape.value)

    if operation in model.operation_names:
        walk(model.operation_model(operation).input_shape)
    return found
