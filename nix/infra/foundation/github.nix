# Who may release from GitHub: a role that only runs of one repository can have, for an hour.
# https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws
{
  lib,
  names,
  project,
  ...
}@arguments:
let
  inherit (project.foundation) github region;
  partition = names.partition region;
  issuer = "token.actions.githubusercontent.com";
  account = "\${data.aws_caller_identity.current.account_id}";
  provider =
    if github.createProvider then
      "\${aws_iam_openid_connect_provider.github.arn}"
    else
      "arn:${partition}:iam::${account}:oidc-provider/${issuer}";
  policy =
    statements:
    builtins.toJSON {
      Version = "2012-10-17";
      Statement = statements;
    };
  permissions = import ./permissions.nix (arguments // { inherit account partition; });
  attached = name: statements: {
    inherit name;
    role = "\${aws_iam_role.deploy.id}";
    policy = policy statements;
  };
in
lib.mkIf (github != null) {
  data.aws_caller_identity.current = { };

  resource = {
    aws_iam_openid_connect_provider = lib.mkIf github.createProvider {
      github = {
        url = "https://${issuer}";
        client_id_list = [ "sts.amazonaws.com" ];
      };
    };

    aws_iam_role.deploy = {
      name = names.short 64 "${project.project}-deploy";
      description = "Releases ${project.project} from ${github.repository}";
      max_session_duration = 3600;
      assume_role_policy = policy [
        {
          Effect = "Allow";
          Action = "sts:AssumeRoleWithWebIdentity";
          Principal.Federated = provider;
          Condition.StringEquals = {
            "${issuer}:aud" = "sts.amazonaws.com";
            "${issuer}:sub" = map (subject: "repo:${github.repository}:${subject}") github.subjects;
          };
        }
      ];
    };

    aws_iam_role_policy = {
      deploy_release = attached "release" permissions.release;
      deploy_read = attached "read" permissions.read;
    }
    // lib.optionalAttrs github.infrastructure {
      deploy_infrastructure = attached "infrastructure" permissions.infrastructure;
    };
  };

  output.deploy_role_arn = {
    description = "The role that workflows on GitHub take.";
    value = "\${aws_iam_role.deploy.arn}";
  };
}
