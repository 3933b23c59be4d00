# Who may release from GitHub: a role for each environment that only runs of one repository can have, for an hour, or for as
# long as a release takes.
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
  roles = import ./roles.nix { inherit environments lib project; };
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

  # For runs of the repository whose subject ends so, and which are of these branches.
  # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
  role =
    {
      name,
      description,
      subject,
      refs,
      minutes,
    }:
    {
      name = names.short 64 name;
      inherit description;
      # A role may be had for twelve hours at most.
      max_session_duration = 60 * lib.min 720 minutes;
      assume_role_policy = policy [
        {
          Effect = "Allow";
          Action = "sts:AssumeRoleWithWebIdentity";
          Principal.Federated = provider;
          Condition =
            lib.recursiveUpdate
              {
                StringEquals = {
                  "${issuer}:aud" = "sts.amazonaws.com";
                }
                // lib.optionalAttrs (refs != [ ]) { "${issuer}:ref" = refs; };
              }
              { ${if known then "StringEquals" else "StringLike"}."${issuer}:sub" = named subject; };
        }
      ];
    };

  # A job that names an environment of GitHub has it in its token, once the environment's reviewers have agreed.
  deploy =
    name: environment:
    lib.nameValuePair "deploy_${name}" (role {
      name = "${environment.prefix}-deploy";
      description = "Releases ${environment.prefix} from ${github.repository}";
      subject = "environment:${name}";
      inherit (github) refs;
      # Build and push, tasks that start, and a way back that takes as long again.
      minutes = 60 + 2 * moving.minutes environment;
    });

  plan = role {
    name = "${project.project}-plan";
    description = "Plans ${project.project} for pull requests of ${github.repository}";
    subject = "pull_request";
    refs = [ ];
    minutes = 60;
  };

  said = description: role: {
    inherit description;
    value = "\${aws_iam_role.${role}.arn}";
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

    aws_iam_role =
      lib.mapAttrs' deploy environments // lib.optionalAttrs (roles.planned != { }) { inherit plan; };

    aws_iam_role_policy =
      lib.concatMapAttrs (
        name: environment:
        lib.mapAttrs' (
          part: statements:
          lib.nameValuePair "deploy_${name}_${part}" (attached "deploy_${name}" part statements)
        ) (permissions.deploy environment)
      ) environments
      // lib.optionalAttrs (roles.planned != { }) {
        plan_read = attached "plan" "read" (permissions.plan (lib.attrValues roles.planned));
      };
  };

  output =
    lib.mapAttrs' (
      name: _:
      lib.nameValuePair "${name}_deploy_role_arn" (
        said "The role that workflows on GitHub take to release to ${name}." "deploy_${name}"
      )
    ) environments
    // lib.optionalAttrs (roles.planned != { }) {
      plan_role_arn = said "The role that runs of pull requests take." "plan";
    };
}
