# What AWS WAF would refuse, and what it would not do.
{ lib }:
{
  environment =
    { at, environment, ... }:
    let
      inherit (environment) waf;
      octet = "(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])";
      cidr = "${octet}([.]${octet}){3}/(3[0-2]|[12][0-9]|[1-9])";
      wrong = lib.filter (address: builtins.match cidr address == null) waf.blocked;
      idle = lib.subtractLists waf.managedRules waf.observed;
    in
    [
      {
        assertion = wrong == [ ];
        message = "${at}waf.blocked: ${lib.concatStringsSep ", " wrong} is no IPv4 network such as 192.0.2.0/24; one address is 192.0.2.1/32";
      }
      {
        assertion = idle == [ ];
        message = "${at}waf.observed: ${lib.concatStringsSep ", " idle} is not in `waf.managedRules`; add it there, or leave it out here";
      }
      {
        assertion = lib.allUnique waf.managedRules;
        message = "${at}waf.managedRules: names a group twice; AWS wants each rule to have a name of its own";
      }
    ]
    ++ lib.optional (environment.preset == "production" && !waf.enable) {
      warning = "${at}waf.enable = false: nothing filters requests in production";
    };
}
