# Where images are: one repository for each service.
{
  lib,
  names,
  project,
  ...
}:
{
  resource.aws_ecr_repository = lib.mapAttrs (name: _: {
    name = names.repository name;
    image_tag_mutability = "IMMUTABLE";
    image_scanning_configuration.scan_on_push = true;
  }) project.services;

  output = lib.mapAttrs' (
    name: _:
    lib.nameValuePair "${name}_ecr_repository_url" {
      description = "Where the images of ${name} are pushed to.";
      value = "\${aws_ecr_repository.${name}.repository_url}";
    }
  ) project.services;
}
