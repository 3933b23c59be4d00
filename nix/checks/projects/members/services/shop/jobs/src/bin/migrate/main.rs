fn main() {
    println!("jobs migrate");
}
