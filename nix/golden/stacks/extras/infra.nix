# What an environment can have beside its services, where this repository's own infra.nix does not have it.
{
  project = "extras";

  services.api = {
    port = 8000;
    routes = [
      "/api"
      "/api/*"
    ];
    database = true;
    alarms = {
      errors = 1;
      latency = 0.5;
      memory = null;
    };
  };

  services.web = {
    port = 3000;
    routes = [ "/*" ];
    environment.API_URL = "service:api";
  };

  services.worker.port = 9000;

  environments.postgresql = {
    network.egress = "nat-single";
    database = {
      engine = "postgresql";
      version = "17.5";
      class = "db.m7g.large";
      storage = 50;
      maxStorage = 200;
      standby = true;
      backupDays = 14;
      insights = true;
    };
    cache = {
      enable = true;
      nodes = 2;
    };
    services.api.cache = true;
    services.worker.cache = true;
    alarms = {
      enable = true;
      emails = [
        "day@example.com"
        "night@example.com"
      ];
      topics = [ "arn:aws:sns:us-east-1:123456789012:pager" ];
    };
    observability = {
      insights = "enabled";
      dashboard = true;
      tracing = {
        enable = true;
        collector = "public.ecr.aws/aws-observability/aws-otel-collector@sha256:0000000000000000000000000000000000000000000000000000000000000000";
        rate = 10;
      };
    };
    guardDuty = {
      enable = true;
      runtime = true;
    };
  };

  environments.aurora = {
    database = {
      engine = "aurora-postgresql";
      signIn = "iam";
      capacity = {
        min = 0;
        max = 8;
        pauseAfter = 600;
      };
    };
    alarms = {
      enable = true;
      rollback = false;
      emails = [ "team@example.com" ];
    };
    observability.dashboard = true;
    accessLogs = {
      enable = true;
      days = 7;
    };
    flowLogs = {
      enable = true;
      traffic = "REJECT";
      days = 3;
    };
    networkAcls.enable = true;
    waf = {
      enable = true;
      managedRules = [
        "AWSManagedRulesCommonRuleSet"
        "AWSManagedRulesSQLiRuleSet"
      ];
      observed = [ "AWSManagedRulesCommonRuleSet" ];
      blocked = [ "192.0.2.0/24" ];
      rateLimit = null;
      logs = false;
    };
    budget = {
      monthly = 50;
      scope = "environment";
      emails = [ "team@example.com" ];
    };
  };

  # A CDN with a name of its own in another region, and without one.
  environments.named-cdn = {
    region = "eu-west-1";
    domain = {
      name = "extras.example.com";
      zone = "example.com";
    };
    cdn = {
      enable = true;
      cached = [ "/assets/*" ];
      priceClass = "PriceClass_All";
    };
    waf = {
      enable = true;
      blocked = [ "198.51.100.7/32" ];
    };
  };
  environments.bare-cdn.cdn.enable = true;
}
