"""CloudFront: a behaviour with a cache policy forwards no values of its own, a certificate is told as it was given, and a
distribution's ARN is of no region."""

from typing import Any

from moto.cloudfront.models import DefaultCacheBehaviour, Distribution, ViewerCertificate

from ..patching import wrap


@wrap(DefaultCacheBehaviour, "__init__")
def behaviour_init(original: Any, self: DefaultCacheBehaviour, config: dict[str, Any]) -> None:
    original(self, config)
    if config.get("CachePolicyId"):
        self.forwarded_values = None


@wrap(ViewerCertificate, "__init__")
def certificate_init(original: Any, self: ViewerCertificate, config: dict[str, Any]) -> None:
    original(self, config)
    self.ssl_support_method = config.get("SSLSupportMethod")
    self.cloud_front_default_certificate = not (self.acm_certificate_arn or self.iam_certificate_id)


@wrap(Distribution, "__init__")
def distribution_init(original: Any, self: Distribution, *arguments: Any, **named: Any) -> None:
    """moto leaves its place out."""
    original(self, *arguments, **named)
    self.arn = self.arn.replace(":cloudfront:", ":cloudfront::").replace(":::", "::")
