# `nix run .#render`: writes what infra.nix says to nix/rendered, where the command line reads it without Nix.
{ pkgs, rendered }:
{
  render = {
    type = "app";
    program = pkgs.lib.getExe (
      pkgs.writeShellApplication {
        name = "render";
        text = ''
          directory=$PWD
          while [[ -n $directory && ! -e $directory/flake.nix ]]; do directory=''${directory%/*}; done
          if [[ -z $directory ]]; then
            echo "render: there is no flake.nix here or above" >&2
            exit 1
          fi
          # What is no longer made goes.
          rm -rf "$directory/nix/rendered"
          mkdir -p "$directory/nix"
          cp -rL --no-preserve=mode ${rendered} "$directory/nix/rendered"
          echo "wrote $directory/nix/rendered"
        '';
      }
    );
    meta.description = "Write what infra.nix says to nix/rendered";
  };
}
