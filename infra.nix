# What runs, and where: the one file that describes the project's services and environments.
{
  project = "items";

  services.backend = {
    port = 8000;
    routes = [
      "/api"
      "/api/*"
      "/docs"
      "/docs/*"
      "/redoc"
      "/openapi.json"
      "/health"
    ];
    health = {
      path = "/ready";
      command = [ "healthcheck" ];
    };
    cpu = 256;
    memory = 512;
    database = true;
  };

  services.frontend = {
    port = 3000;
    routes = [ "/*" ];
    health.command = [ "healthcheck" ];
    cpu = 256;
    memory = 512;
    environment.BACKEND_URL = "service:backend";
  };

  environments.dev = { };

  environments.prod = {
    preset = "production";
    domain = {
      name = "items.example.com";
      # Once it is made, example.com has to point to its servers: output `name_servers`.
      createZone = true;
    };
    services.frontend.scaling = {
      min = 2;
      max = 10;
    };
    alarms.emails = [ "team@example.com" ];
    budget = {
      monthly = 300;
      emails = [ "team@example.com" ];
    };
  };
}
