# What Fargate has, what must fit together in a container, and what its variables can say.
{ lib }:
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
in
{
  service =
    { at, service, ... }@arguments:
    let
      # None for a `cpu` that is no size itself.
      sizes = memories.${toString service.cpu} or [ service.memory ];

      inherit (service) environment health;
      command = if health.command == null then [ ] else health.command;
      # Whether the image is one static program.
      program =
        service.image.contents == null && service.image.layout == null && service.image.reference == null;
      isNumber = text: builtins.match "[0-9]{1,6}" text != null;
      grace = environment.SHUTDOWN_GRACE_SECONDS or "";
      further = arguments // {
        inherit lib;
      };
    in
    [
      {
        assertion = lib.elem service.memory sizes;
        message = "${at}.memory = ${toString service.memory}: Fargate has no such size with cpu = ${toString service.cpu}; use one of ${
          lib.concatMapStringsSep ", " toString sizes
        }";
      }
      {
        assertion = health.timeout < health.interval;
        message = "${at}.health.timeout = ${toString health.timeout}: must be below health.interval, which is ${toString health.interval}";
      }
      {
        assertion =
          !program
          || !(lib.elem (lib.head (command ++ [ "" ])) [
            "CMD"
            "CMD-SHELL"
          ]);
        message = "${at}.health.command = ${lib.concatStringsSep " " command}: an image of one program has no shell; say only the arguments of the program, such as [ \"healthcheck\" ]";
      }
      {
        assertion = !isNumber grace || lib.toIntBase10 grace < service.stopTimeout;
        message = "${at}.environment.SHUTDOWN_GRACE_SECONDS = \"${grace}\": must be below stopTimeout, which is ${toString service.stopTimeout}, or the program is killed before it is done";
      }
      {
        assertion =
          service.data == null
          || !(
            lib.any (taken: service.data == taken || lib.hasPrefix "${taken}/" service.data) [
              "/bin"
              "/dev"
              "/etc"
              "/proc"
              "/sys"
            ]
            || service.data == "/"
          );
        message = "${at}.data = \"${toString service.data}\": would hide a part of the image or of the system; use a directory of its own, such as /data";
      }
    ]
    ++ import ./variables.nix further
    ++ import ./references.nix further;
}
