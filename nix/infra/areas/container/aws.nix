# Task definitions: everything that makes a task what it is. The JSON of the containers has every default in it and is
# sorted, so that a plan shows a difference only where there is one.
{
  lib,
  config,
  environment,
  names,
  project,
  references,
  ...
}:
let
  inherit (environment) region services;
  inherit (lib) mapAttrsToList;
  health = import ../../health.nix { inherit lib; };
  account = "\${data.aws_caller_identity.current.account_id}";

  # What infra.nix says is meant literally.
  literal = lib.replaceStrings [ "\${" "%{" ] [ "$\${" "%%{" ];

  variables = lib.mapAttrs (
    name: service:
    {
      PORT = toString service.port;
    }
    // config.tasks.${name}.environment
    // lib.mapAttrs (_: value: literal (references.address value)) service.environment
  ) services;

  logsOf = name: {
    logDriver = "awslogs";
    options = {
      awslogs-group = "\${aws_cloudwatch_log_group.${name}.name}";
      awslogs-region = region;
      awslogs-stream-prefix = name;
      # Where logs can't be delivered, requests are answered all the same.
      max-buffer-size = "25m";
      mode = "non-blocking";
    };
  };

  healthOf =
    service:
    lib.optionalAttrs (service.health.command != null) {
      healthCheck = {
        command = health.command service;
        interval = 10;
        retries = 3;
        startPeriod = lib.min 300 service.health.start;
        timeout = 5;
      };
    };

  containerOf =
    name: service:
    {
      inherit name;
      image = "\${local.image_${name}}";
      essential = true;
      cpu = 0;
      inherit (service) command stopTimeout;
      environment = mapAttrsToList lib.nameValuePair variables.${name};
      secrets = mapAttrsToList (variable: valueFrom: {
        name = variable;
        inherit valueFrom;
      }) config.tasks.${name}.secrets;
      portMappings = [
        {
          appProtocol = "http";
          containerPort = service.port;
          hostPort = service.port;
          name = "http";
          protocol = "tcp";
        }
      ];
      mountPoints = mapAttrsToList (sourceVolume: containerPath: {
        inherit containerPath sourceVolume;
        readOnly = false;
      }) config.tasks.${name}.mounts;
      # A command that someone runs in a task brings an agent along, which writes.
      readonlyRootFilesystem = !service.exec;
      linuxParameters = {
        capabilities = {
          add = [ ];
          drop = [ "ALL" ];
        };
        initProcessEnabled = service.exec;
        # As much as tasks have on one machine. https://github.com/aws/containers-roadmap/issues/736
        tmpfs = [
          {
            containerPath = "/tmp";
            mountOptions = [
              "nodev"
              "nosuid"
            ];
            size = 64;
          }
        ]
        # Without a mode, it would be that of the directory in the image, which may be root's.
        ++ mapAttrsToList (containerPath: size: {
          inherit containerPath size;
          mountOptions = [
            "mode=1777"
            "nodev"
            "nosuid"
          ];
        }) service.writable;
      };
      logConfiguration = logsOf name;
      systemControls = [ ];
      volumesFrom = [ ];
    }
    // lib.optionalAttrs (service.user != null) { inherit (service) user; }
    // lib.optionalAttrs (service.entrypoint != null) { entryPoint = service.entrypoint; }
    // healthOf service;

  further =
    name: container:
    {
      inherit name;
      essential = false;
      cpu = 0;
      environment = [ ];
      mountPoints = [ ];
      portMappings = [ ];
      systemControls = [ ];
      volumesFrom = [ ];
    }
    // container;

  definition =
    name: service:
    {
      family = names.family name;
      requires_compatibilities = [ "FARGATE" ];
      network_mode = "awsvpc";
      cpu = toString service.cpu;
      memory = toString service.memory;
      execution_role_arn = "\${aws_iam_role.${name}_execution.arn}";
      task_role_arn = "\${aws_iam_role.${name}_task.arn}";
      runtime_platform = {
        cpu_architecture = lib.toUpper service.architecture;
        operating_system_family = "LINUX";
      };
      volume = mapAttrsToList (
        volume: options: { name = volume; } // options
      ) config.tasks.${name}.volumes;
      container_definitions = builtins.toJSON (
        [ (containerOf name service) ] ++ mapAttrsToList further config.tasks.${name}.containers
      );
      # ECS goes back to the revision before when a deployment fails, so that one must stay usable.
      skip_destroy = true;
    }
    // lib.optionalAttrs (service.storage != null) { ephemeral_storage.size_in_gib = service.storage; };
in
{
  imports = [
    ./roles.nix
    ./tasks.nix
  ];

  # Each service has its entry, also where no area adds anything.
  tasks = lib.mapAttrs (_: _: { }) services;

  data.aws_caller_identity.current = { };

  # By names without quotes: they are used within the JSON of the containers.
  locals = lib.mapAttrs' (
    name: _:
    lib.nameValuePair "image_${name}" "${account}.dkr.ecr.${project.foundation.region}.amazonaws.com/${names.repository name}@\${var.images[\"${name}\"]}"
  ) services;

  resource.aws_ecs_task_definition = lib.mapAttrs definition services;
}
