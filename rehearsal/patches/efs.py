"""EFS: the backup policy, and the end of a file system's policy."""

import json

from moto.efs.responses import EFSResponse

from ..patching import add, replace

TYPE = {"Content-Type": "application/json"}


@add(EFSResponse, "put_backup_policy")
def put_backup_policy(self: EFSResponse) -> tuple:
    status = self._get_param("BackupPolicy")["Status"]
    self.efs_backend.file_systems_by_id[self._get_param("FileSystemId")].rehearsed_backup = status
    return json.dumps({"BackupPolicy": {"Status": status}}), TYPE


@replace(EFSResponse, "describe_backup_policy")
def describe_backup_policy(self: EFSResponse) -> tuple:
    file_system = self.efs_backend.file_systems_by_id[self._get_param("FileSystemId")]
    made_with = "ENABLED" if file_system.backup_policy else "DISABLED"
    return json.dumps({"BackupPolicy": {"Status": getattr(file_system, "rehearsed_backup", made_with)}}), TYPE


@add(EFSResponse, "delete_file_system_policy")
def delete_file_system_policy(self: EFSResponse) -> tuple:
    self.efs_backend.file_systems_by_id[self._get_param("FileSystemId")].file_system_policy = None
    return "{}", TYPE
