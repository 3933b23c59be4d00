# OpenTofu with the providers that a stack's roots use, and no others: it downloads nothing.
{
  pkgs,
  # pkgs: OpenTofu, or Terraform.
  tofu ? pkgs: pkgs.opentofu,
  # Providers beside AWS's: plugins: [ plugins.cloudflare_cloudflare ].
  terraformProviders ? _: [ ],
}:
(tofu pkgs).withPlugins (plugins: [ plugins.hashicorp_aws ] ++ terraformProviders plugins)
