# Services of every kind of image, and what these need of a container.
let
  digest = "sha256:${builtins.hashString "sha256" "an image of somebody else"}";
in
{
  project = "gallery";

  # A program with files beside it.
  services.static = {
    port = 8000;
    routes = [ "/*" ];
    image.files."/srv/assets" = "assets";
    image.timeZones = true;
  };

  # A closure, which only Nix makes.
  services.python = {
    port = 8001;
    routes = [ "/python/*" ];
    image.contents = pkgs: [ pkgs.python3 ];
    image.config.entrypoint = [
      "python3"
      "-m"
      "http.server"
    ];
    health.command = [
      "python3"
      "-c"
      "print()"
    ];
    writable."/var/cache/python" = 32;
  };

  # What another builder has left in the project.
  services.page = {
    port = 8002;
    routes = [ "/page/*" ];
    image.layout = "images/page";
    user = "101:101";
    entrypoint = [ "/bin/busybox" ];
    command = [
      "httpd"
      "-f"
    ];
  };

  # Somebody else's, by its digest, as its own user.
  services.proxy = {
    port = 8080;
    routes = [ "/proxy/*" ];
    image.reference = "registry.example.com/tools/proxy@${digest}";
    user = null;
    health.command = [
      "CMD-SHELL"
      "wget -q -O - localhost:8080"
    ];
  };

  environments.dev.services.page.writable."/run/page" = 1;
}
