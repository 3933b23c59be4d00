# What must hold between options.
{ lib, config, ... }:
let
  inherit (config) services;
  MiB = gib: gib * 1024;
  # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size
  memories = {
    "256" = [
      512
      (MiB 1)
      (MiB 2)
    ];
    "512" = map MiB (lib.range 1 4);
    "1024" = map MiB (lib.range 2 8);
    "2048" = map MiB (lib.range 4 16);
    "4096" = map MiB (lib.range 8 30);
    "8192" = map (n: MiB (n * 4)) (lib.range 4 15);
    "16384" = map (n: MiB (n * 8)) (lib.range 4 15);
  };

  rulesOf =
    name: service:
    let
      at = "services.${name}";
      sizes = memories.${toString service.cpu};
      referenced = lib.filterAttrs (_: lib.hasPrefix "service:") service.environment;
      rule = assertion: message: { inherit assertion message; };
    in
    [
      (rule (
        builtins.match "[a-z][a-z0-9-]{0,31}" name != null
      ) "${at}: a service's name is 1 to 32 of a-z, 0-9 and -, a letter first")
      (rule (lib.elem service.memory sizes) "${at}.memory = ${toString service.memory}: Fargate has no such size with cpu = ${toString service.cpu}; use one of ${
        lib.concatMapStringsSep ", " toString sizes
      }")
      (rule (service.health.timeout < service.health.interval)
        "${at}.health.timeout = ${toString service.health.timeout}: must be below health.interval, which is ${toString service.health.interval}"
      )
      (rule (!service.database || service.tasks == 1)
        "${at}.tasks = ${toString service.tasks}: its database is SQLite, which has one writer; set tasks = 1"
      )
    ]
    ++ lib.mapAttrsToList (
      variable: value:
      rule (services ? ${lib.removePrefix "service:" value})
        "${at}.environment.${variable} = \"${value}\": there is no such service; there are ${lib.concatStringsSep ", " (lib.attrNames services)}"
    ) referenced
    ++ lib.mapAttrsToList (
      variable: _:
      rule (
        !(service.environment ? ${variable})
      ) "${at}.secrets.${variable}: is in environment, too; keep one of them"
    ) service.secrets;

  claims = lib.zipAttrs (
    lib.concatLists (
      lib.mapAttrsToList (name: service: map (route: { ${route} = name; }) service.routes) services
    )
  );
in
{
  assertions =
    lib.concatLists (lib.mapAttrsToList rulesOf services)
    ++ lib.mapAttrsToList (route: names: {
      assertion = lib.length names == 1;
      message = "services.*.routes: `${route}` is claimed ${toString (lib.length names)} times, by ${lib.concatStringsSep " and " names}";
    }) claims;
}
