# Where images are: one repository for each service.
{
  lib,
  names,
  project,
  ...
}:
let
  inherit (project.foundation) repositories;
  expire = description: selection: {
    inherit description selection;
    action.type = "expire";
  };
  # What is released has a tag. What is attached to it has none, and goes with it alone:
  # https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html
  rules = [
    (expire "What was never released" {
      tagStatus = "untagged";
      countType = "sinceImagePushed";
      countUnit = "days";
      countNumber = repositories.untaggedDays;
    })
  ]
  ++ lib.optional (repositories.keep != null) (
    expire "The oldest releases" {
      tagStatus = "tagged";
      tagPatternList = [ "*" ];
      countType = "imageCountMoreThan";
      countNumber = repositories.keep;
    }
  );
in
{
  resource = {
    aws_ecr_repository = lib.mapAttrs (name: _: {
      name = names.repository name;
      # A tag names one image for ever.
      image_tag_mutability = "IMMUTABLE";
      image_scanning_configuration.scan_on_push = true;
      # Layers can be shared between repositories of one key only.
      encryption_configuration.encryption_type = "AES256";
      force_delete = repositories.deleteWithImages;
    }) project.services;

    aws_ecr_lifecycle_policy = lib.mapAttrs (name: _: {
      repository = "\${aws_ecr_repository.${name}.name}";
      policy = builtins.toJSON {
        rules = lib.imap1 (rulePriority: rule: rule // { inherit rulePriority; }) rules;
      };
    }) project.services;

    aws_ecr_account_setting = lib.mkIf repositories.shareLayers {
      blob_mounting = {
        name = "BLOB_MOUNTING";
        value = "ENABLED";
      };
    };
  };

  output = lib.mapAttrs' (
    name: _:
    lib.nameValuePair "${name}_ecr_repository_url" {
      description = "Where the images of ${name} are pushed to.";
      value = "\${aws_ecr_repository.${name}.repository_url}";
    }
  ) project.services;
}
