# An infra.nix with a mistake for every rule. mistakes.txt is what is said about it.
{
  project = "shop";

  services.api = {
    port = 8000;
    routes = [
      "/api/*"
      "/a*b*c*d*e*f*"
      "no-slash"
    ];
    cpu = 300;
    health.timeout = 30;
    health.command = [
      "CMD-SHELL"
      "curl"
    ];
    stopTimeout = 300;
    egress = [ 587 ];
    storage = 20;
    database = true;
    tasks = 2;
    spot.share = 50;
    data = "/etc/shop";
    environment = {
      PORT = "8000";
      API_KEY = "123";
      DATABASE = "postgresql://shop:hunter2@db/shop";
      TOOL = "${builtins.storeDir}/tool";
      SHUTDOWN_GRACE_SECONDS = "600";
      WEB_URL = "service:web";
      OTHER_URL = "http://service:other";
      "two-words" = "";
      TWICE = "";
    };
    secrets.TWICE = { };
    secrets.PORT = { };
    secrets.DATABASE_URL = { };
    secrets.GIVEN = "a value";
  };

  services.web = {
    port = 70000;
    memory = 300;
    routes = [ "/*" ];
    scaling = {
      min = 4;
      max = 2;
      schedule.night = {
        at = "at midnight";
        min = 3;
        max = 1;
      };
    };
    environment = {
      API_URL = "service:api";
      MAIL_URL = "service:mail";
    };
  };

  services.other = {
    port = 80;
    hosts = [ "shop.example.com" ];
    scaling = {
      min = 1;
      max = 2;
      cpu = null;
    };
  };

  services.another = {
    port = 80;
    routes = [ "/*" ];
    scaling.requests = 100;
  };

  services.bought = {
    port = 80;
    image.reference = "docker.io/library/caddy:2";
    image.layout = "../caddy";
    image.config.cmd = [ "run" ];
    image.timeZones = true;
    memory = 512;
    data = "/data";
    writable = {
      "/data/tmp" = 1;
      "/proc/caddy" = 1;
      "/var/../etc" = 0;
      "/var/cache/" = 500;
    };
  };

  services.built = {
    port = 80;
    image.contents = _: [ ];
    image.files."/proc/x" = "/etc/passwd";
    user = null;
  };

  services.plain = {
    port = 80;
    entrypoint = [ "/bin/sh" ];
    user = "0:0";
  };

  services.Upper.port = 80;
  services.storage.port = 80;

  foundation = {
    provider = ">= 6.4";
    signatures.required = true;
    repositories = {
      shareLayers = true;
      untaggedDays = 0;
    };
    github = {
      repository = "shop";
      ownerId = 1;
      refs = [
        "refs/heads/*"
        "main"
      ];
      subjects = [ "ref:refs/heads/main" ];
      infrastructure = [ "staging" ];
    };
  };

  environments.foundation.region = "us-gov-west-1";

  environments.dev = {
    region = "nowhere";
    account = "12";
    provider = ">= 4";
    network = {
      cidr = "10.0.0.1/16";
      zones = [
        "a"
        "a"
      ];
      endpoints = [ "sqs" ];
    };
    logs.days = 8;
    never = [ "internet" ];
    domain = {
      name = "Shop.example.com";
      createZone = true;
      zone = "example.org";
    };
    services.nobody.tasks = 2;
    services.bought.image.reference = null;
  };

  environments.prod = {
    preset = "production";
    provider = ">= 6.4, < 7";
    network = {
      cidr = "10.0.0.0/24";
      zones = [
        "a"
        "z"
      ];
      egress = "nat-single";
    };
    deployment = {
      strategy = "linear";
      step = 2;
      bake = 2000;
    };
    domain.createZone = true;
    services.another.tasks = 1;
    services.web.memory = 400;
    services.web.spot = {
      share = 100;
      base = 0;
    };
  };
}
