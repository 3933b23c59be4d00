# GuardDuty: AWS's eye on the account.
{ lib, ... }:
let
  inherit (lib) mkOption types;
in
{
  options.guardDuty = {
    enable = mkOption {
      type = types.bool;
      default = false;
      description = ''
        Whether GuardDuty looks for intruders, in all of the account and region. An account that has it already, from an
        organisation for example, refuses a second: leave it off there.
      '';
    };

    runtime = mkOption {
      type = types.bool;
      default = false;
      description = "Whether it also looks into running tasks, by an agent that AWS puts beside them and bills by the virtual CPU.";
    };
  };
}
