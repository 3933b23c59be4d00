# Which processor each service's image is for, and which package set makes it on a machine that has another.
{
  lib,
  # The package set of a system.
  pkgsFor,
  # Whether what another processor runs is made by a cross compiler; else by a machine that has the processor.
  cross,
}:
let
  # The cross compilers, by the names that nixpkgs has for them.
  compilers = {
    x86_64-linux = "gnu64";
    aarch64-linux = "aarch64-multiplatform";
  };
in
{
  # What Fargate runs.
  systems = lib.attrNames compilers;

  systemOf =
    service:
    {
      x86_64 = "x86_64-linux";
      arm64 = "aarch64-linux";
    }
    .${service.architecture};

  # Images are for Linux. macOS gives them to a builder of the Linux with the same processor.
  linuxOf = lib.replaceStrings [ "-darwin" ] [ "-linux" ];

  # The package set whose programs run on `system`, as `machine` makes them.
  pkgsOn =
    machine: system:
    if machine == system || !cross then
      pkgsFor system
    else
      (pkgsFor machine).pkgsCross.${compilers.${system}};
}
