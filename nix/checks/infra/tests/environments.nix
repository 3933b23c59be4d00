# What an environment says of services, and what a preset says of it.
{ eval, ... }:
{
  testAnEnvironmentIsStrongerThanAService = {
    expr =
      let
        inherit
          (eval {
            services.web = {
              port = 80;
              memory = 1024;
              environment.A = "everywhere";
            };
            environments.dev.services.web = {
              memory = 512;
              environment.B = "here";
            };
          })
          environments
          ;
        inherit (environments.dev.services) web;
      in
      {
        inherit (web) environment memory port;
      };
    expected = {
      port = 80;
      memory = 512;
      environment = {
        A = "everywhere";
        B = "here";
      };
    };
  };

  testAnEnvironmentMergesSetsAndReplacesTheRest = {
    expr =
      let
        inherit
          ((eval {
            services.web = {
              port = 80;
              cpu = 512;
              memory = 1024;
              routes = [ "/a" ];
              environment = {
                A = "1";
                B = "1";
              };
            };
            environments.prod.services.web = {
              memory = 2048;
              routes = [ "/b" ];
              environment.B = "2";
            };
          }).environments.prod.services
          )
          web
          ;
      in
      {
        inherit (web)
          cpu
          environment
          memory
          routes
          ;
      };
    expected = {
      cpu = 512;
      memory = 2048;
      routes = [ "/b" ];
      environment = {
        A = "1";
        B = "2";
      };
    };
  };

  testWhatIsSaidIsStrongerThanAPreset = {
    expr =
      let
        inherit
          ((eval {
            environments.prod = {
              preset = "production";
              logs.days = 7;
            };
          }).environments
          )
          prod
          ;
      in
      [
        prod.logs.days
        prod.network.egress
      ];
    expected = [
      7
      "nat-per-zone"
    ];
  };
}
