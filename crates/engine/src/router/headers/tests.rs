use super::*;

fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
    let pairs = lines.iter().map(|&(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
    let mut headers = HeaderMap::new();
    pairs.for_each(|(name, value)| {
        headers.append(name, value);
    });
    headers
}

fn names(headers: &HeaderMap) -> Vec<&str> {
    headers.keys().map(HeaderName::as_str).collect()
}

#[test]
fn removes_hop_by_hop_fields_and_those_that_connection_names() {
    let mut headers = headers(&[
        ("connection", "keep-alive, X-Secret"),
        ("connection", "close,x-other"),
        ("keep-alive", "timeout=5"),
        ("proxy-connection", "keep-alive"),
        ("te", "trailers"),
        ("transfer-encoding", "chunked"),
        ("upgrade", "h2c"),
        ("x-secret", "1"),
        ("x-other", "2"),
        ("accept", "*/*"),
    ]);
    remove_hop_by_hop(&mut headers);
    assert_eq!(names(&headers), ["accept"]);
}

#[test]
fn a_length_beside_an_encoding_is_removed() {
    let mut both = headers(&[("content-length", "3"), ("transfer-encoding", "chunked")]);
    remove_hop_by_hop(&mut both);
    assert!(names(&both).is_empty());
    let mut alone = headers(&[("content-length", "3")]);
    remove_hop_by_hop(&mut alone);
    assert_eq!(names(&alone), ["content-length"]);
}

#[test]
fn host_cannot_be_removed_by_naming_it() {
    let mut headers = headers(&[("host", "a"), ("connection", "host")]);
    remove_hop_by_hop(&mut headers);
    assert_eq!(names(&headers), ["host"]);
}

#[test]
fn an_upgrade_needs_both_fields() {
    assert_eq!(upgrade(&headers(&[("upgrade", "websocket")])), None);
    assert_eq!(upgrade(&headers(&[("connection", "upgrade")])), None);
    let both = headers(&[("connection", "keep-alive, Upgrade"), ("upgrade", "websocket")]);
    assert_eq!(upgrade(&both), Some(HeaderValue::from_static("websocket")));
}

#[test]
fn the_client_is_appended_to_the_addresses_that_are_there() {
    let mut headers = headers(&[("x-forwarded-for", "1.2.3.4"), ("x-forwarded-for", "5.6.7.8, ::1")]);
    let client = SocketAddr::from(([0, 0, 0, 0, 0, 0xffff, 0x0a00, 0x0001], 4000));
    add_forwarding(&mut headers, client, Scheme::Https, &HeaderValue::from_static("80"));
    let all: Vec<_> = headers.get_all(X_FORWARDED_FOR).iter().collect();
    assert_eq!(all, ["1.2.3.4, 5.6.7.8, ::1, 10.0.0.1"]);
    assert_eq!(headers.get(X_FORWARDED_PORT), Some(&HeaderValue::from_static("80")));
    assert_eq!(forwarded_for_count(&headers), 4);
}

#[test]
fn only_chunked_and_identity_are_supported_transfer_encodings() {
    assert!(!has_unsupported_transfer_encoding(&headers(&[("transfer-encoding", "Chunked")])));
    assert!(has_unsupported_transfer_encoding(&headers(&[("transfer-encoding", "gzip, chunked")])));
}

#[test]
fn field_names_with_odd_characters_are_invalid() {
    let mut headers = headers(&[("x_under", "1"), ("x.dot", "2"), ("x-dash1", "3")]);
    remove_invalid(&mut headers);
    assert_eq!(names(&headers), ["x-dash1"]);
}
