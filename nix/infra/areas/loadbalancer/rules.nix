# Access logs, and whom the internet lets in.
{ lib }:
{
  environment =
    { at, environment, ... }:
    let
      inherit (environment) waf;
      answers = lib.any (service: service.routes != [ ]) (lib.attrValues environment.services);
      open = lib.elem "0.0.0.0/0" environment.loadbalancer.from;
      encrypted = environment.domain.name != null || environment.cdn.enable;
      limited = waf.enable && waf.rateLimit != null;
    in
    # The rest is said by `plan`, each time.
    lib.optional (answers && open && !encrypted && !limited) {
      warning = "${at}loadbalancer.from = [ \"0.0.0.0/0\" ]: everybody on the internet reaches the services, without encryption and as often as they like; name addresses, or set domain.name and waf.enable";
    }
    ++ lib.optional (environment.preset == "production" && !environment.accessLogs.enable) {
      warning = "${at}accessLogs.enable = false: nobody will know who asked production for what";
    };
}
