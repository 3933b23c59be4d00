# OpenTofu with the providers that a stack's roots use, and no others: it downloads nothing.
{
  pkgs,
  # pkgs: OpenTofu, or Terraform.
  tofu ? pkgs: pkgs.opentofu,
  # Providers beside AWS's: plugins: [ plugins.cloudflare_cloudflare ].
  terraformProviders ? _: [ ],
}:
let
  package = (tofu pkgs).withPlugins (plugins: [ plugins.hashicorp_aws ] ++ terraformProviders plugins);
in
{
  inherit package;
  # The package tells Terraform where they are, and nobody else: Driftless has to know, too.
  variables.NIX_TERRAFORM_PLUGIN_DIR = "${package}/libexec/terraform-providers";
}
