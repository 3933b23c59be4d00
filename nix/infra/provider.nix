# Which versions of Terraform's AWS provider have what.
{ lib }:
let
  default = ">= 5.100, < 7";
  # The first version that has the strategy.
  ofStrategy = {
    blue-green = "6.4.0";
    canary = "6.21.0";
    linear = "6.21.0";
  };
in
{
  # aws_ecr_account_setting with BLOB_MOUNTING: merged in January 2026, known to be in this one.
  blobMounting = "6.50.0";

  inherit default ofStrategy;

  # What is asked for where nothing is said: as old as what is used allows.
  for = strategy: if ofStrategy ? ${strategy} then ">= ${ofStrategy.${strategy}}, < 7" else default;

  # The oldest version that a range allows, or null where it names none.
  oldest =
    range:
    let
      bounds = map (part: builtins.match " *(>=|~>|=)? *([0-9]+([.][0-9]+)*) *" part) (
        lib.splitString "," range
      );
      lowest = lib.filter (bound: bound != null) bounds;
    in
    if lowest == [ ] then null else lib.elemAt (lib.head lowest) 1;
}
