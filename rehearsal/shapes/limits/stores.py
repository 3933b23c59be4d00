"""Secrets, buckets and databases: names, and whose a bucket is."""

import re
from collections.abc import Iterator

from moto.s3.models import s3_backends

from ...access.call import Call
from ...access.refusal import Refusal
from .rules import rule

#: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
BUCKET = re.compile(r"(?!xn--|sthree-|amzn-s3-demo-|\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
BUCKET_ENDINGS = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")
#: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html; the words are PostgreSQL's own:
#: https://www.postgresql.org/docs/current/sql-keywords-appendix.html, and RDS's.
RESERVED = set(
    "all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create "
    "current_catalog current_date current_role current_time current_timestamp current_user default deferrable desc distinct "
    "do else end except false fetch for foreign from grant group having in initially intersect into lateral leading limit "
    "localtime localtimestamp not null offset on only or order placing primary references returning select session_user "
    "some symmetric table then to trailing true union unique user using variadic when where window with "
    "admin db rdsadmin".split()
)


@rule("secretsmanager", "CreateSecret")
def names_of_stored_secrets(call: Call) -> Iterator[Refusal]:
    """https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html"""
    if not re.fullmatch(r"[A-Za-z0-9/_+=.@!-]+", call.parameters["Name"]):
        told = "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!"
        yield Refusal("ValidationException", told, 400)


@rule("s3", "*")
def owners_of_buckets(call: Call) -> Iterator[Refusal]:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html"""
    wanted = call.parameters.get("ExpectedBucketOwner")
    _, owner = s3_backends.bucket_accounts.get(call.parameters.get("Bucket", ""), ("aws", None))
    if wanted and owner and wanted != owner:
        yield Refusal("AccessDenied", "Access Denied")


@rule("s3", "CreateBucket")
def names_of_buckets(call: Call) -> Iterator[Refusal]:
    name = call.parameters["Bucket"]
    if not BUCKET.fullmatch(name) or name.endswith(BUCKET_ENDINGS):
        yield Refusal("InvalidBucketName", "The specified bucket is not valid.", 400)


@rule("rds", "CreateDBInstance", "CreateDBCluster")
def names_of_databases(call: Call) -> Iterator[Refusal]:
    """https://github.com/terraform-aws-modules/terraform-aws-rds/issues/475, https://github.com/aws/aws-cdk/pull/5076"""
    kind = "DBName" if call.operation == "CreateDBInstance" else "DatabaseName"
    name, user = call.parameters.get(kind), call.parameters.get("MasterUsername")
    if name and not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,62}", name):
        told = f"{kind} must begin with a letter and contain only alphanumeric characters."
        yield Refusal("InvalidParameterValue", told, 400)
    if name and name.lower() in RESERVED:
        yield Refusal("InvalidParameterValue", f"{kind} {name} cannot be used.  It is a reserved word for this engine", 400)
    if user and user.lower() in RESERVED:
        told = f"MasterUsername {user} cannot be used as it is a reserved word used by the engine"
        yield Refusal("InvalidParameterValue", told, 400)
