# A private bucket that only the load balancer can write to.
{
  lib,
  environment,
  names,
  ...
}:
let
  inherit (environment) accessLogs;
  bucket = "\${aws_s3_bucket.access_logs.id}";
  arn = "\${aws_s3_bucket.access_logs.arn}";
  account = "\${data.aws_caller_identity.current.account_id}";
in
lib.mkIf accessLogs.enable {
  data.aws_caller_identity.current = { };

  resource = {
    aws_s3_bucket.access_logs = {
      bucket = names.accessLogs environment account;
      # The logs of what is gone, gone with it, unless the environment is precious.
      force_destroy = !environment.protected;
    };
    aws_s3_bucket_public_access_block.access_logs = {
      inherit bucket;
      block_public_acls = true;
      block_public_policy = true;
      ignore_public_acls = true;
      restrict_public_buckets = true;
    };
    aws_s3_bucket_ownership_controls.access_logs = {
      inherit bucket;
      rule.object_ownership = "BucketOwnerEnforced";
    };
    # Load balancers can write to buckets with S3's own keys only.
    aws_s3_bucket_server_side_encryption_configuration.access_logs = {
      inherit bucket;
      rule.apply_server_side_encryption_by_default.sse_algorithm = "AES256";
    };
    aws_s3_bucket_lifecycle_configuration.access_logs = {
      inherit bucket;
      rule = {
        id = "expire";
        status = "Enabled";
        filter.prefix = "";
        expiration.days = accessLogs.days;
        abort_incomplete_multipart_upload.days_after_initiation = 1;
      };
    };
    aws_s3_bucket_policy.access_logs = {
      inherit bucket;
      policy = builtins.toJSON {
        Version = "2012-10-17";
        Statement = [
          {
            Sid = "LoadBalancerWrites";
            Effect = "Allow";
            Principal.Service = "logdelivery.elasticloadbalancing.amazonaws.com";
            Action = "s3:PutObject";
            # AWS chooses the rest of the key: date and load balancer. Load balancers of others write below their own number.
            Resource = "${arn}/AWSLogs/${account}/*";
          }
          {
            Sid = "OnlyEncryptedConnections";
            Effect = "Deny";
            Principal = "*";
            # Whatever it is that someone wants to do.
            Action = "s3:*";
            Resource = [
              arn
              "${arn}/*"
            ];
            Condition.Bool."aws:SecureTransport" = "false";
          }
        ];
      };
      # One change of a bucket's access at a time.
      depends_on = [ "aws_s3_bucket_public_access_block.access_logs" ];
    };

    aws_lb.main = {
      access_logs = {
        inherit bucket;
        enabled = true;
      };
      # AWS tries to write when it is told to.
      depends_on = [ "aws_s3_bucket_policy.access_logs" ];
    };
  };
}
