# Where clients of an API find it: the output `<service>_api_url` is an address that the load balancer's rules send to the
# service, and it is there where the service has a route at or below /api.
{ lib, eval, ... }:
let
  loadBalancer = "http://\${aws_lb.main.dns_name}";
  # Services by their routes, or by more -> the addresses by service.
  addresses =
    environment: services:
    let
      inherit
        (eval {
          services = lib.mapAttrs (
            _: service: { port = 80; } // (if lib.isList service then { routes = service; } else service)
          ) services;
          environments.here = environment;
        })
        roots
        ;
    in
    lib.concatMapAttrs (
      name: output:
      lib.optionalAttrs (lib.hasSuffix "_api_url" name) {
        ${lib.removeSuffix "_api_url" name} = output.value;
      }
    ) roots.here.output;
  # That of the only service.
  address = routes: (addresses { } { web = routes; }).web or null;
in
{
  testAnApiIsFoundAtTheRouteThatItHas = {
    expr = map address [
      [
        "/api"
        "/api/*"
      ]
      [ "/api*" ]
      # Does not match `/api`.
      [ "/api/*" ]
      [ "/api/v1/*" ]
      [ "/api/items" ]
    ];
    expected = map (path: loadBalancer + path) [
      "/api"
      "/api"
      "/api/"
      "/api/v1/"
      "/api/items"
    ];
  };
  testWhatHasNoRouteOfAnApiHasNoAddressOfOne = {
    expr = map address [
      [ "/*" ]
      [ "/apiary" ]
      [ "/apiary/*" ]
      [ "/v1/api" ]
      [ ]
    ];
    expected = map (_: null) (lib.range 1 5);
  };
  testAnApiIsFoundWhereItsOwnRulesAre = {
    # The narrower route is tried first.
    expr = addresses { } {
      one = [ "/api/*" ];
      other = [
        "/api/"
        "/api"
      ];
      web = [ "/*" ];
    };
    expected.other = "${loadBalancer}/api";
  };
  testAnApiIsFoundBehindTheCdnThatIsInFrontOfIt = {
    expr = addresses { cdn.enable = true; } { web = [ "/api" ]; };
    expected.web = "https://\${aws_cloudfront_distribution.main.domain_name}/api";
  };
  testAnApiIsFoundAtItsDomain = {
    expr = addresses { domain = "shop.example.com"; } { web = [ "/api" ]; };
    expected.web = "https://shop.example.com/api";
  };
  testAnApiOfCertainHostsIsFoundAtOneOfThem = {
    expr =
      let
        of =
          environment: hosts:
          (addresses environment {
            web = {
              routes = [ "/api" ];
              inherit hosts;
            };
          }).web or null;
      in
      [
        (of { } [
          "*.example.com"
          "api.example.com"
        ])
        # Nobody knows which.
        (of { } [ "*.example.com" ])
        (of { domain = "shop.example.com"; } [ "*.Example.com" ])
        # The certificate is for the hosts, too.
        (of { domain = "shop.example.com"; } [ "api.example.com" ])
      ];
    expected = [
      "http://api.example.com/api"
      null
      "https://shop.example.com/api"
      "https://api.example.com/api"
    ];
  };
}
