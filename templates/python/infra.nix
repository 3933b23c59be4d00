# What runs: the one file that describes the project's services.
{
  project = "hello";

  services.web = {
    port = 8000;
    routes = [ "/*" ];
    # Python, with the packages that the program needs, and the program.
    image.contents = pkgs: [
      (pkgs.python3.withPackages (_: [ ]))
      (pkgs.runCommand "web" { } ''
        mkdir -p $out/srv
        cp -r ${./web} $out/srv/web
      '')
    ];
    image.config.entrypoint = [
      "python3"
      "/srv/web/main.py"
    ];
  };

  # On AWS: small and cheap. `preset = "production";` is the other end.
  environments.dev = { };
}
