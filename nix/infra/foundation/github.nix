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
  attached = role: name: statements: {
    inherit name;
    role = "\${aws_iam_role.${role}.id}";
    policy = policy statements;
  };
  # For runs of the repository whose subjects end so.
  role = name: description: subjects: {
    name = names.short 64 "${project.project}-${name}";
    inherit description;
    max_session_duration = 3600;
    assume_role_policy = policy [
      {
        Effect = "Allow";
        Action = "sts:AssumeRoleWithWebIdentity";
        Principal.Federated = provider;
        Condition.StringEquals = {
          "${issuer}:aud" = "sts.amazonaws.com";
          "${issuer}:sub" = map (subject: "repo:${github.repository}:${subject}") subjects;
        };
      }
    ];
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

    aws_iam_role = {
      deploy = role "deploy" "Releases ${project.project} from ${github.repository}" github.subjects;
    }
    // lib.optionalAttrs github.pullRequests {
      plan = role "plan" "Plans ${project.project} for pull requests of ${github.repository}" [
        "pull_request"
      ];
    };

    aws_iam_role_policy = {
      deploy_release = attached "deploy" "release" permissions.release;
      deploy_read = attached "deploy" "read" permissions.read;
    }
    // lib.optionalAttrs github.infrastructure {
      deploy_infrastructure = attached "deploy" "infrastructure" permissions.infrastructure;
    }
    // lib.optionalAttrs github.pullRequests {
      plan_read = attached "plan" "read" (permissions.read ++ permissions.readState);
    };
  };

  output = {
    deploy_role_arn = {
      description = "The role that workflows on GitHub take.";
      value = "\${aws_iam_role.deploy.arn}";
    };
  }
  // lib.optionalAttrs github.pullRequests {
    plan_role_arn = {
      description = "The role that runs of pull requests take.";
      value = "\${aws_iam_role.plan.arn}";
    };
  };
}
