# Each app starts the command that it is named after.
{
  lib,
  pkgs,
  apps,
}:
{
  apps-start-their-commands =
    pkgs.runCommand "apps-start-their-commands"
      { meta.description = "Each app starts the command that it is named after"; }
      (
        lib.concatStrings (
          lib.mapAttrsToList (name: app: ''
            ${app.program} --help > help
            grep -q '^Usage: driftless ${name}' help
          '') (removeAttrs apps [ "default" ])
        )
        + ''
          # From a directory that is no project: the environments are those of infra.nix.
          for app in ${
            lib.concatMapStringsSep " " (name: apps.${name}.program) [
              "abort"
              "doctor"
              "drift"
              "logs"
              "pause"
              "releases"
              "rollback"
              "status"
              "watch"
            ]
          }; do
            ! $app --env nowhere > said 2>&1
            grep -F '`nowhere`' said
          done
          touch $out
        ''
      );
}
