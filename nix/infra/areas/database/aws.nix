# What services keep: in files, or in PostgreSQL.
{
  imports = [
    ./files.nix
    ./postgresql.nix
  ];
}
