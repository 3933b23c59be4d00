# What a VPC can be.
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
      inherit (environment)
        network
        preset
        region
        services
        ;
      inherit (network) zones;
      range = (import ./cidr.nix { inherit lib; }).parse network.cidr;
      known = import ./zones.nix region;
      strangers = lib.subtractLists known zones;
      show = lib.concatStringsSep ", ";
    in
    [
      {
        assertion = range != null;
        message = "${at}network.cidr = \"${network.cidr}\": is no range of IPv4 addresses, or begins in the middle of one; write it as 10.0.0.0/16";
      }
      {
        # Sixteen subnets, and a load balancer wants 32 addresses in each of its own.
        assertion = range == null || (16 <= range.bits && range.bits <= 23);
        message = "${at}network.cidr = \"${network.cidr}\": a VPC is at most a /16, and its sixteenth must be a /27 for the load balancer; use /16 to /23";
      }
      {
        assertion = lib.length (lib.unique zones) >= 2;
        message = "${at}network.zones = ${show zones}: a load balancer wants at least two different zones; name two";
      }
      {
        assertion = lib.length zones <= 8;
        message = "${at}network.zones = ${show zones}: there is room for eight; name fewer";
      }
      {
        # A default that is shorter than what was asked for would be silent.
        assertion = zones != known || network.availabilityZones <= lib.length known;
        message = "${at}network.availabilityZones = ${toString network.availabilityZones}: ${region} has ${toString (lib.length known)} that are known, ${show known}; ask for fewer, or name them in `${at}network.zones`";
      }
      {
        assertion = strangers == [ ];
        message = "${at}network.zones = ${show zones}: ${region} has no zone ${show strangers}; it has ${show known}";
      }
      {
        assertion = network.endpoints == [ ] || network.egress == "endpoints";
        message = "${at}network.endpoints = ${show network.endpoints}: are only made where `${at}network.egress = \"endpoints\"`; say that, or leave them out";
      }
      {
        # An endpoint leads to its own region.
        assertion = network.egress != "endpoints" || services == { } || project.foundation.region == region;
        message = "${at}network.egress = \"endpoints\": images are in ${project.foundation.region}, of foundation.region, and endpoints lead to ${region} alone; use the same region for both, or \"nat-single\"";
      }
    ]
    ++ lib.optional (preset == "production" && network.egress == "nat-single") {
      warning = "${at}network.egress = \"nat-single\": the failure of one zone takes the way out of all; \"nat-per-zone\" has one in each";
    };
}
