# What an environment is made of. Each name stands for up to four files:
#
#     options/NAME.nix   what infra.nix can say about an environment: a module
#     service/NAME.nix   what it can say about a service: a module; its argument `environment` is the environment's
#                        options, or null where the service is looked at by itself
#     rules/NAME.nix     what must hold in an environment: see rules/default.nix
#     aws/NAME.nix       the AWS resources: a terranix module; see aws/default.nix
[
  "variables"
  "encryption"
  "network"
  "endpoints"
  "domain"
  "loadbalancer"
  "cluster"
  "logs"
  "tasks"
  "container"
  "roles"
  "firewall"
  "routing"
  "secrets"
  "database"
  "scaling"
  "deployment"
  "observability"
  "alarms"
  "accesslogs"
  "flowlogs"
  "networkacls"
  "waf"
  "cdn"
  "postgresql"
  "cache"
  "budget"
  "guard"
]
