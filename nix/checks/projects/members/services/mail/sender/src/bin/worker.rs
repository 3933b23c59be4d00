fn main() {
    println!("sender worker");
}
