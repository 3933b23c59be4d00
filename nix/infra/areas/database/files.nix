# What services keep in files: an encrypted file system, and in it a directory for each of them, which nobody else sees.
{
  lib,
  environment,
  project,
  securityGroups,
  ...
}:
let
  inherit (environment) network prefix;
  keepers = lib.filterAttrs (_: service: service.data != null) environment.services;
  file_system_id = "\${aws_efs_file_system.main.id}";
  Action = [
    "elasticfilesystem:ClientMount"
    "elasticfilesystem:ClientWrite"
  ];
  # Of every image that Driftless packs.
  id = 65532;
in
lib.mkIf (keepers != { }) {
  tasks = lib.mapAttrs (name: service: {
    # Tasks can mount it once there is a way to it.
    after = map (zone: "aws_efs_mount_target.${zone}") network.zones ++ [
      "aws_efs_file_system_policy.main"
      (securityGroups.wayTo name "storage")
    ];
    environment = lib.optionalAttrs service.sqlite {
      DATABASE_URL = "sqlite:///${service.data}/${project.project}.db";
    };
    mounts.data = service.data;
    volumes.data.efs_volume_configuration = {
      inherit file_system_id;
      transit_encryption = "ENABLED";
      authorization_config = {
        access_point_id = "\${aws_efs_access_point.${name}.id}";
        iam = "ENABLED";
      };
    };
    permissions = lib.mkBefore [
      {
        Sid = "UseItsFiles";
        Effect = "Allow";
        inherit Action;
        Resource = "\${aws_efs_file_system.main.arn}";
        Condition.StringEquals."elasticfilesystem:AccessPointArn" = "\${aws_efs_access_point.${name}.arn}";
      }
    ];
  }) keepers;

  resource = lib.mkMerge [
    {
      aws_efs_file_system.main = {
        creation_token = prefix;
        encrypted = true;
        throughput_mode = "elastic";
        tags.Name = prefix;
      }
      // lib.optionalAttrs environment.encryption.ownKey { kms_key_id = "\${aws_kms_key.main.arn}"; };

      # Without one, whoever reaches the mount targets may mount everything.
      aws_efs_file_system_policy.main = {
        inherit file_system_id;
        policy = builtins.toJSON {
          Version = "2012-10-17";
          Statement =
            lib.imap1 (index: name: {
              Sid = "ItsOwnDirectory${toString index}";
              Effect = "Allow";
              Principal.AWS = "\${aws_iam_role.${name}_task.arn}";
              inherit Action;
              Resource = "\${aws_efs_file_system.main.arn}";
              Condition.StringEquals."elasticfilesystem:AccessPointArn" = "\${aws_efs_access_point.${name}.arn}";
            }) (lib.attrNames keepers)
            ++ [
              {
                Sid = "OnlyEncryptedMounts";
                Effect = "Deny";
                Principal.AWS = "*";
                Action = Action ++ [ "elasticfilesystem:ClientRootAccess" ];
                Resource = "\${aws_efs_file_system.main.arn}";
                Condition.Bool."aws:SecureTransport" = "false";
              }
            ];
        };
      };

      aws_efs_backup_policy = lib.mkIf environment.storage.backups {
        main = {
          inherit file_system_id;
          backup_policy.status = "ENABLED";
        };
      };

      aws_efs_mount_target = lib.genAttrs network.zones (zone: {
        inherit file_system_id;
        subnet_id = "\${aws_subnet.private_${zone}.id}";
        security_groups = [ (securityGroups.id "storage") ];
      });

      aws_efs_access_point = lib.mapAttrs (name: _: {
        inherit file_system_id;
        posix_user = {
          uid = id;
          gid = id;
        };
        root_directory = {
          path = "/${name}";
          creation_info = {
            owner_uid = id;
            owner_gid = id;
            permissions = "0700";
          };
        };
        tags.Name = "${prefix}-${name}";
      }) keepers;

      aws_security_group.storage = securityGroups.answering "storage" "The files of ${prefix}";
    }
    (securityGroups.connect (
      map (service: {
        # NFS.
        port = 2049;
        from = service;
        to = "storage";
        out = "Its files";
        into = "The files of ${service}";
      }) (lib.attrNames keepers)
    ))
  ];
}
