# The container: what runs, with how much of what.
{
  config,
  name,
  lib,
  ...
}:
let
  inherit (lib) mkOption types;
  typed = import ../../types.nix { inherit lib; };
in
{
  options = {
    package = mkOption {
      type = types.str;
      default = name;
      defaultText = "the service's name";
      description = "The Cargo package, or the entry of `programs`, that has the service's program, where `image` does not say otherwise.";
    };

    binary = mkOption {
      type = types.str;
      default = config.package;
      defaultText = "the package's name";
      description = "The program of `package` that the image holds: a package may have several.";
      example = "worker";
    };

    command = mkOption {
      type = types.listOf types.str;
      default = [ ];
      description = "Arguments of the program.";
      example = [ "serve" ];
    };

    port = mkOption {
      type = typed.between 1 65535;
      description = "The port that the container listens on; it is told by the variable `PORT`, too.";
      example = 8000;
    };

    environment = mkOption {
      type = types.attrsOf types.str;
      default = { };
      description = "Environment variables. `service:NAME` stands for the address of that service, `http://host:port`.";
      example.BACKEND_URL = "service:backend";
    };

    architecture = mkOption {
      type = typed.oneOf [
        "x86_64"
        "arm64"
      ];
      default = "x86_64";
      description = "The processor that the service runs on, and its image is built for. Fargate's arm64 costs a fifth less.";
    };

    cpu = mkOption {
      type = typed.oneOf [
        256
        512
        1024
        2048
        4096
        8192
        16384
      ];
      default = 256;
      description = "Fargate CPU units of a task; 1024 are one virtual CPU.";
    };

    memory = mkOption {
      type = types.int;
      default = 512;
      description = "MiB of a task. Fargate has few sizes for each `cpu`.";
    };

    storage = mkOption {
      type = typed.nullOr (typed.between 21 200);
      default = null;
      description = "GiB of disk that end with the task; null is Fargate's own 20.";
    };

    stopTimeout = mkOption {
      type = typed.between 2 120;
      default = 30;
      description = "Seconds between the stop signal and the kill.";
    };

    exec = mkOption {
      type = types.bool;
      default = false;
      description = "Whether commands can be run in a task, by `aws ecs execute-command`. It needs a file system that can be written.";
    };
  };
}
