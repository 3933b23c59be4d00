# What services keep in files: an encrypted file system, and in it a directory for each of them, which nobody else sees.
{
  lib,
  environment,
  project,
  ...
}:
let
  inherit (environment) network prefix;
  keepers = lib.filterAttrs (_: service: service.data != null) environment.services;
  file_system_id = "\${aws_efs_file_system.main.id}";
  # Of every image that Driftless packs.
  id = 65532;
  nfs = 2049;
  toStorage = name: {
    security_group_id = "\${aws_security_group.${name}.id}";
    description = "Its files";
    referenced_security_group_id = "\${aws_security_group.storage.id}";
    ip_protocol = "tcp";
    from_port = nfs;
    to_port = nfs;
  };
in
lib.mkIf (keepers != { }) {
  tasks = lib.mapAttrs (name: service: {
    environment = lib.optionalAttrs service.database {
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
    permissions = [
      {
        Sid = "UseItsFiles";
        Effect = "Allow";
        Action = [
          "elasticfilesystem:ClientMount"
          "elasticfilesystem:ClientWrite"
        ];
        Resource = "\${aws_efs_file_system.main.arn}";
        Condition.StringEquals."elasticfilesystem:AccessPointArn" = "\${aws_efs_access_point.${name}.arn}";
      }
    ];
  }) keepers;

  resource = {
    aws_efs_file_system.main = {
      creation_token = prefix;
      encrypted = true;
      throughput_mode = "elastic";
      tags.Name = prefix;
    }
    // lib.optionalAttrs environment.encryption.ownKey { kms_key_id = "\${aws_kms_key.main.arn}"; };

    aws_efs_backup_policy = lib.mkIf environment.storage.backups {
      main = {
        inherit file_system_id;
        backup_policy.status = "ENABLED";
      };
    };

    aws_efs_mount_target = lib.genAttrs network.zones (zone: {
      inherit file_system_id;
      subnet_id = "\${aws_subnet.private_${zone}.id}";
      security_groups = [ "\${aws_security_group.storage.id}" ];
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

    aws_security_group.storage = {
      name = "${prefix}-storage";
      description = "The files of ${prefix}";
      vpc_id = "\${aws_vpc.main.id}";
      tags.Name = "${prefix}-storage";
    };
    aws_vpc_security_group_egress_rule = lib.mapAttrs' (
      name: _: lib.nameValuePair "${name}_to_storage" (toStorage name)
    ) keepers;
    aws_vpc_security_group_ingress_rule = lib.mapAttrs' (
      name: _:
      lib.nameValuePair "storage_from_${name}" (
        toStorage name
        // {
          security_group_id = "\${aws_security_group.storage.id}";
          referenced_security_group_id = "\${aws_security_group.${name}.id}";
          description = "The files of ${name}";
        }
      )
    ) keepers;

    # Tasks can mount it once there is a way to it.
    aws_ecs_service = lib.mapAttrs (_: _: {
      depends_on = map (zone: "aws_efs_mount_target.${zone}") network.zones;
    }) keepers;
  };
}
