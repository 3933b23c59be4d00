# What a way out has to let through.
{ lib }:
{
  environment =
    { at, environment, ... }:
    let
      closed = environment.network.egress == "endpoints";
      ofService = name: service: [
        {
          # Images, logs and secrets come and go this way.
          assertion = lib.elem 443 service.egress;
          message = "${at}services.${name}.egress = ${
            lib.concatMapStringsSep ", " toString service.egress
          }: tasks cannot start without 443, by which they reach the services of AWS; add it";
        }
        {
          assertion = !closed || lib.remove 443 service.egress == [ ];
          message = "${at}services.${name}.egress = ${
            lib.concatMapStringsSep ", " toString service.egress
          }: ${at}network.egress = \"endpoints\" leads to AWS alone, by 443; use \"nat-single\", or leave the others out";
        }
      ];
    in
    lib.concatLists (lib.mapAttrsToList ofService environment.services);
}
