# What infra.nix can say about an environment.
{ lib, config, ... }:
let
  inherit (lib) mkOption types;
  typed = import ../types.nix { inherit lib; };
  versions = import ../provider.nix { inherit lib; };
  overrides = import ./overrides.nix { inherit lib; };
  ways = typed.listOf (
    typed.matching " *[^ >]+ *-> *[^ >]+ *" "a way between two places, such as internet -> database"
  );
in
{
  imports = [ ./preset.nix ] ++ (import ../areas.nix { inherit lib; }).options;

  options = {
    preset = mkOption {
      type = typed.oneOf [
        "small"
        "production"
      ];
      default = "small";
      description = ''
        What is not said otherwise: `small` is cheap and has no spare parts; `production` has them, and what an audit asks
        for.
      '';
    };

    region = mkOption {
      type = typed.region;
      default = "us-east-1";
      description = "AWS region.";
      example = "eu-central-1";
    };

    account = mkOption {
      type = typed.nullOr (typed.matching "[0-9]{12}" "the 12 digits of an account");
      default = null;
      description = "The only AWS account that the environment may be made in; null accepts any.";
      example = "123456789012";
    };

    protected = mkOption {
      type = types.bool;
      default = false;
      description = "Whether destroying the environment, or a resource that holds data, needs more than a yes.";
    };

    provider = mkOption {
      type = types.str;
      default = versions.for config.deployment.strategy;
      defaultText = "`>= 5.100, < 7`; from 6.4.0 with `deployment.strategy = \"blue-green\"`, from 6.21.0 with canary and linear";
      description = "Versions of Terraform's AWS provider that may be used.";
    };

    never = mkOption {
      type = ways;
      default = [ ];
      description = ''
        Ways that must not be open, in whole or in part. `driftless plan`, `deploy` and `doctor` judge them by the
        environment's root, and stop where one is open or cannot be judged. Which places there are is in docs/judge.md.
      '';
      example = [
        "internet -> database"
        "frontend -> database"
      ];
    };

    must = mkOption {
      type = ways;
      default = [ ];
      description = "Ways that must be open, from everywhere that they begin to everywhere that they lead; see `never`.";
      example = [ "internet -> frontend" ];
    };

    services = mkOption {
      type = types.attrsOf overrides;
      default = { };
      description = "What is different about services here: any option of a service, stronger than what it says itself.";
      example.backend.tasks = 2;
    };

    modules = mkOption {
      type = types.listOf types.deferredModule;
      default = [ ];
      description = "Modules of terranix, as files or as such, for the environment's root: what they say is merged with what Driftless makes.";
      example = lib.literalExpression "[ ./cloudflare.nix ]";
    };

    terraform = mkOption {
      type = types.attrsOf types.anything;
      default = { };
      description = "Terraform, as JSON has it, merged last into the environment's root.";
      example.resource.aws_lb.main.idle_timeout = 120;
    };
  };
}
