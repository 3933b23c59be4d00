# A module of terranix, as others write them.
{
  resource.cloudflare_record.www = {
    name = "www";
    type = "CNAME";
    value = "\${aws_lb.main.dns_name}";
  };
}
