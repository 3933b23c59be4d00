# What runs: the one file that describes the project's services.
{
  project = "hello";

  services.api = {
    port = 8000;
    routes = [
      "/api"
      "/api/*"
    ];
  };

  services.web = {
    port = 3000;
    routes = [ "/*" ];
    environment.API_URL = "service:api";
  };

  # On AWS: small and cheap. `preset = "production";` is the other end.
  environments.dev = { };
}
