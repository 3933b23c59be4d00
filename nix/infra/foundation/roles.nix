# Which environments the workflows of GitHub may plan, and which they may change as a whole.
{
  lib,
  project,
  environments,
}:
let
  inherit (project.foundation) github;
  chosen =
    said:
    if lib.isBool said then
      lib.filterAttrs (_: _: said) environments
    else
      lib.getAttrs said environments;
in
{
  planned = chosen github.pullRequests;
  changed = chosen github.infrastructure;
}
