# What infra.nix can say about what all environments share.
{ lib, config, ... }:
let
  inherit (lib) mkOption types;
  typed = import ../types.nix { inherit lib; };
  versions = import ../provider.nix { inherit lib; };
  # All environments, none, or those that are named.
  some = types.either types.bool (types.listOf types.str);
in
{
  options.foundation = {
    region = mkOption {
      type = typed.region;
      default = "us-east-1";
      description = "Region of the image repositories.";
      example = "eu-central-1";
    };

    provider = mkOption {
      type = types.str;
      default =
        if config.foundation.repositories.shareLayers then
          ">= ${versions.blobMounting}, < 7"
        else
          versions.default;
      defaultText = "`>= 5.100, < 7`; from 6.50.0 with `foundation.repositories.shareLayers`";
      description = "Versions of Terraform's AWS provider that may be used.";
    };

    repositories = {
      untaggedDays = mkOption {
        type = typed.between 1 3650;
        default = 14;
        description = "Days until an image without a tag is deleted. Released images have one, and are kept.";
      };

      keep = mkOption {
        type = typed.nullOr (typed.between 100 100000);
        default = null;
        description = "How many images with a tag a repository keeps, the newest; null is all. One that still runs must be among them.";
      };

      deleteWithImages = mkOption {
        type = types.bool;
        default = true;
        description = "Whether a repository can be deleted that has images. They can be built again from their sources, bit for bit.";
      };

      shareLayers = mkOption {
        type = types.bool;
        default = false;
        description = ''
          Whether the account's registry lets repositories share layers (blob mounting), so that the base layer is uploaded
          once. The setting is the account's, not the project's; provider 6.50.0 or newer is known to have it.
        '';
      };
    };

    github = mkOption {
      default = null;
      description = "The GitHub repository whose workflows may release, without a key that could be stolen.";
      example = {
        repository = "example/items";
      };
      type = types.nullOr (
        types.submodule {
          options = {
            repository = mkOption {
              type = types.str;
              description = "Owner and name.";
              example = "example/items";
            };
            ownerId = mkOption {
              type = types.nullOr types.ints.positive;
              default = null;
              description = ''
                Number of the owner: `gh api repos/OWNER/NAME --jq .owner.id`. With both numbers, whoever has the name later is
                somebody else. Without, the role is for any repository of that name.
              '';
              example = 9919;
            };
            repositoryId = mkOption {
              type = types.nullOr types.ints.positive;
              default = null;
              description = "Number of the repository: `gh api repos/OWNER/NAME --jq .id`.";
              example = 1296269;
            };
            refs = mkOption {
              type = types.listOf types.str;
              default = [ "refs/heads/main" ];
              description = ''
                Branches and tags whose runs may release, without stars; `[ ]` is any. To an environment, runs release that name
                the environment of GitHub with the same name, whose reviewers then have agreed.
              '';
              example = [ "refs/heads/release" ];
            };
            subjects = mkOption {
              type = types.nullOr (types.listOf types.str);
              default = null;
              internal = true;
              description = "What one role for all environments trusted. It is not there any more.";
            };
            pullRequests = mkOption {
              type = some;
              default = false;
              description = ''
                Whether runs of pull requests may plan, with a role of their own that changes nothing; or for which environments.
                It reads the settings of all that is in the account, and the states of these environments, and so can everybody
                who may push a branch to the repository.
              '';
              example = [ "dev" ];
            };
            infrastructure = mkOption {
              type = some;
              default = false;
              description = ''
                Whether workflows may change everything that infra.nix describes; or in which environments. Otherwise they may
                release: push images, put them into services, read the rest.
              '';
              example = [ "dev" ];
            };
            createProvider = mkOption {
              type = types.bool;
              default = true;
              description = "Whether to tell the account about GitHub's tokens; an account can be told once.";
            };
          };
        }
      );
    };

    signatures = {
      enable = mkOption {
        type = types.bool;
        default = false;
        description = ''
          Whether images and releases are signed, with a key in KMS that never leaves it (a dollar a month). `push` and `deploy` sign what
          they push, `deploy` signs its record, `verify` says who signed. The key must be there first: `driftless bootstrap`.
        '';
      };
      required = mkOption {
        type = types.bool;
        default = false;
        description = ''
          Whether nothing is released that was not signed before: a bundle whose images `driftless push` has not signed, an image or a
          record that another one made or changed. What is built and deployed by one command is signed by it.
        '';
      };
    };

    permissionsBoundary = mkOption {
      type = typed.nullOr (
        typed.matching "[A-Za-z0-9+=,.@_-]+(/[A-Za-z0-9+=,.@_-]+)*" "the name of a policy in the account, after its path, such as limits/driftless"
      );
      default = null;
      description = ''
        The policy that is the permissions boundary of every role that is made, in all environments: what a role may be at most. It
        must be in each account. With `github.infrastructure`, workflows can then make and change roles with this boundary alone,
        and take it from none.
      '';
      example = "limits/driftless";
    };

    terraform = mkOption {
      type = types.attrsOf types.anything;
      default = { };
      description = "Terraform, as JSON has it, merged last into the root `foundation`.";
    };
  };
}
