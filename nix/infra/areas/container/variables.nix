# What can be said in variables, which everybody can read who may look at a task definition.
{
  lib,
  at,
  environment,
  name,
  service,
  ...
}:
let
  within = condition: environment != null && condition environment;
  give = option: variables: lib.genAttrs variables (_: option);
  # What a container gets anyway, by the option that says it.
  given =
    lib.optionalAttrs service.database (give "database = true" [ "DATABASE_URL" ])
    //
      lib.optionalAttrs (service.database && within (of: of.database.engine != "sqlite")) (
        give "database = true" (
          [ "DATABASE_USER" ]
          ++ lib.optionals (within (of: of.database.signIn == "password")) [
            "DATABASE_PASSWORD"
            "DATABASE_SECRET_ARN"
          ]
        )
      )
    // lib.optionalAttrs service.cache (give "cache = true" [ "CACHE_URL" ]);
  # A program may be told otherwise by `environment`, but not by a secret beside it.
  givenUnlessSaid =
    give "port" [ "PORT" ]
    // lib.optionalAttrs (within (of: of.observability.tracing.enable)) (
      give "observability.tracing" [
        "OTEL_EXPORTER_OTLP_ENDPOINT"
        "OTEL_SERVICE_NAME"
      ]
    );
  twice =
    kind: given:
    map (variable: {
      assertion = false;
      message = "${at}.${kind}.${variable}: the container gets it by `${given.${variable}}` already, and a task has each name once; leave out one of them, or let the program read another name";
    }) (lib.attrNames (lib.intersectAttrs service.${kind} given));

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
      message = "${at}.environment.${variable}: looks like a secret, and would be in the store, the state and the task definition; write `secrets.${variable} = { };` instead, and give the value to `driftless secrets set ${name}/${variable}`";
    }
    {
      assertion = !lib.hasInfix "//service:" value;
      message = "${at}.environment.${variable} = \"${value}\": only a value that begins with `service:` stands for an address, which has `http://` and the port already; write \"service:NAME\" alone";
    }
    {
      assertion = service.image.contents != null || !lib.hasInfix builtins.storeDir value;
      message = "${at}.environment.${variable} = \"${value}\": is in the Nix store, which is not in the image; put what is needed into the program";
    }
  ];
in
named "environment"
++ named "secrets"
++ lib.concatLists (lib.mapAttrsToList ofVariable service.environment)
++ twice "environment" given
++ twice "secrets" (given // givenUnlessSaid)
++ map (variable: {
  assertion = !(service.environment ? ${variable});
  message = "${at}.secrets.${variable}: is in environment, too; keep one of them";
}) (lib.attrNames service.secrets)
