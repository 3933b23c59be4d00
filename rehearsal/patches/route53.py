"""Route 53: a zone that is made with a VPC is private, also when the request does not say so."""

from typing import Any

from moto.route53.responses import Route53

from ..patching import wrap


@wrap(Route53, "_get_bool_param")
def get_bool_param(original, self: Route53, name: str, *default: Any) -> Any:
    if name == "HostedZoneConfig.PrivateZone" and self._get_param("VPC.VPCId"):
        return True
    return original(self, name, *default)
