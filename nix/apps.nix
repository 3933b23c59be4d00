# `nix run .#NAME -- ARGUMENTS`: the command line with this project's bundle.
{
  pkgs,
  driftless,
  # The command line without what speaks to AWS: quicker to build, and there already once the images are.
  packer,
  bundle,
  # What infra.nix says, as files.
  rendered,
}:
let
  inherit (pkgs) lib;

  tofu = pkgs.opentofu.withPlugins (plugins: [ plugins.hashicorp_aws ]);

  # What the commands need beside the command line: the data of the local stack, what infra.nix says, the bundle, OpenTofu.
  # No command gets more than it needs: its app would fetch or build that first.
  here.data = true;
  account.stack = true;
  either = here // account;
  terraform = account // {
    tofu = true;
  };
  images.bundle = true;
  release = images // {
    tofu = true;
  };
  described = needs: lib.mapAttrs (_: description: needs // { inherit description; });

  commands =
    described (here // { bundle = true; }) {
      up = "Run the stack on this machine, from images that Nix built";
    }
    // described here {
      down = "Stop the stack that runs on this machine";
      open = "Open the stack that runs on this machine in a browser";
    }
    // described either {
      logs = "Show what the services wrote, on this machine or, with --env, on AWS";
      status = "Show what runs, on this machine or, with --env, on AWS";
    }
    // described account {
      abort = "Stop a rollout and go back to what ran before";
      cost = "Estimate what an environment costs each month";
      diff = "Compare two releases";
      releases = "List what was deployed to an environment, and when";
      run = "Run a command once, as a task of a service";
      unlock = "Take a state lock that was left behind";
      watch = "Follow a rollout to its end";
    }
    // described images {
      push = "Push the images that the registry lacks";
    }
    // described release {
      apply = "Apply a plan that was shown";
      deploy = "Push, plan, apply and watch a release";
      plan = "Show what a release would change";
      verify = "Compare what runs with what was released, and with what these sources build";
    }
    // described terraform {
      bootstrap = "Make the bucket that holds states and releases";
      destroy = "Delete everything that a deployment made";
      doctor = "Check that this machine and its account can do what a deployment needs";
      drift = "Look for what somebody changed without a release";
      pause = "Stop the tasks of an environment, and keep everything else";
      promote = "Deploy to one environment what runs in another";
      rehearse = "Deploy, update and destroy the stack in a simulated account";
      resume = "Start the tasks of an environment that was paused";
      rollback = "Deploy an earlier release";
      scale = "Change how many tasks of a service run";
      secrets = "Set, list and check the secrets that services read";
    };

  app =
    name:
    {
      description,
      bundle ? false,
      data ? false,
      stack ? false,
      tofu ? false,
    }:
    {
      type = "app";
      program = lib.getExe (script {
        inherit
          name
          bundle
          data
          stack
          tofu
          ;
      });
      meta.description = description;
    };

  # A directory that the command line takes for the project, because of what it has there.
  project = pkgs.runCommand "stack" { } ''
    mkdir -p $out/nix
    ln -s ${rendered} $out/nix/rendered
  '';

  script =
    needs:
    pkgs.writeShellApplication {
      name = "driftless-${needs.name}";
      runtimeInputs = [
        (if needs.data && !needs.stack then packer else driftless)
      ]
      ++ lib.optional needs.tofu tofu;
      text = ''
        if ! usage=$(driftless help ${needs.name} 2>/dev/null); then
          echo 'error: `driftless ${needs.name}` is not built yet' >&2
          exit 1
        fi
        # Whether to pass an option on: the command has it, and was not given it.
        wants() {
          local option=$1
          shift
          [[ $usage = *" $option "* && " $* " != *" $option"[=\ ]* ]]
        }
        arguments=()
      ''
      + lib.optionalString needs.bundle ''
        ! wants --bundle "$@" || arguments+=(--bundle ${bundle})
      ''
      + lib.optionalString needs.stack ''
        export DRIFTLESS_PROJECT=''${DRIFTLESS_PROJECT:-${project}}
      ''
      + lib.optionalString needs.data ''
        # The local stack's data is with the project, wherever in it this was started. What runs on AWS has none.
        if [[ " $* " != *" --env"[=\ ]* && " $* " != *" -e"* ]]; then
          directory=$PWD
          while [[ -n $directory && ! -e $directory/flake.nix ]]; do directory=''${directory%/*}; done
          [[ -z $directory ]] || ! wants --data "$@" || arguments+=(--data "$directory/.driftless")
        fi
      ''
      + ''
        exec driftless ${needs.name} "''${arguments[@]}" "$@"
      '';
      # Back-ticks in the message are back-ticks.
      excludeShellChecks = [ "SC2016" ];
    };
in
lib.mapAttrs app commands
