# What the strategies of ECS want.
{ lib }:
{
  environment =
    {
      at,
      environment,
      project,
      ...
    }:
    let
      inherit (environment) deployment provider;
      inherit (deployment) strategy;
      versions = import ../../provider.nix { inherit lib; };
      routing = import ../../routing.nix {
        inherit lib;
        cdn = environment.cdn.enable;
      };
      needed = versions.ofStrategy.${strategy} or null;
      oldest = versions.oldest provider;
      said = "${at}deployment.strategy = \"${strategy}\"";
      minutes = (import ../../moving.nix { inherit lib; }).minutes environment;
      # A job of GitHub ends after six hours.
      longest = 300;

      ofService =
        name: service:
        let
          count = lib.length (routing.rulesOf environment.services name);
        in
        [
          {
            assertion = count <= 1;
            message = "${said}: ECS moves one rule of a service, ${at}services.${name}.routes needs ${toString count}; use at most ${toString routing.values} patterns, such as `/docs*` for `/docs` and `/docs/*`, or the strategy \"rolling\"";
          }
          {
            assertion = !service.sqlite;
            message = "${said}: the old and the new tasks of ${name} would both write its SQLite database; use the strategy \"rolling\", or `${at}database.engine = \"postgresql\"`";
          }
        ];
    in
    lib.optionals (needed != null) (
      [
        {
          assertion = oldest == null || lib.versionAtLeast oldest needed;
          message = "${said}: needs version ${needed} of the AWS provider, ${at}provider = \"${provider}\" allows older ones; use \">= ${needed}, < 7\"";
        }
      ]
      ++ lib.concatLists (
        lib.mapAttrsToList ofService (
          lib.filterAttrs (_: service: service.routes != [ ]) environment.services
        )
      )
    )
    ++ [
      {
        assertion = oldest != null;
        message = "${at}provider = \"${provider}\": names no oldest version; write it as \"${versions.default}\"";
      }
      {
        assertion = oldest == null || lib.versionAtLeast oldest "5.100";
        message = "${at}provider = \"${provider}\": allows versions before 5.100, which lack what is rendered; use \"${versions.default}\"";
      }
      {
        assertion = strategy != "linear" || deployment.step >= 3;
        message = "${at}deployment.step = ${toString deployment.step}: a linear step is at least 3 percent; use 3 or more";
      }
      {
        assertion = project.foundation.github == null || minutes <= longest;
        message = "${said}: traffic moves for ${toString minutes} minutes, and a job of GitHub ends after 360; make bake, step and stepBake at most ${toString longest} together, or release by hand and leave out foundation.github";
      }
    ]
    ++ lib.optional (project.foundation.github != null && 15 < minutes && minutes <= longest) {
      warning = "${said}: traffic moves for ${toString minutes} minutes; give the job in .github/workflows `timeout-minutes: ${
        toString (60 + 2 * minutes)
      }` and configure-aws-credentials `role-duration-seconds: ${toString (60 * (60 + 2 * minutes))}`";
    };
}
