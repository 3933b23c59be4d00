# Which ways to an image go together, and what one needs to run.
{ lib }:
let
  # What a container mounts there, and what hides everything.
  taken = [
    "/dev"
    "/proc"
    "/sys"
    "/tmp"
  ];
  within = above: path: path == above || lib.hasPrefix "${above}/" path;
  digest = "[^@ ]+/[^@ ]+@sha256:[0-9a-f]{64}";
in
{
  service =
    {
      at,
      environment,
      name,
      service,
      ...
    }:
    let
      inherit (service) image writable;
      ways = lib.filter (way: image.${way} != null) [
        "contents"
        "layout"
        "reference"
      ];
      ours = ways == [ ] || image.contents != null;
      said = lib.concatStringsSep " and " (map (way: "image.${way}") ways);
      starts = image.config.entrypoint ++ image.config.cmd ++ service.command;
      paths = lib.attrNames writable;
      memory = lib.foldl' (sum: path: sum + writable.${path}) 64 paths;

      ofPath =
        path:
        let
          at' = "${at}.writable.\"${path}\"";
          others = lib.filter (other: other != path && within other path) (
            paths ++ lib.optional (service.data != null) service.data
          );
        in
        [
          {
            assertion = builtins.match "/[!-~]*[!-.0-~]" path != null && !lib.hasInfix "/../" "${path}/";
            message = "${at'}: must be the path of a directory: a slash first, none last, and no ..";
          }
          {
            assertion = !lib.any (other: within other path) taken;
            message = "${at'}: is the system's, or can be written anyway; use another directory";
          }
          {
            assertion = others == [ ] && path != service.data;
            message = "${at'}: is in ${
              lib.concatStringsSep ", " (others ++ lib.optional (path == service.data) path)
            }, which can be written, too; leave it out";
          }
          {
            assertion = writable.${path} >= 1;
            message = "${at'} = ${toString writable.${path}}: must be 1 MiB or more";
          }
        ];
    in
    [
      {
        assertion = lib.length ways < 2;
        message = "${at}: ${said} are different images; keep one of them";
      }
      {
        assertion = image.reference == null || builtins.match digest image.reference != null;
        message = "${at}.image.reference = \"${toString image.reference}\": must be a registry, a repository and a digest, such as docker.io/library/caddy@sha256:…: a tag may be another image tomorrow; `skopeo inspect --format '{{.Digest}}' docker://REFERENCE` prints today's";
      }
      {
        assertion = ours || lib.length ways > 1 || (image.files == { } && !image.timeZones && image.created == null);
        message = "${at}.image: files, timeZones and created are of images that are built here, and ${said} is not; put them into that image";
      }
      {
        assertion =
          image.contents != null
          || (
            image.config.entrypoint == [ ]
            && image.config.cmd == [ ]
            && image.config.env == { }
            && image.config.workingDir == "/"
          );
        message = "${at}.image.config: says how an image of `contents` starts, and there are none; use entrypoint, command and environment of the service";
      }
      {
        assertion = image.contents == null || service.entrypoint != null || starts != [ ];
        message = "${at}.image.config.entrypoint: nothing says what the image starts; name a program of its contents";
      }
      {
        assertion = ways != [ ] || service.entrypoint == null;
        message = "${at}.entrypoint: the image is one program, /bin/app, which starts; say its arguments by command";
      }
      {
        assertion = !(ours && service.user == null);
        message = "${at}.user = null: an image that is built here has no user of its own; say one";
      }
      {
        assertion = environment == null || !lib.elem name environment.pictured;
        message = "${at}.image: an image is the same in all environments; say it in services.${name}.image";
      }
      {
        assertion = memory < service.memory;
        message = "${at}.writable: ${toString memory} MiB with /tmp, in a task that has memory = ${toString service.memory}; make them smaller, or the task larger";
      }
    ]
    ++ lib.concatMap ofPath paths
    ++ lib.mapAttrsToList (path: _: {
      assertion = lib.hasPrefix "/" path && path != "/" && !lib.any (other: within other path) taken;
      message = "${at}.image.files.\"${path}\": must be a path in the image, a slash first, and not the system's";
    }) image.files
    ++ lib.mapAttrsToList (path: file: {
      assertion = !(lib.hasPrefix "/" file || lib.hasInfix ".." file);
      message = "${at}.image.files.\"${path}\" = \"${file}\": must be a path in the project, without ..";
    }) image.files
    ++ lib.optional (builtins.isString image.layout) {
      assertion = !(lib.hasPrefix "/" image.layout || lib.hasInfix ".." image.layout);
      message = "${at}.image.layout = \"${image.layout}\": must be a path in the project, without ..; what Nix builds is a function, pkgs: …";
    };
}
