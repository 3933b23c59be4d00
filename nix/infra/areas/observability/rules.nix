# Traces that would go nowhere.
{ lib }:
{
  environment =
    { at, environment, ... }:
    let
      inherit (environment) network;
      inherit (environment.observability) tracing;
      registry =
        if tracing.collector == null then
          null
        else
          import ./registry.nix { inherit lib; } tracing.collector;
    in
    [
      {
        assertion = !tracing.enable || network.egress != "endpoints" || lib.elem "xray" network.endpoints;
        message = "${at}observability.tracing.enable = true: nothing leads to X-Ray; add \"xray\" to `${at}network.endpoints`";
      }
      {
        assertion =
          tracing.collector == null
          || network.egress != "endpoints"
          || (registry != null && registry.region == environment.region);
        message = "${at}observability.tracing.collector: nothing leads to ${lib.head (lib.splitString "/" (toString tracing.collector))}; copy the image into a repository of the account in ${environment.region}, and name that";
      }
      {
        assertion = tracing.collector == null || tracing.enable;
        message = "${at}observability.tracing.collector: is not used without `tracing.enable = true`";
      }
    ];
}
