fn main() {
    println!("tool {}", shared::NAME);
}
