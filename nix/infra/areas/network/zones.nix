# The letters of a region's availability zones. An account may see fewer, so what is not listed here can be said in
# `network.zones`. https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html
region:
let
  abc = [
    "a"
    "b"
    "c"
  ];
in
{
  us-east-1 = abc ++ [
    "d"
    "e"
    "f"
  ];
  us-west-2 = abc ++ [ "d" ];
  # Some accounts see other two.
  us-west-1 = [
    "a"
    "c"
  ];
  # `b` takes no new customers.
  ap-northeast-1 = [
    "a"
    "c"
    "d"
  ];
  ap-northeast-2 = abc ++ [ "d" ];
  ca-central-1 = [
    "a"
    "b"
    "d"
  ];
}
.${region} or abc
