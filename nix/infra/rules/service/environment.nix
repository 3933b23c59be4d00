# What can be said in variables, which everybody can read who may look at a task definition.
{
  lib,
  at,
  service,
  ...
}:
let
  isName = name: builtins.match "[A-Za-z_][A-Za-z0-9_]*" name != null;
  named =
    kind:
    map (variable: {
      assertion = isName variable;
      message = "${at}.${kind}.${variable}: a variable's name is letters, digits and _, no digit first; call it something else";
    }) (lib.attrNames service.${kind});

  # Names and values of what should not be read.
  secretName =
    name:
    builtins.match "(.*_)?(SECRET|SECRET_KEY|PASSWORD|PASSWD|TOKEN|API_KEY|PRIVATE_KEY|ACCESS_KEY)(_.*)?" (
      lib.toUpper name
    ) != null;
  secretValue =
    value:
    lib.any (pattern: builtins.match pattern value != null) [
      ".*(AKIA|ASIA)[0-9A-Z]{16}.*"
      ".*-----BEGIN .*"
      ".*[a-z]://[^/@:]*:[^/@]+@.*"
      ".*(ghp_|github_pat_|xox[abp]-|sk_live_)[0-9A-Za-z_-]{10}.*"
    ];

  ofVariable = variable: value: [
    {
      assertion = variable != "PORT";
      message = "${at}.environment.PORT = \"${value}\": is what `port` says; set that";
    }
    {
      # Not the value: this message may be in a log.
      assertion = !(secretName variable || secretValue value);
      message = "${at}.environment.${variable}: looks like a secret, and would be in the store, the state and the task definition; write `secrets.${variable} = { };` instead, and give the value to `driftless secret`";
    }
    {
      assertion = !lib.hasInfix builtins.storeDir value;
      message = "${at}.environment.${variable} = \"${value}\": is in the Nix store, which is not in the image; put what is needed into the program";
    }
  ];
in
named "environment"
++ named "secrets"
++ lib.concatLists (lib.mapAttrsToList ofVariable service.environment)
++ map (variable: {
  assertion = !(service.environment ? ${variable});
  message = "${at}.secrets.${variable}: is in environment, too; keep one of them";
}) (lib.attrNames service.secrets)
