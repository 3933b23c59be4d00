"""ACM: a certificate has the key algorithm that was asked for."""

import json
from typing import Any

from moto.acm.models import CertBundle
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
    return told
