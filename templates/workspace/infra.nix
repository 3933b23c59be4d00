# What runs: the one file that describes the project's services.
{
  # In the names of everything on AWS.
  project = "hello";

  # A service runs the program of the crate that is called as it is; `package` and `binary` say otherwise.
  services.web = {
    port = 3000;
    routes = [ "/*" ];
  };

  # On AWS: small and cheap. `preset = "production";` is the other end.
  environments.dev = { };
}
