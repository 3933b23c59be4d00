# What the command line says at each plan.
{ lib, environment, ... }:
let
  services = lib.attrNames environment.services;
  alone = lib.attrNames (lib.filterAttrs (_: service: service.sqlite) environment.services);
  list = builtins.toJSON services;
  known = variable: {
    condition = "\${length(setsubtract(keys(var.${variable}), ${list})) == 0}";
    error_message = "${variable}: there are no services but ${lib.concatStringsSep ", " services}.";
  };
in
{
  variable = {
    images = {
      description = "The digest of each service's image.";
      type = "map(string)";
      nullable = false;
      validation = [
        {
          condition = "\${length(setsubtract(${list}, keys(var.images))) == 0}";
          error_message = "images: each of ${lib.concatStringsSep ", " services} needs a digest.";
        }
        {
          condition = "\${alltrue([for digest in values(var.images) : can(regex(\"^sha256:[0-9a-f]{64}$\", digest))])}";
          error_message = "images: a digest is `sha256:` and 64 hexadecimal digits.";
        }
      ];
    };
    tasks = {
      description = "How many tasks of a service to run instead of what infra.nix says; 0 pauses it.";
      type = "map(number)";
      nullable = false;
      default = { };
      validation = [
        (known "tasks")
      ]
      ++ map (service: {
        condition = "\${lookup(var.tasks, \"${service}\", 1) <= 1}";
        error_message = "tasks: ${service} keeps an SQLite database, which has one writer: 0 or 1.";
      }) alone;
    };
    secret_versions = {
      description = "The version of each secret, by `service/NAME`; without one the current version, which no change of it makes a deployment of.";
      type = "map(string)";
      nullable = false;
      default = { };
    };
  };
}
