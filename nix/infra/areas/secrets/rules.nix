# A secret's value is not said in infra.nix.
{ lib }:
{
  service =
    {
      at,
      name,
      service,
      ...
    }:
    map (variable: {
      assertion = false;
      # Not the value: this message may be in a log.
      message = "${at}.secrets.${variable}: a secret's value is no part of infra.nix; write `secrets.${variable} = { };`, then `driftless secrets set ${name}/${variable}`, and take another value: this one is in the Nix store, and in Git once it is committed";
    }) (lib.attrNames (lib.filterAttrs (_: value: value != { }) service.secrets));
}
