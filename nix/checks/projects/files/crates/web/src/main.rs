#![doc = include_str!("../README.md")]

const MIGRATION: &str = include_str!("../../../migrations/0001.sql");
const QUERY: &str = include_str!("../../../.sqlx/query.json");

fn main() {
    print!("{}{MIGRATION}{QUERY}{}", include_str!("../README.md"), itoa::said());
}
