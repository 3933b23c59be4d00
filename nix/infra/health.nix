# The container's health check as ECS has it.
{ lib }:
let
  # Where the program of an image is that holds one alone.
  program = "/bin/app";
in
{
  # `CMD` or `CMD-SHELL`, and what follows. To the one program, arguments are enough.
  command =
    service:
    let
      inherit (service.health) command;
      alone =
        service.image.contents == null && service.image.layout == null && service.image.reference == null;
    in
    if alone then
      [
        "CMD"
        program
      ]
      ++ command
    else if
      lib.elem (lib.head (command ++ [ "" ])) [
        "CMD"
        "CMD-SHELL"
      ]
    then
      command
    else
      [ "CMD" ] ++ command;
}
