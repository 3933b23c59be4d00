# `nix run .#NAME -- ARGUMENTS`: the command line with this project's bundle.
{
  pkgs,
  driftless,
  bundle,
}:
let
  inherit (pkgs) lib;

  tofu = pkgs.opentofu.withPlugins (plugins: [ plugins.hashicorp_aws ]);

  # What each needs beside the command line: the bundle, the data of the local stack, Terraform.
  local.data = true;
  cloud = {
    bundle = true;
    tofu = true;
  };
  commands = {
    up = local // {
      bundle = true;
      description = "Run the stack on this machine, from images that Nix built";
    };
    down = local // {
      description = "Stop the stack that runs on this machine";
    };
    open = local // {
      description = "Open the stack that runs on this machine in a browser";
    };
    status = local // {
      description = "Show the services of the stack that runs on this machine";
    };
    logs = local // {
      description = "Show what the services of the local stack have logged";
    };
    doctor = {
      description = "Check that this machine and its account can do what a deployment needs";
    };
    rehearse = cloud // {
      description = "Deploy, update and destroy the stack in a simulated account";
    };
    deploy = cloud // {
      description = "Push, plan, apply and watch a release";
    };
    push = {
      bundle = true;
      description = "Push the images that the registry lacks";
    };
    plan = cloud // {
      description = "Show what a release would change";
    };
    apply = cloud // {
      description = "Apply a plan that was shown";
    };
    rollback = cloud // {
      description = "Deploy an earlier release";
    };
    verify = cloud // {
      description = "Compare what runs with what was released";
    };
    destroy = cloud // {
      description = "Delete everything that a deployment made";
    };
  };

  app =
    name:
    {
      description,
      bundle ? false,
      data ? false,
      tofu ? false,
    }:
    {
      type = "app";
      program = lib.getExe (script {
        inherit
          name
          bundle
          data
          tofu
          ;
      });
      meta.description = description;
    };

  script =
    needs:
    pkgs.writeShellApplication {
      name = "driftless-${needs.name}";
      runtimeInputs = [ driftless ] ++ lib.optional needs.tofu tofu;
      text = ''
        if ! driftless help ${needs.name} >/dev/null 2>&1; then
          echo 'error: `driftless ${needs.name}` is not built yet' >&2
          exit 1
        fi
        arguments=()
      ''
      + lib.optionalString needs.bundle ''
        [[ " $* " = *" --bundle"* ]] || arguments+=(--bundle ${bundle})
      ''
      + lib.optionalString needs.data ''
        # The stack's data is with the project, wherever in it this was started.
        directory=$PWD
        while [[ -n $directory && ! -e $directory/flake.nix ]]; do directory=''${directory%/*}; done
        [[ -z $directory || " $* " = *" --data"* ]] || arguments+=(--data "$directory/.driftless")
      ''
      + ''
        exec driftless ${needs.name} "''${arguments[@]}" "$@"
      '';
      # Back-ticks in the message are back-ticks.
      excludeShellChecks = [ "SC2016" ];
    };
in
lib.mapAttrs app commands
