# What `preset = "production"` says about an environment. Weaker than anything said, stronger than the defaults.
{ lib, config, ... }:
let
  inherit (lib) mkDefault mkIf;
in
{
  config = mkIf (config.preset == "production") {
    protected = mkDefault true;

    accessLogs.enable = mkDefault true;
    alarms.enable = mkDefault true;
    # Anomalies are told by mail.
    budget.anomalies = mkDefault (config.budget.emails != [ ]);
    cache.nodes = mkDefault 2;
    database = {
      backupDays = mkDefault 14;
      insights = mkDefault true;
      standby = mkDefault true;
    };
    flowLogs.enable = mkDefault true;
    networkAcls.enable = mkDefault true;
    guardDuty.enable = mkDefault true;
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
