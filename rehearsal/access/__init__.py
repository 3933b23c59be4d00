"""Who may do what: each request of a role is judged by the policies that have a say in it, as IAM does."""
