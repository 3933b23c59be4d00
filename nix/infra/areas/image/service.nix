# The image: what a container is made of, and what it needs.
{ lib, ... }:
let
  inherit (lib) mkOption types;
  typed = import ../../types.nix { inherit lib; };
  words =
    description:
    mkOption {
      type = types.listOf types.str;
      default = [ ];
      inherit description;
    };
in
{
  options = {
    image = {
      contents = mkOption {
        type = types.nullOr (types.functionTo (types.listOf types.raw));
        default = null;
        description = ''
          Packages that the image holds with everything that they need, instead of one static program: `pkgs: [ … ]`, where
          `pkgs` is for the system that the image runs on. What they have in `bin`, `etc` and so on is linked from the image's
          root. Nix alone can build it.
        '';
        example = lib.literalExpression "pkgs: [ (pkgs.python3.withPackages (python: [ python.flask ])) ./web ]";
      };
      config = {
        entrypoint = words "What an image of `contents` starts: a program, by its path or its name, and its first arguments.";
        cmd = words "Arguments that follow, where `command` says none.";
        env = mkOption {
          type = types.attrsOf types.str;
          default = { };
          description = "Variables of the image itself, besides `PATH` and `SSL_CERT_FILE`; `environment` is stronger.";
        };
        workingDir = mkOption {
          type = typed.matching "/[!-~]*" "a path that starts with a slash";
          default = "/";
          description = "Directory that the program is started in.";
        };
      };
      layers = mkOption {
        type = typed.between 4 120;
        default = 64;
        description = "Most layers of an image of `contents`. The more, the less is sent when a little changes.";
      };
      layout = mkOption {
        type = types.nullOr (types.either types.str (types.functionTo types.raw));
        default = null;
        description = ''
          An image that something else builds: the path of an OCI layout in the project, which the Cargo route uses, too; or
          `pkgs: …`, a derivation of one.
        '';
        example = "images/web";
      };
      reference = mkOption {
        type = types.nullOr types.str;
        default = null;
        description = ''
          An image in a registry, by its digest. It is pulled into a cache for `driftless up`, and copied to the repository of
          the project when images are pushed: what runs is the copy. Of an image for several platforms, the service's is used.
        '';
        example = "docker.io/library/caddy@sha256:…";
      };
      files = mkOption {
        type = types.attrsOf types.str;
        default = { };
        description = "Files and directories of the project, by where they are in the image.";
        example."/srv/assets" = "crates/web/assets";
      };
      created = mkOption {
        type = typed.nullOr (
          typed.matching "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z" "a time such as 2026-01-31T12:00:00Z"
        );
        default = null;
        description = ''
          When the image says that it was created, for registries that remove images by their age. The digest depends on it: a
          time that changes with each build makes each build a deployment. null is nothing, and the same content has the same digest.
        '';
        example = "2026-01-31T12:00:00Z";
      };
      timeZones = mkOption {
        type = types.bool;
        default = false;
        description = "Whether the image has the time zones of the world, in `/usr/share/zoneinfo`. Nix alone can add them.";
      };
    };

    user = mkOption {
      type = typed.nullOr (
        typed.matching "[1-9][0-9]{0,8}:[1-9][0-9]{0,8}" "user and group by their numbers, neither of them root's 0, such as 65532:65532"
      );
      default = "65532:65532";
      description = "User and group that the program runs as. null is the image's own, which must not be root.";
      example = "101:101";
    };

    entrypoint = mkOption {
      type = types.nullOr (types.listOf types.str);
      default = null;
      description = "What is started instead of the image's own entrypoint. Its arguments are then those of `command` alone.";
      example = [
        "python3"
        "-m"
        "web"
      ];
    };

    writable = mkOption {
      type = types.attrsOf types.int;
      default = { };
      description = ''
        Directories that the program may write to besides `/tmp`, by MiB. They are empty when a task starts, and their
        content is a part of the task's memory.
      '';
      example."/var/cache/nginx" = 64;
    };
  };
}
