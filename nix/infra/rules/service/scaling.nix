# How many tasks there can be.
{
  at,
  service,
  ...
}:
[
  {
    assertion = !service.database || service.data == null || service.tasks <= 1;
    message = "${at}.tasks = ${toString service.tasks}: its database is SQLite, which has one writer; set tasks = 1";
  }
]
