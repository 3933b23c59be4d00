# What rust-toolchain.toml asks for, and whether a compiler is that. nixpkgs' cargo reads no such file.
{ lib, src }:
let
  read = name: builtins.readFile (src + "/${name}");
  has = name: builtins.pathExists (src + "/${name}");
  # The older file is either the same, or the name of a channel alone.
  file = lib.findFirst has null [
    "rust-toolchain.toml"
    "rust-toolchain"
  ];
  text = if file == null then "" else read file;
  channel =
    if lib.hasInfix "[toolchain]" text then
      (builtins.fromTOML text).toolchain.channel or "stable"
    else
      lib.trim text;
in
{
  # `1.90` is any 1.90.x. `stable` is whatever nixpkgs has.
  satisfiedBy =
    version: file == null || channel == "stable" || version == channel || lib.hasPrefix "${channel}." version;
  warning =
    version:
    "${file} asks for Rust ${channel}, and this builds with ${version} of nixpkgs: give mkProject `cargo.toolchain`, with rust-overlay or fenix, or nixpkgs that has it";
}
