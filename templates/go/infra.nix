# What runs: the one file that describes the project's services.
{
  project = "hello";

  services.web = {
    port = 8000;
    routes = [ "/*" ];
  };

  # On AWS: small and cheap. `preset = "production";` is the other end.
  environments.dev = { };
}
