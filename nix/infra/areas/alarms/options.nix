# Who is told that something is wrong.
{ lib, config, ... }:
let
  inherit (lib) mkOption types;
  typed = import ../../types.nix { inherit lib; };
in
{
  options.alarms = {
    enable = mkOption {
      type = types.bool;
      default = false;
      description = "Whether CloudWatch watches the load balancer, the services, the database and the cache.";
    };

    emails = mkOption {
      type = typed.listOf typed.email;
      default = [ ];
      description = "Who is told; AWS asks each address once whether it wants to be.";
      example = [ "team@example.com" ];
    };

    topics = mkOption {
      type = typed.listOf (
        typed.matching "arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:.+" "the ARN of an SNS topic"
      );
      default = [ ];
      description = "Further SNS topics that are told, of a pager for example.";
    };

    rollback = mkOption {
      type = types.bool;
      default = config.alarms.enable;
      defaultText = "`alarms.enable`";
      description = "Whether a service's alarms for errors and latency end its deployment and bring back what ran before.";
    };
  };
}
