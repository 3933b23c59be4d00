fn main() {
    println!("web {}", shared::NAME);
}
