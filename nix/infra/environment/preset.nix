# What `preset = "production"` says about an environment. Weaker than anything said, stronger than the defaults.
{ lib, config, ... }:
let
  inherit (lib) mkDefault mkIf;
in
{
  config = mkIf (config.preset == "production") {
    protected = mkDefault true;

    # Nothing that an account can have once, and may have: GuardDuty's detector, the monitor of cost anomalies.

    accessLogs.enable = mkDefault true;
    alarms.enable = mkDefault true;
    cache.nodes = mkDefault 2;
    database = {
      backupDays = mkDefault 14;
      insights = mkDefault true;
      standby = mkDefault true;
    };
    flowLogs.enable = mkDefault true;
    networkAcls.enable = mkDefault true;
    observability = {
      dashboard = mkDefault true;
      insights = mkDefault "enhanced";
    };
    waf.enable = mkDefault true;
    encryption.ownKey = mkDefault true;
    storage.backups = mkDefault true;
    logs.days = mkDefault 90;
    network = {
      availabilityZones = mkDefault 3;
      egress = mkDefault "nat-per-zone";
    };
  };
}
