# An image among the packages of a project, with what people do with one.
{ lib, pkgs }:
name: layout:
lib.extendDerivation true {
  # `nix run .#image-web.copyTo -- docker-daemon:web:latest`, and whatever else skopeo knows: `containers-storage:` for Podman,
  # `docker://` for a registry.
  copyTo = pkgs.writeShellApplication {
    name = "copy-${name}";
    runtimeInputs = [ pkgs.skopeo ];
    text = ''
      if [[ $# -eq 0 ]]; then
        echo "usage: nix run .#image-${name}.copyTo -- DESTINATION, such as docker-daemon:${name}:latest" >&2
        exit 2
      fi
      exec skopeo --insecure-policy copy oci:${layout} "$@"
    '';
    meta.description = "Copy the image of ${name} to a Docker daemon, Podman or a registry";
  };
  # The digest, in a file.
  digest = pkgs.runCommand "digest-${name}" {
    nativeBuildInputs = [ pkgs.jq ];
    meta.description = "The digest of the image of ${name}";
  } "jq --raw-output '.manifests[0].digest' ${layout}/index.json > $out";
} layout
