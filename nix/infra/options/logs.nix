# What services say.
{ lib, ... }:
let
  inherit (lib) mkOption;
  typed = import ../types.nix { inherit lib; };
in
{
  options.logs.days = mkOption {
    # https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
    type = typed.oneOf [
      0
      1
      3
      5
      7
      14
      30
      60
      90
      120
      150
      180
      365
      400
      545
      731
      1096
      1827
      2192
      2557
      2922
      3288
      3653
    ];
    default = 14;
    description = "Days that logs are kept; 0 is for ever.";
  };
}
