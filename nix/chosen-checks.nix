# Which checks a project has: what it said, and what is so otherwise.
{
  # Clippy, with warnings denied.
  clippy ? true,
  # The tests of the workspace: false, or { tools = pkgs: [ … ]; arguments = "-E …"; env = { }; }.
  tests ? { },
  # What holds for images, and that nix/rendered, if it is committed, is what infra.nix says.
  images ? true,
  rendered ? true,
  # What is about Driftless and not about the project: for Driftless' own repository.
  toolchain ? false,
}:
let
  asked = if builtins.isBool tests then { } else tests;
in
{
  inherit
    clippy
    images
    rendered
    toolchain
    ;
  tests = {
    enable = tests != false;
    tools = asked.tools or (_: [ ]);
    arguments = asked.arguments or "";
    env = asked.env or { };
  };
}
