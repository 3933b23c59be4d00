fn main() {
    println!("jobs worker");
}
