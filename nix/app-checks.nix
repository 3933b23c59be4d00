# Each app starts the command that it is named after, or says that there is none yet.
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
            if ${app.program} --help > help 2> error; then
              grep -q '^Usage: driftless ${name}' help
            else
              grep -q '`driftless ${name}` is not built yet' error
              echo "no command yet: ${name}"
            fi
          '') apps
        )
        + ''
          # On AWS, from a directory that is no project: the stack is that of infra.nix.
          for app in ${apps.status.program} ${apps.logs.program}; do
            ! $app --env nowhere 2> error
            grep -F '`nowhere`' error
          done
          touch $out
        ''
      );
}
