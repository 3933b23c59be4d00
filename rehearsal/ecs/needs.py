"""What a task needs to start: ways through the network, and roles that may. The first that is lacking is why it stops.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/resource-initialization-error.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from moto.ecs.models import TaskDefinition
from moto.secretsmanager.models import secretsmanager_backends

from .. import ACCOUNT, network
from ..access import caller, owned, trust
from ..access.judge import JUDGE, of_region
from . import image, logs, outcomes
from .outcomes import Outcome

SERVICE = "ecs-tasks.amazonaws.com"
PULL = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
MOUNT = ("elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite")


@dataclass
class Needs:
    region: str
    definition: TaskDefinition
    #: `awsvpcConfiguration`.
    place: dict[str, Any]

    @property
    def execution_role(self) -> str | None:
        return getattr(self.definition, "execution_role_arn", None)

    @property
    def task_role(self) -> str | None:
        return getattr(self.definition, "task_role_arn", None)

    def lacking(self) -> Outcome | None:
        return next((outcome for outcome in self._asked() if outcome), None)

    def _asked(self) -> Iterator[Outcome | None]:
        for role in (self.execution_role, self.task_role):
            yield self._taken(role) if role else None
        containers = self.definition.container_definitions
        pulled = [one["image"] for one in containers if image.is_private(one["image"])]
        yield self._signed_in() if pulled else None
        for secret in (secret for one in containers for secret in one.get("secrets") or []):
            yield self._secret(secret["valueFrom"])
        for volume in self.definition.volumes or []:
            yield self._mounted(volume.get("efsVolumeConfiguration"))
        for reference in pulled:
            yield self._pulled(reference)
        for one in containers:
            yield self._logged(logs.group_of(one))

    def _taken(self, role: str) -> Outcome | None:
        task = f"arn:aws:ecs:{self.region}:{ACCOUNT}:task/{{task}}"
        return None if trust.lets(role, SERVICE, {"aws:SourceArn": task}) else outcomes.no_trust(role)

    def _signed_in(self) -> Outcome | None:
        if not self._reaches("ecr.api"):
            return outcomes.no_way_to_registry()
        denied = self._denied(self.execution_role, "ecr:GetAuthorizationToken", "*")
        return outcomes.no_registry_auth(denied) if denied else None

    def _secret(self, reference: str) -> Outcome | None:
        is_parameter = ":secretsmanager:" not in reference
        service, action = (
            ("ssm", "ssm:GetParameters") if is_parameter else ("secretsmanager", "secretsmanager:GetSecretValue")
        )
        if not self._reaches(service):
            return outcomes.no_way_to_secrets(service, reference)
        arn = (
            reference
            if reference.startswith("arn:")
            else f"arn:aws:ssm:{self.region}:{ACCOUNT}:parameter/{reference.lstrip('/')}"
        )
        arn = ":".join(arn.split(":")[:7])
        role = self.execution_role
        denied = self._denied(role, action, arn)
        if denied is None and not is_parameter and (key := self._key(arn)):
            via = {"kms:ViaService": f"secretsmanager.{self.region}.amazonaws.com", "kms:EncryptionContext:SecretARN": arn}
            # https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
            denied = self._denied(role, "kms:Decrypt", key, **via) and "Access to KMS is not allowed"
        return outcomes.secret(reference, f"AccessDeniedException: {denied}") if denied else None

    def _key(self, arn: str) -> str | None:
        """The key of its own that a secret is encrypted with."""
        stored = secretsmanager_backends[ACCOUNT][self.region].secrets.get(arn)
        key = getattr(stored, "kms_key_id", None) or ""
        if not key or "alias/aws/" in key:
            return None
        return key if key.startswith("arn:") else f"arn:aws:kms:{self.region}:{ACCOUNT}:key/{key}"

    def _mounted(self, files: dict[str, Any] | None) -> Outcome | None:
        if files is None:
            return None
        name = files["fileSystemId"]
        if not self._reaches(name):
            return outcomes.no_way_to_files(f"{name}.efs.{self.region}.amazonaws.com")
        arn = f"arn:aws:elasticfilesystem:{self.region}:{ACCOUNT}:file-system/{name}"
        authorized = files.get("authorizationConfig") or {}
        context = {
            "aws:SecureTransport": "true" if files.get("transitEncryption") == "ENABLED" else "false",
            "elasticfilesystem:AccessedViaMountTarget": "true",
        }
        if point := authorized.get("accessPointId"):
            context["elasticfilesystem:AccessPointArn"] = (
                f"arn:aws:elasticfilesystem:{self.region}:{ACCOUNT}:access-point/{point}"
            )
        role = self.task_role if authorized.get("iam") == "ENABLED" else None
        return outcomes.no_files() if any(self._denied(role, action, arn, **context) for action in MOUNT) else None

    def _pulled(self, reference: str) -> Outcome | None:
        for service, missing in (("ecr.dkr", outcomes.no_way_to_image), ("s3", outcomes.no_way_to_layers)):
            if not self._reaches(service):
                return missing(reference)
        arn = image.repository_of(reference)
        if any(self._denied(self.execution_role, action, arn) for action in PULL):
            return outcomes.forbidden_image(reference)
        return None

    def _logged(self, where: tuple[str, str, str] | None) -> Outcome | None:
        if where is None:
            return None
        group, prefix, region = where
        if not self._reaches("logs"):
            return outcomes.no_way_to_logs()
        arn = f"arn:aws:logs:{region or self.region}:{ACCOUNT}:log-group:{group}:log-stream:{prefix}/{{task}}"
        for action in ("logs:CreateLogStream", "logs:PutLogEvents"):
            if denied := self._denied(self.execution_role, action, arn):
                return outcomes.forbidden_log(denied)
        return None

    def _reaches(self, goal: str) -> bool:
        """From each subnet that the task may be in."""
        public = self.place.get("assignPublicIp") == "ENABLED"
        for subnet in self.place["subnets"]:
            described = network.described(self.region, subnet, self.place.get("securityGroups") or [], public)
            told = JUDGE.ask({"ask": "reach", "network": described, "from": network.TASK, "to": goal})
            if told["answer"] in ("no", "partly"):
                return False
        return True

    def _denied(self, role: str | None, action: str, resource: str, **context: str) -> str | None:
        """AWS's sentence; nothing where it is allowed. Without a role nobody asks."""
        known = caller.named(role) if role else None
        name = {"role": role, "session": "{task}"} if role else "anonymous"
        own = caller.policies(known) if known else {}
        request = of_region(self.region, name, action, resource, context)
        return JUDGE.denial({**own, "resource": owned.policy(resource)}, request)
