# Who may release from GitHub: a role that only runs of one repository can have, for an hour, or for as long as a release takes.
# https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws
{
  environments,
  lib,
  names,
  project,
  ...
}@arguments:
let
  moving = import ../moving.nix { inherit lib; };
  # Build and push, tasks that start, and a way back that takes as long again.
  minutes = 60 + 2 * lib.foldl' lib.max 0 (lib.mapAttrsToList (_: moving.minutes) environments);
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
  # Tokens of repositories that were made, renamed or moved since July 2026 have numbers beside the names. No name has an
  # `@` in it, so a star after one stands for a number.
  # https://docs.github.com/en/actions/reference/security/oidc#immutable-subject-claims
  known = github.ownerId != null && github.repositoryId != null;
  numbered =
    let
      parts = lib.splitString "/" github.repository;
      number = id: if known then toString id else "*";
    in
    "${lib.head parts}@${number github.ownerId}/${lib.last parts}@${number github.repositoryId}";
  named =
    subject:
    map (repository: "repo:${repository}:${subject}") [
      github.repository
      numbered
    ];

  # For runs of the repository whose subjects end so.
  role = name: description: subjects: {
    name = names.short 64 "${project.project}-${name}";
    inherit description;
    # A role may be had for twelve hours at most.
    max_session_duration = 60 * lib.min 720 minutes;
    assume_role_policy = policy [
      {
        Effect = "Allow";
        Action = "sts:AssumeRoleWithWebIdentity";
        Principal.Federated = provider;
        Condition = lib.recursiveUpdate { StringEquals."${issuer}:aud" = "sts.amazonaws.com"; } {
          ${if known then "StringEquals" else "StringLike"}."${issuer}:sub" = lib.concatMap named subjects;
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
