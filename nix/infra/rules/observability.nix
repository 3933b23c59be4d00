# Traces that would go nowhere.
{ at, environment, ... }:
let
  inherit (environment.observability) tracing;
in
[
  {
    assertion = tracing.collector == null || tracing.enable;
    message = "${at}observability.tracing.collector: is not used without `tracing.enable = true`";
  }
]
