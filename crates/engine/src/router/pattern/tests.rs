#![allow(clippy::unwrap_used)]

use super::*;

fn matches(pattern: &str, path: &str) -> bool {
    PathPattern::new(pattern).unwrap().matches(path)
}

#[test]
fn a_star_is_zero_or_more_characters_of_any_kind() {
    assert!(matches("/api/*", "/api/"));
    assert!(matches("/api/*", "/api/items/1"));
    assert!(matches("/*", "/"));
    assert!(matches("*", "/any/thing"));
    assert!(matches("/*/edit", "/items/1/edit"));
    assert!(matches("/a**b", "/ab"));
}

#[test]
fn a_path_with_a_star_after_its_slash_does_not_match_without_the_slash() {
    assert!(!matches("/api/*", "/api"));
    assert!(!matches("/api/*", "/apix/"));
}

#[test]
fn a_question_mark_is_exactly_one_character() {
    assert!(matches("/v?/items", "/v1/items"));
    assert!(!matches("/v?/items", "/v/items"));
    assert!(!matches("/v?/items", "/v10/items"));
    assert!(matches("/?*", "/a"));
    assert!(!matches("/?*", "/"));
}

#[test]
fn patterns_are_case_sensitive_and_anchored_at_both_ends() {
    assert!(!matches("/API", "/api"));
    assert!(!matches("/api", "/api/"));
    assert!(!matches("/api", "/x/api"));
    assert!(!matches("/a*b", "/aXbc"));
}

#[test]
fn refuses_what_a_listener_rule_refuses() {
    assert_eq!(PathPattern::new("").unwrap_err(), PatternError::Length { length: 0 });
    assert_eq!(PathPattern::new(&"a".repeat(129)).unwrap_err(), PatternError::Length { length: 129 });
    for character in [' ', '%', '#', 'ä', '\n', '(', ',', '=', '\u{0}'] {
        let refused = PathPattern::new(&format!("/a{character}")).unwrap_err();
        assert_eq!(refused, PatternError::Character { character });
    }
}

#[test]
fn the_longest_patterns_match() {
    let fixed = "a".repeat(128);
    assert!(matches(&fixed, &fixed));
    let open = format!("{}*", "a".repeat(127));
    assert!(matches(&open, &"a".repeat(127)));
    assert!(matches(&open, &"a".repeat(5000)));
    assert!(!matches(&open, &"a".repeat(126)));
}

#[test]
fn a_pattern_of_many_stars_takes_one_step_per_byte() {
    let pattern = PathPattern::new(&format!("{}b", "a*".repeat(63))).unwrap();
    let path = "a".repeat(1_000_000);
    let began = std::time::Instant::now();
    assert!(!pattern.matches(&path));
    // A matcher that backtracks would outlive us; this one takes milliseconds even unoptimised.
    assert!(began.elapsed().as_secs() < 5);
}

/// The definition, word for word.
fn naive(pattern: &[u8], path: &[u8]) -> bool {
    match (pattern.first(), path.first()) {
        (None, None) => true,
        (Some(b'*'), _) => naive(&pattern[1..], path) || (!path.is_empty() && naive(pattern, &path[1..])),
        (Some(b'?'), Some(_)) => naive(&pattern[1..], &path[1..]),
        (Some(p), Some(b)) if p == b => naive(&pattern[1..], &path[1..]),
        _ => false,
    }
}

#[test]
fn agrees_with_a_naive_matcher_on_random_input() {
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut below = |n: u64| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed % n
    };
    let (mut hits, mut misses) = (0, 0);
    for _ in 0..200_000 {
        let mut text = |alphabet: &[u8], least: u64| -> String {
            (0..least + below(9))
                .map(|_| char::from(alphabet[usize::try_from(below(alphabet.len() as u64)).unwrap()]))
                .collect()
        };
        let (pattern, path) = (text(b"ab/*?*", 1), text(b"ab/", 0));
        let expected = naive(pattern.as_bytes(), path.as_bytes());
        assert_eq!(matches(&pattern, &path), expected, "`{pattern}` against `{path}`");
        *(if expected { &mut hits } else { &mut misses }) += 1;
    }
    assert!(hits > 10_000 && misses > 10_000, "{hits} hits, {misses} misses");
}
