"""Where visitors' names lead: by Route 53's aliases, through CloudFront, to a load balancer; which certificate is shown."""

from collections.abc import Iterator
from typing import Any

from cryptography.x509 import DNSName, SubjectAlternativeName
from moto.acm.models import acm_backends
from moto.cloudfront.models import cloudfront_backends
from moto.route53.models import route53_backends

from .listening import backends

#: What an alias of a load balancer has before its name: it has addresses of both kinds.
DUAL = "dualstack."


def names() -> list[dict[str, Any]]:
    """Each name that leads to a load balancer, with the names that the certificate is good for, which is shown there."""
    aliases, distributions, balancers = dict(_aliases()), dict(_distributions()), dict(_balancers())
    told = []
    for name in [*aliases, *distributions]:
        shown: list[str] | None = None
        at = aliases.get(name, name)
        if (distribution := distributions.get(at)) is not None:
            config = distribution.distribution_config
            shown = _certified(config.ViewerCertificate.acm_certificate_arn) or [at]
            origin = config.Origins["Items"][0].domain_name.lower()
            at = aliases.get(origin, origin)
        if (balancer := balancers.get(at)) is not None:
            certificates = [arn for listener in balancer.listeners.values() for arn in listener.certificates]
            shown = shown or [one for arn in certificates for one in _certified(arn)]
            told.append({"host": name, "balancer": at, "certified": shown})
    return told


def _aliases() -> Iterator[tuple[str, str]]:
    zones = (zone for all_of in route53_backends.values() for one in all_of.values() for zone in one.zones.values())
    for record in (record for zone in zones if not zone.private_zone for record in zone.rrsets):
        if record.type == "A" and record.alias_target:
            yield _name(record.name), _name(record.alias_target["DNSName"]).removeprefix(DUAL)


def _distributions() -> Iterator[tuple[str, Any]]:
    for all_of in cloudfront_backends.values():
        for one in all_of.values():
            yield from ((distribution.domain_name.lower(), distribution) for distribution in one.distributions.values())


def _balancers() -> Iterator[tuple[str, Any]]:
    yield from ((one.dns_name.lower(), one) for backend in backends() for one in backend.load_balancers.values())


def _certified(arn: str) -> list[str]:
    """The names of a certificate; none of one that was not issued."""
    for regions in acm_backends.values():
        for backend in regions.values():
            if (bundle := backend._certificates.get(arn)) is not None and bundle.status == "ISSUED":
                alternatives = bundle._cert.extensions.get_extension_for_class(SubjectAlternativeName).value
                return alternatives.get_values_for_type(DNSName)
    return []


def _name(name: str) -> str:
    return name.rstrip(".").lower()
