# What can be seen of an environment.
{ lib, ... }:
let
  inherit (lib) mkOption types;
  typed = import ../../types.nix { inherit lib; };
in
{
  options.observability = {
    insights = mkOption {
      type = typed.oneOf [
        "off"
        "enabled"
        "enhanced"
      ];
      default = "off";
      description = ''
        Container Insights: metrics of cluster and services, billed by the metric; `enhanced` has those of each task and
        container, too.
      '';
    };

    dashboard = mkOption {
      type = types.bool;
      default = false;
      description = "Whether CloudWatch has a page with traffic, errors, latency, load and tasks of the environment.";
    };

    tracing = {
      enable = mkOption {
        type = types.bool;
        default = false;
        description = ''
          Whether services may send traces to X-Ray. They are told where by `OTEL_EXPORTER_OTLP_ENDPOINT`, if there is a
          `collector`.
        '';
      };

      collector = mkOption {
        type = typed.nullOr (
          typed.matching "[^ @]+@sha256:[0-9a-f]{64}" "an image by its digest, name@sha256:…"
        );
        default = null;
        description = ''
          Image of the AWS Distro for OpenTelemetry Collector, which runs beside each task, takes OTLP and sends to X-Ray.
        '';
        example = "public.ecr.aws/aws-observability/aws-otel-collector@sha256:…";
      };

      rate = mkOption {
        type = typed.between 0 100;
        default = 5;
        description = "Percent of requests that are traced, beside the first of each second.";
      };
    };
  };
}
