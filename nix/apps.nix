# `nix run .#NAME -- ARGUMENTS`: the command line with this project's bundle.
{
  pkgs,
  driftless,
  # The command line without what speaks to AWS and registries: quicker to build, and there already once the images are.
  packer,
  # OpenTofu with its providers.
  tofu,
  # The bundle that this machine runs, and what is deployed: a bundle, or a directory of one for each environment.
  here,
  deployed,
  # What infra.nix says, as files.
  rendered,
}:
let
  inherit (pkgs) lib;

  # What the commands need beside the command line: the data of the local stack, what infra.nix says, the bundle, OpenTofu.
  # No command gets more than it needs: its app would fetch or build that first.
  local.data = true;
  account.stack = true;
  either = local // account;
  terraform = account // {
    tofu = true;
  };
  images.bundle = deployed;
  release = images // {
    tofu = true;
  };
  described = needs: lib.mapAttrs (_: description: needs // { inherit description; });

  commands =
    # What an image holds runs on Linux alone.
    lib.optionalAttrs pkgs.stdenv.hostPlatform.isLinux (
      described (local // { bundle = here; }) {
        up = "Build the services and run the stack on this machine";
      }
      // described local {
        down = "Stop the stack that `up` started";
        open = "Open the stack's page in the browser";
      }
    )
    // described either {
      logs = "Show what the services wrote";
      status = "Show what runs, from which image, and how it is";
    }
    // described account {
      abort = "Stop the deployments in progress, and roll back";
      cost = "Estimate what an environment costs in a month";
      diff = "Compare two releases: images and the files in them, environment, services, infrastructure";
      releases = "List the releases of an environment";
      run = "Run a one-off command in a new task";
      unlock = "Remove a stale state lock";
      watch = "Follow a deployment until it is live, or is not";
    }
    // described images {
      push = "Push the project's images into a registry";
    }
    // described release {
      apply = "Apply a plan saved by `driftless plan --out`";
      deploy = "Deploy a release to an environment, and watch until it serves";
      plan = "Show what a release would change";
      verify = "Check that what runs is what was released";
    }
    // described (release // { account = true; }) {
      rehearse = "Deploy to a simulated account, with real tasks";
    }
    // described terraform {
      bootstrap = "Prepare an account: the state bucket, and the image repositories";
      destroy = "Delete everything that deployments created in an environment";
      doctor = "Check for what would stop a deployment";
      drift = "Find what was changed outside of releases";
      pause = "Stop all tasks; the data stays, and so does what it costs";
      promote = "Deploy what serves in one environment to another, by the same digests";
      resume = "Start the tasks that `pause` stopped";
      rollback = "Deploy an earlier release again";
      scale = "Set how many tasks a service runs, other than infra.nix says";
      secrets = "Set, list, check and remove the values of secrets";
    };

  app =
    name:
    {
      description,
      bundle ? null,
      data ? false,
      stack ? false,
      tofu ? false,
      account ? false,
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
          account
          ;
      });
      meta.description = description;
    };

  # A directory that the command line takes for the project, because of what it has there.
  project = pkgs.runCommand "stack" { } ''
    mkdir -p $out/nix
    ln -s ${rendered} $out/nix/rendered
  '';

  # The simulated account, in `rehearsal/`.
  accountSources = lib.fileset.toSource {
    root = ../.;
    fileset = lib.fileset.difference ../rehearsal ../rehearsal/tests;
  };

  # What the command line needs to know goes through variables: an option that is given counts more, and so does a variable
  # that is set already.
  script =
    needs:
    pkgs.writeShellApplication {
      name = "driftless-${needs.name}";
      runtimeInputs = [
        (if needs.data && !needs.stack then packer else driftless)
      ]
      ++ lib.optional needs.tofu tofu
      ++ lib.optional needs.account pkgs.python3;
      text =
        lib.optionalString (needs.bundle != null) ''
          export DRIFTLESS_BUNDLE=''${DRIFTLESS_BUNDLE:-${needs.bundle}}
        ''
        + lib.optionalString needs.account ''
          export DRIFTLESS_REHEARSAL=''${DRIFTLESS_REHEARSAL:-${accountSources}}
        ''
        + lib.optionalString needs.stack ''
          export DRIFTLESS_PROJECT=''${DRIFTLESS_PROJECT:-${project}}
        ''
        + lib.optionalString needs.data ''
          # The local stack's data is with the project, wherever in it this was started.
          directory=$PWD
          while [[ -n $directory && ! -e $directory/flake.nix ]]; do directory=''${directory%/*}; done
          [[ -z $directory ]] || export DRIFTLESS_DATA=''${DRIFTLESS_DATA:-$directory/.driftless}
        ''
        + ''
          exec driftless ${needs.name} "$@"
        '';
    };

  apps = lib.mapAttrs app commands;
in
# `nix run` alone.
apps // lib.optionalAttrs (apps ? up) { default = apps.up; }
