# What this repository's own infra.nix leaves out: every way out of the network, every engine, names that are too long.
{
  project = "a-name-of-25-letters-long";

  foundation = {
    region = "eu-central-1";
    repositories.keep = 500;
    github = {
      repository = "example/varied";
      refs = [ "refs/heads/release" ];
      infrastructure = [ "production" ];
      pullRequests = [ "small" ];
    };
  };

  services.api = {
    port = 8000;
    command = [
      "serve"
      "--verbose"
    ];
    architecture = "arm64";
    cpu = 1024;
    memory = 4096;
    storage = 50;
    database = true;
    secrets = {
      SECRET_KEY = { };
      SMTP_PASSWORD = { };
    };
    routes = [
      "/api"
      "/api/*"
      "/api/v?/deep/*"
      "/openapi.json"
    ];
    environment.GREETING = "\${not a reference} %{nor this}";
  };

  services.web = {
    port = 3000;
    routes = [ "/*" ];
    hosts = [
      "www.example.com"
      "example.com"
      "m.example.com"
      "*.example.org"
    ];
    health = {
      path = "/up";
      command = null;
      start = 400;
    };
    environment = {
      API_URL = "service:api";
      WORKER_URL = "service:worker-with-quite-a-long-name";
    };
    scaling = {
      min = 2;
      max = 20;
      memory = 70;
      requests = 500;
      schedule.morning = {
        at = "cron(0 7 ? * MON-FRI *)";
        timezone = "Europe/Vienna";
        min = 4;
        max = 20;
      };
    };
    spot = {
      share = 75;
      base = 2;
    };
  };

  services.worker-with-quite-a-long-name = {
    port = 9000;
    tasks = 0;
    exec = true;
  };

  # Nothing that is said again.
  environments.small = { };

  environments.closed = {
    region = "eu-central-1";
    account = "123456789012";
    network = {
      egress = "endpoints";
      endpoints = [ "sqs" ];
      cidr = "10.1.0.0/20";
    };
    encryption.ownKey = true;
    loadbalancer.from = [
      "192.0.2.0/24"
      "198.51.100.0/24"
    ];
  };

  environments.one-way-out = {
    region = "ap-northeast-1";
    network = {
      egress = "nat-single";
      availabilityZones = 3;
    };
    domain = {
      name = "varied.example.com";
      zone = "example.com";
      zones = [ "example.org" ];
    };
    database.engine = "postgresql";
    terraform.resource.aws_lb.main = {
      idle_timeout = 120;
      desync_mitigation_mode = null;
    };
  };

  environments.production = {
    preset = "production";
    region = "eu-central-1";
    domain = {
      name = "www.example.com";
      zones = [ "example.org" ];
    };
    database.engine = "aurora-postgresql";
    cdn.enable = true;
    services = {
      web.egress = [
        443
        587
      ];
      api = {
        environment.GREETING = "good day";
        tasks = 3;
      };
      worker-with-quite-a-long-name.tasks = 2;
    };
    never = [
      "internet -> database"
      "web -> database"
    ];
    must = [ "web -> api:8000" ];
    alarms.emails = [ "team@example.com" ];
    budget = {
      monthly = 1000;
      emails = [ "team@example.com" ];
    };
  };
}
