# What a listener and its rules can hold.
{ lib }:
let
  routing = import ../../routing.nix { inherit lib; };
in
{
  # What a rule of a load balancer can hold.
  service =
    { at, service, ... }:
    let
      inherit (service) hosts routes;
      full = lib.filter (one: routing.wild one > routing.wildcards) (routes ++ hosts);
      # Whoever types the address without a slash means it, too.
      lonely = lib.filter (
        route: lib.hasSuffix "/*" route && route != "/*" && !(lib.elem (lib.removeSuffix "/*" route) routes)
      ) routes;
    in
    map (one: {
      assertion = false;
      message = "${at}.routes: `${one}` has ${toString (routing.wild one)} wildcards, a rule has at most ${toString routing.wildcards}; use fewer";
    }) full
    ++ [
      {
        assertion = hosts == [ ] || routes != [ ];
        message = "${at}.hosts = ${lib.concatStringsSep ", " hosts}: only limit routes, and there are none; add routes such as \"/*\"";
      }
    ]
    ++ map (route: {
      warning = "${at}.routes: `${route}` does not match `${lib.removeSuffix "/*" route}`; add that, too";
    }) lonely;

  # Who gets which request must not be in doubt.
  services =
    { at, services, ... }:
    let
      claims = lib.zipAttrs (
        lib.concatLists (
          lib.mapAttrsToList (
            name: service:
            lib.concatMap (
              route:
              map (host: { "${host}${route}" = name; }) (if service.hosts == [ ] then [ "" ] else service.hosts)
            ) service.routes
          ) services
        )
      );
    in
    lib.mapAttrsToList (route: names: {
      assertion = lib.length names == 1;
      message = "${at}services.*.routes: `${route}` is claimed ${toString (lib.length names)} times, by ${lib.concatStringsSep " and " names}";
    }) claims
    ++ map (
      { one, other }:
      {
        assertion = false;
        message = "${at}services.*.routes: `${one.path}` of ${one.service} and `${other.path}` of ${other.service} match the same addresses, and neither is narrower; make one of them longer";
      }
    ) (routing.doubtful services);

  # What the listener can be told.
  environment =
    { at, environment, ... }:
    let
      rules =
        (import ../../routing.nix {
          inherit lib;
          cdn = environment.cdn.enable;
        }).all
          environment.services;
      # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
      quota = 100;
      # Whether it takes all requests for the environment's own address.
      takesAll =
        service:
        lib.elem "/*" service.routes
        && (service.hosts == [ ] || lib.elem environment.domain.name service.hosts);
    in
    lib.mapAttrsToList (name: service: {
      assertion = service.routes == [ ] || service.keepAlive > environment.loadbalancer.idleTimeout;
      message = "${at}services.${name}.keepAlive = ${toString service.keepAlive}: the load balancer keeps idle connections for ${toString environment.loadbalancer.idleTimeout} seconds, and would ask on some that the program has closed; make it more than `${at}loadbalancer.idleTimeout`";
    }) environment.services
    ++ lib.optional (lib.length rules > quota) {
      warning = "${at}services.*.routes: need ${toString (lib.length rules)} rules, an account has ${toString quota} for each load balancer unless AWS is asked for more";
    }
    ++ lib.optional (rules == [ ]) {
      warning = "${at}services.*.routes: no service has any, so the load balancer answers everything with 404";
    }
    ++ lib.optional (rules != [ ] && !lib.any takesAll (lib.attrValues environment.services)) {
      warning = "${at}services.*.routes: no service has `/*` for the environment's own address, so the load balancer answers 404 to what no route matches, `/` among it";
    };
}
