"""ECS: the account's default settings."""

from moto.core.responses import ActionResult
from moto.ecs.models import AccountSetting, EC2ContainerServiceBackend
from moto.ecs.responses import EC2ContainerServiceResponse as Responses

from ..patching import add, original, replace

add(Responses, "put_account_setting_default")(original(Responses, "put_account_setting"))


@replace(EC2ContainerServiceBackend, "list_account_settings")
def list_account_settings(
    self: EC2ContainerServiceBackend, name: str | None = None, value: str | None = None
) -> list[AccountSetting]:
    return [
        setting
        for setting in self.account_settings.values()
        if (not name or setting.name == name) and (not value or setting.value == value)
    ]


@replace(Responses, "list_account_settings")
def list_settings(self: Responses) -> ActionResult:
    arn = f"arn:aws:iam::{self.current_account}:root"
    found = self.ecs_backend.list_account_settings(self._get_param("name"), self._get_param("value"))
    return ActionResult({"settings": [{"name": one.name, "value": one.value, "principalArn": arn} for one in found]})
