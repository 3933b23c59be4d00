"""Refuses what a request may not say, in the service's words."""

from ..access.call import Call
from ..access.refusal import Refusal, response
from ..http import Request, Response
from . import limits
from .constraints import Violation, violations

#: The code of a violated constraint, where it is not the one of the protocol. By what requests are signed for.
CODES = {
    # https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html#API_CreateRepository_Errors
    "ecr": "InvalidParameterException",
    # https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html#API_CreateService_Errors
    "ecs": "InvalidParameterException",
    # https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html#API_CreateLogGroup_Errors
    "logs": "InvalidParameterException",
    # https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateHostedZone.html#API_CreateHostedZone_Errors
    "route53": "InvalidInput",
    # https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList
    "s3": "InvalidArgument",
    # https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateDistribution.html#API_CreateDistribution_Errors
    "cloudfront": "InvalidArgument",
    # https://docs.aws.amazon.com/guardduty/latest/APIReference/API_CreateDetector.html#API_CreateDetector_Errors
    "guardduty": "BadRequestException",
    # https://docs.aws.amazon.com/xray/latest/api/API_CreateGroup.html#API_CreateGroup_Errors
    "xray": "InvalidRequestException",
}
#: https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html and its like of each service.
PROTOCOLS = {"query": "ValidationError", "ec2": "InvalidParameterValue"}


def refuses(request: Request, call: Call) -> Response | None:
    """Nothing where the request has the shape that its model asks for."""
    shape = call.model.input_shape if call.model else None
    found = list(violations(shape, call.parameters)) if shape else []
    refusal = _refusal(call, found) if found else limits.refusal(call)
    return response(refusal, call, request) if refusal else None


def _refusal(call: Call, found: list[Violation]) -> Refusal:
    code = CODES.get(call.service) or PROTOCOLS.get(call.protocol, "ValidationException")
    [first, *_] = found
    if call.service == "ecr":
        # https://github.com/jenkins-x/jx/issues/1344: the regular expression is between quotes, too.
        must = first.must.replace("pattern: ", "'") + "'" if "pattern: " in first.must else first.must
        return Refusal(code, f"Invalid parameter at '{first.path}' failed to satisfy constraint: 'must {must}'", 400)
    if call.protocol == "ec2":
        # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
        name = first.path[:1].upper() + first.path[1:]
        if first.demand is None:
            return Refusal("MissingParameter", f"The request must contain the parameter {name}", 400)
        return Refusal(code, f"Value ({first.value}) for parameter {name} is invalid. It must {first.must}.", 400)
    many = "error" if len(found) == 1 else "errors"
    told = "; ".join(one.told for one in found)
    return Refusal(code, f"{len(found)} validation {many} detected: {told}", 400)
