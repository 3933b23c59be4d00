# The smallest program for a machine, as `printf` takes it: a header, and one segment to load. No compiler has a say in its
# bytes.
{ lib }:
machine:
lib.concatStrings [
  ''\177ELF\2\1\1\0\0\0\0\0\0\0\0\0''
  ''\2\0${machine}\0\1\0\0\0''
  ''\170\0\100\0\0\0\0\0\100\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0''
  ''\0\0\0\0\100\0\070\0\1\0\0\0\0\0\0\0''
  ''\1\0\0\0\5\0\0\0\0\0\0\0\0\0\0\0\0\0\100\0\0\0\0\0\0\0\100\0\0\0\0\0''
  ''\170\0\0\0\0\0\0\0\170\0\0\0\0\0\0\0\0\20\0\0\0\0\0\0''
]
