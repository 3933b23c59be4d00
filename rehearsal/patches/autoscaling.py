"""Application Auto Scaling: tags of scalable targets; without them the provider can neither make nor read one."""

import json

from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse as Responses

from ..patching import add, wrap
from . import tags


@wrap(Responses, "register_scalable_target")
def register_scalable_target(original, self: Responses) -> str:
    answer = original(self)
    given = self._get_param("Tags")
    if given:
        tags.of(self.applicationautoscaling_backend, json.loads(answer)["ScalableTargetARN"]).update(given)
    return answer


@add(Responses, "list_tags_for_resource")
def list_tags_for_resource(self: Responses) -> str:
    return json.dumps({"Tags": tags.of(self.applicationautoscaling_backend, self._get_param("ResourceARN"))})


@add(Responses, "tag_resource")
def tag_resource(self: Responses) -> str:
    tags.of(self.applicationautoscaling_backend, self._get_param("ResourceARN")).update(self._get_param("Tags"))
    return "{}"


@add(Responses, "untag_resource")
def untag_resource(self: Responses) -> str:
    kept = tags.of(self.applicationautoscaling_backend, self._get_param("ResourceARN"))
    for key in self._get_param("TagKeys"):
        kept.pop(key, None)
    return "{}"
