# What Fargate has, and what must fit together in a container.
{
  lib,
  at,
  service,
  ...
}:
let
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
  # None for a `cpu` that is no size itself.
  sizes = memories.${toString service.cpu} or [ service.memory ];
in
[
  {
    assertion = lib.elem service.memory sizes;
    message = "${at}.memory = ${toString service.memory}: Fargate has no such size with cpu = ${toString service.cpu}; use one of ${
      lib.concatMapStringsSep ", " toString sizes
    }";
  }
  {
    assertion = service.health.timeout < service.health.interval;
    message = "${at}.health.timeout = ${toString service.health.timeout}: must be below health.interval, which is ${toString service.health.interval}";
  }
]
++ map (variable: {
  assertion = !(service.environment ? ${variable});
  message = "${at}.secrets.${variable}: is in environment, too; keep one of them";
}) (lib.attrNames service.secrets)
