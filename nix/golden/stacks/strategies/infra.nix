# The strategies that are not rolling. They need a newer provider than the oldest that is allowed elsewhere.
let
  moved = strategy: {
    deployment = { inherit strategy; };
    services.web.tasks = 2;
  };
in
{
  project = "moved";

  foundation.repositories.shareLayers = true;

  services.web = {
    port = 3000;
    routes = [ "/*" ];
    environment.QUEUE_URL = "service:queue";
  };
  # Nothing that visitors reach: it rolls.
  services.queue.port = 4000;

  environments = {
    blue-green = moved "blue-green";
    canary = moved "canary";
    linear = moved "linear";
  };
}
