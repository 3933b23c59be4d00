# Traces that would go nowhere.
{
  lib,
  at,
  environment,
  ...
}:
let
  inherit (environment) network;
  inherit (environment.observability) tracing;
in
[
  {
    assertion = !tracing.enable || network.egress != "endpoints" || lib.elem "xray" network.endpoints;
    message = "${at}observability.tracing.enable = true: nothing leads to X-Ray; add \"xray\" to `${at}network.endpoints`";
  }
  {
    assertion = tracing.collector == null || tracing.enable;
    message = "${at}observability.tracing.collector: is not used without `tracing.enable = true`";
  }
]
