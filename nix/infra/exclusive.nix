# For each role of a root: it has the policies that the root gives it and no others, so that what somebody adds by hand is
# taken away by the next plan.
{ lib }:
root:
let
  ofKind = kind: root.resource.${kind} or { };
  # Those resources of a kind whose `role` is this one, by the attribute that is asked for.
  given =
    kind: attribute: role:
    lib.mapAttrsToList (name: _: "\${${kind}.${name}.${attribute}}") (
      lib.filterAttrs (_: one: lib.hasInfix "aws_iam_role.${role}." (one.role or "")) (ofKind kind)
    );
  each =
    f:
    lib.mapAttrs (role: _: { role_name = "\${aws_iam_role.${role}.name}"; } // f role) (
      ofKind "aws_iam_role"
    );
in
lib.optionalAttrs (ofKind "aws_iam_role" != { }) {
  resource = {
    aws_iam_role_policies_exclusive = each (role: {
      policy_names = given "aws_iam_role_policy" "name" role;
    });
    aws_iam_role_policy_attachments_exclusive = each (role: {
      policy_arns = given "aws_iam_role_policy_attachment" "policy_arn" role;
    });
  };
}
