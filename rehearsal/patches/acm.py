"""ACM: a certificate has the key that was asked for, and becomes what a test chooses; the list is as in AWS."""

import json
from typing import Any

from moto.acm.models import CertBundle, acm_backends
from moto.acm.responses import AWSCertificateManagerResponse as Responses

from ..patching import wrap


@wrap(Responses, "request_certificate")
def request_certificate(original: Any, self: Responses) -> Any:
    answer = original(self)
    algorithm = self._get_param("KeyAlgorithm")
    if algorithm and isinstance(answer, str):
        self.acm_backend._certificates[json.loads(answer)["CertificateArn"]].rehearsed_algorithm = algorithm
    return answer


@wrap(CertBundle, "describe")
def describe(original: Any, self: CertBundle) -> dict[str, Any]:
    told = original(self)
    if hasattr(self, "rehearsed_algorithm"):
        told["Certificate"]["KeyAlgorithm"] = self.rehearsed_algorithm
    if getattr(self, "rehearsed_reason", None):
        told["Certificate"]["FailureReason"] = self.rehearsed_reason
    return told


@wrap(CertBundle, "check")
def check(original: Any, self: CertBundle) -> None:
    """moto issues a certificate by itself after a while."""
    if not hasattr(self, "rehearsed_reason"):
        original(self)


def become(domain: str, status: str, reason: str | None = None) -> None:
    """What a test makes of a certificate stays."""
    bundles = [
        bundle
        for regions in acm_backends.values()
        for backend in regions.values()
        for bundle in backend._certificates.values()
        if bundle.common_name == domain
    ]
    if not bundles:
        raise ValueError(f"no certificate `{domain}`")
    for bundle in bundles:
        bundle.status, bundle.rehearsed_reason = status, reason


@wrap(Responses, "list_certificates")
def list_certificates(original: Any, self: Responses) -> str:
    """Larger keys and elliptic curves only for who asks for them, names under the name that AWS has for them, in pages."""
    told = json.loads(original(self))["CertificateSummaryList"]
    if not (self._get_param("Includes") or {}).get("keyTypes"):
        told = [one for one in told if one["KeyAlgorithm"] in ("RSA_1024", "RSA_2048")]
    for one in told:
        one["SubjectAlternativeNameSummaries"] = one.pop("SubjectAlternativeNames")
    begin = int(self._get_param("NextToken") or 0)
    end = begin + int(self._get_param("MaxItems") or len(told))
    page: dict[str, Any] = {"CertificateSummaryList": told[begin:end]}
    if end < len(told):
        page["NextToken"] = str(end)
    return json.dumps(page)
