# An image of ECR, private: -> { account, region, repository }, or null for one that is elsewhere.
{ lib }:
image:
let
  found = builtins.match "([0-9]{12})[.]dkr[.]ecr[.]([a-z0-9-]+)[.]amazonaws[.]com/([^@:]+)[@:].*" image;
in
if found == null then
  null
else
  {
    account = lib.head found;
    region = lib.elemAt found 1;
    repository = lib.last found;
  }
