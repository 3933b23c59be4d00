# A limit for the bill, and an eye on it.
{ lib, ... }:
let
  inherit (lib) mkOption types;
  typed = import ../../types.nix { inherit lib; };
in
{
  options.budget = {
    monthly = mkOption {
      type = types.nullOr types.ints.positive;
      default = null;
      description = "US dollars a month: who pays is told at four fifths, and when the forecast is above it. null is no budget.";
      example = 200;
    };

    scope = mkOption {
      type = typed.oneOf [
        "account"
        "environment"
      ];
      default = "account";
      description = ''
        What is counted: all that the account does, or what carries the environment's tags, which must first be activated
        as cost allocation tags.
      '';
    };

    emails = mkOption {
      type = typed.listOf typed.email;
      default = [ ];
      description = "Who is told.";
      example = [ "team@example.com" ];
    };

    anomalies = mkOption {
      type = types.bool;
      default = false;
      description = "Whether AWS looks for services that suddenly cost more, and says so. It watches the whole account, which can have one monitor of services: see `budget.anomalyMonitor`.";
    };

    anomalyMonitor = mkOption {
      type = typed.nullOr (
        typed.matching "arn:aws[a-z-]*:ce::[0-9]{12}:anomalymonitor/.+" "the ARN of a monitor of cost anomalies"
      );
      default = null;
      description = ''
        The account's monitor of services, where it has one already: an account can have one, and AWS makes it by itself for
        some. null makes one.
      '';
      example = "arn:aws:ce::123456789012:anomalymonitor/…";
    };

    anomalyThreshold = mkOption {
      type = types.ints.positive;
      default = 20;
      description = "US dollars above what was expected from which on an anomaly is worth a message.";
    };
  };
}
