# terranix modules beside what Driftless makes.
{ lib, resources, ... }:
let
  module =
    { environment, ... }:
    {
      terraform.required_providers.random.source = "hashicorp/random";
      resource.random_id = lib.mapAttrs (_: _: { byte_length = 4; }) environment.services;
      resource.aws_iam_role.theirs.name = "theirs";
    };
in
{
  testATerranixModuleAddsResources = {
    expr = lib.attrNames (resources { modules = [ module ]; }).random_id;
    expected = [
      "api"
      "web"
      "worker"
    ];
  };

  testWhatAModuleAddsIsInThePlaceOfTheEnvironment = {
    expr = (resources { modules = [ module ]; }).aws_iam_role.theirs.path;
    expected = "/driftless/shop/here/";
  };

  testTerraformIsStrongerThanAModule = {
    expr =
      (resources {
        modules = [ module ];
        terraform.resource.random_id.web.byte_length = 8;
      }).random_id.web.byte_length;
    expected = 8;
  };

  testAFileIsAModule = {
    expr = (resources { modules = [ ./modules/record.nix ]; }) ? cloudflare_record;
    expected = true;
  };
}
