# The reference registry, under the name that Debian gives it and tests call it by.
{ pkgs }:
pkgs.runCommand "docker-registry" { } ''
  mkdir -p $out/bin
  for name in docker-registry registry; do
    [[ ! -e ${pkgs.distribution}/bin/$name ]] || ln -s ${pkgs.distribution}/bin/$name $out/bin/docker-registry
  done
''
