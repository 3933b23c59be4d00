# Names, ranges of addresses, versions.
{ lib, ... }:
{
  testALongNameEndsInAHashOfItself = {
    expr =
      let
        inherit
          (import ../../../infra/names.nix {
            inherit lib;
            project.project = "shop";
          })
          short
          ;
        long = "a-project-prod-a-service-with-a-name";
      in
      [
        (short 32 "shop-prod-web")
        (lib.stringLength (short 32 long) <= 32)
        (short 32 long == short 32 "${long}s")
      ];
    expected = [
      "shop-prod-web"
      true
      false
    ];
  };

  testSubnetsAreDisjointPartsOfTheirRange = {
    expr =
      let
        cidr = import ../../../infra/areas/network/cidr.nix { inherit lib; };
        range = cidr.parse "10.1.0.0/20";
      in
      [
        (cidr.subnet range 4 0)
        (cidr.subnet range 4 9)
        (cidr.parse "10.1.0.1/20")
        (cidr.parse "10.1.0.256/20")
      ];
    expected = [
      "10.1.0.0/24"
      "10.1.9.0/24"
      null
      null
    ];
  };

  testTheOldestProviderOfARange = {
    expr = map (import ../../../infra/provider.nix { inherit lib; }).oldest [
      ">= 5.100, < 7"
      "< 7, >= 6.4.0"
      "~> 6.21"
      "6.30.0"
      "< 7"
    ];
    expected = [
      "5.100"
      "6.4.0"
      "6.21"
      "6.30.0"
      null
    ];
  };
}
