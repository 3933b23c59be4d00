# What areas add to the tasks of a service. aws.nix and roles.nix make something of it.
{ lib, ... }:
let
  inherit (lib) mkOption types;
  statements =
    description:
    mkOption {
      type = types.listOf (types.attrsOf types.anything);
      default = [ ];
      inherit description;
    };
in
{
  options.tasks = mkOption {
    default = { };
    description = "By service.";
    type = types.attrsOf (
      types.submodule {
        options = {
          environment = mkOption {
            type = types.attrsOf types.str;
            default = { };
            description = "Variables; a value may refer to resources, but not by an expression with quotes.";
          };
          secrets = mkOption {
            type = types.attrsOf types.str;
            default = { };
            description = "Variables by what ECS calls `valueFrom`.";
          };
          volumes = mkOption {
            type = types.attrsOf (types.attrsOf types.anything);
            default = { };
            description = "Volumes of the task definition, by name.";
          };
          mounts = mkOption {
            type = types.attrsOf types.str;
            default = { };
            description = "Directories of the container by the volume that is there.";
          };
          containers = mkOption {
            type = types.attrsOf (types.attrsOf types.anything);
            default = { };
            description = "Further containers, by name.";
          };
          after = mkOption {
            type = types.listOf types.str;
            default = [ ];
            description = "Addresses of the resources without which a task could not start.";
          };
          execution = statements "What ECS may do to start a task: statements of a policy.";
          permissions = statements "What the program may do: statements of a policy.";
        };
      }
    );
  };
}
