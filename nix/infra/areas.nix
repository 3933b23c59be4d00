# The areas: what infra.nix can say about environments and services, by subject. An area is a directory in areas/, with up to
# four files that are found by their names, and further ones that these import:
#
#     options.nix   what infra.nix can say about an environment: a module
#     service.nix   what it can say about a service: a module; its argument `environment` is the environment's options, or
#                   null where the service is looked at by itself
#     rules.nix     what must hold: see rules.nix beside this file
#     aws.nix       the AWS resources: a terranix module; see environment/aws.nix
#
# No area may depend on its place among the others. To be before or after others in a list, it says `mkBefore` or `mkAfter`.
#
# -> { options, service, rules, aws }: these files of all areas.
{ lib }:
let
  areas = lib.attrNames (builtins.readDir ./areas);
in
lib.genAttrs [
  "options"
  "service"
  "rules"
  "aws"
] (file: lib.filter builtins.pathExists (map (area: ./areas + "/${area}/${file}.nix") areas))
