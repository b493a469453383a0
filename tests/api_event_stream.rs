//! The reader of the event stream against the standard's own examples, against every way to cut the bytes, and against
//! what no server should send.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code fails loudly")]

use passcode_portal::api::{EventStream, LONGEST_EVENT, StreamError, StreamEvent, StreamEventKind};
use passcode_portal::domain::{DeviceId, Milliseconds};
use proptest::prelude::*;

fn read(bytes: &[u8]) -> (Vec<StreamEvent>, EventStream, Result<(), StreamError>) {
    read_in_pieces(&[bytes])
}

fn read_in_pieces(pieces: &[&[u8]]) -> (Vec<StreamEvent>, EventStream, Result<(), StreamError>) {
    let (mut stream, mut events) = (EventStream::default(), Vec::new());
    let mut result = Ok(());
    for piece in pieces {
        result = stream.feed(piece, &mut events);
    }
    (events, stream, result)
}

fn kinds(text: &str) -> Vec<StreamEventKind> {
    read(text.as_bytes()).0.into_iter().map(|event| event.kind).collect()
}

fn device(id: &str) -> StreamEventKind {
    StreamEventKind::Device(DeviceId::parse(id).unwrap())
}

#[test]
fn an_event_names_what_changed() {
    let text = "event: device\nid: 7\ndata: {\"deviceId\":\"d-1\",\"state\":\"active\"}\n\n\
        id: 8\ndata: {\"notificationId\":\"n-1\"}\n\n\
        event: resync\ndata: {}\n\n\
        : heartbeat\n\n\
        data: {\"somethingNew\":1}\n\n\
        data: no JSON\n\n";
    let (events, _, result) = read(text.as_bytes());
    let ids: Vec<&str> = events.iter().map(|event| event.id.as_str()).collect();
    assert_eq!(result, Ok(()));
    assert_eq!(ids, ["7", "8", "8", "8", "8", "8"], "an id holds until the next one");
    assert_eq!(
        events.into_iter().map(|event| event.kind).collect::<Vec<_>>(),
        [
            device("d-1"),
            StreamEventKind::Notification("n-1".to_owned()),
            StreamEventKind::Resync,
            StreamEventKind::Heartbeat,
            StreamEventKind::Other,
            StreamEventKind::Other,
        ]
    );
}

#[test]
fn a_device_id_that_cannot_be_a_path_segment_is_no_device() {
    assert_eq!(kinds("data: {\"deviceId\":\"../me\"}\n\n"), [StreamEventKind::Other]);
    assert_eq!(kinds("data: {\"deviceId\":7}\n\n"), [device("7")], "an identifier may come as a number");
    assert_eq!(kinds("data: {\"deviceId\":true}\n\n"), [StreamEventKind::Other]);
}

#[test]
fn every_line_end_ends_a_line_once() {
    for end in ["\n", "\r", "\r\n"] {
        let text = ["data: {\"deviceId\":", "data: \"d-1\"}", "", "data: x", "", ""].join(end);
        assert_eq!(kinds(&text), [device("d-1"), StreamEventKind::Other], "{end:?}");
    }
}

#[test]
fn lines_of_data_are_joined_and_one_space_belongs_to_the_colon() {
    assert_eq!(kinds("data:{\"deviceId\":\ndata\ndata:  \"d-1\"}\n\n"), [device("d-1")]);
}

#[test]
fn an_event_without_data_or_without_its_blank_line_is_none() {
    assert_eq!(kinds("event: resync\n\nid: 5\n\n\n"), []);
    assert_eq!(kinds("data: {\"deviceId\":\"d-1\"}\n"), []);
    assert_eq!(
        kinds("event: resync\n\ndata: {\"deviceId\":\"d-1\"}\n\n"),
        [device("d-1")],
        "the name is gone"
    );
    assert_eq!(kinds("data\n\n"), [StreamEventKind::Other], "empty data is data");
}

#[test]
fn a_comment_is_a_heartbeat_and_an_unknown_field_is_nothing() {
    assert_eq!(kinds(": still here\nnonsense: 1\n\n"), [StreamEventKind::Heartbeat]);
}

#[test]
fn a_byte_order_mark_counts_only_at_the_beginning() {
    assert_eq!(kinds("\u{feff}data: x\n\n"), [StreamEventKind::Other]);
    assert_eq!(kinds("data: {\"deviceId\":\"a\"}\n\n\u{feff}data: x\n\n"), [device("a")]);
}

#[test]
fn an_id_with_nul_is_ignored_and_an_empty_one_resets_it() {
    let last = |text: &str| read(text.as_bytes()).0.last().unwrap().id.clone();
    assert_eq!(last("id: 1\nid: 2\0\ndata: x\n\n"), "1");
    assert_eq!(last("id: 1\ndata: x\n\nid\ndata: x\n\n"), "");
}

#[test]
fn the_wish_for_a_pause_is_digits_only() {
    let retry = |text: &str| read(text.as_bytes()).1.retry();
    assert_eq!(retry("retry: 3000\n"), Some(Milliseconds(3000)));
    assert_eq!(
        retry("retry: 3000\nretry: soon\nretry: -1\nretry:\nretry: 99999999999999999999\n"),
        Some(Milliseconds(3000))
    );
    assert_eq!(retry("data: x\n\n"), None);
}

#[test]
fn bytes_that_are_no_utf_8_spoil_their_own_event_only() {
    let (events, _, result) = read(b"data: \xff\xfe\n\ndata: {\"deviceId\":\"a\"}\n\n");
    assert_eq!(result, Ok(()));
    assert_eq!(
        events.iter().map(|event| event.kind.clone()).collect::<Vec<_>>(),
        [StreamEventKind::Other, device("a")]
    );
}

#[test]
fn what_grows_beyond_the_bound_ends_the_reading() {
    let just = format!("data:{}\n\n", "x".repeat(LONGEST_EVENT - 5));
    assert_eq!(read(just.as_bytes()).2, Ok(()));
    let line = format!("data:{}\n\ndata: x\n\n", "x".repeat(LONGEST_EVENT - 4));
    assert_eq!(read(line.as_bytes()).2, Err(StreamError::TooLong));
    assert!(read(line.as_bytes()).0.is_empty());
    let lines = format!("data:{}\n", "x".repeat(1000)).repeat(9);
    let (_, mut stream, result) = read(lines.as_bytes());
    assert_eq!(result, Err(StreamError::TooLong));
    assert_eq!(stream.feed(b"\n\n", &mut Vec::new()), Err(StreamError::TooLong), "it stays so");
    assert_eq!(StreamError::TooLong.code(), "stream.too_long");
}

/// Bytes that look like a stream often enough to reach every branch.
fn stream_like() -> impl Strategy<Value = Vec<u8>> {
    let part = prop_oneof![
        Just(b"\n".to_vec()),
        Just(b"\r".to_vec()),
        Just(b"\r\n".to_vec()),
        Just(b"\n\n".to_vec()),
        Just(b"data: {\"deviceId\":\"d-1\"}".to_vec()),
        Just("data: {\"notificationId\":\"お知らせ\"}".as_bytes().to_vec()),
        Just(b"data".to_vec()),
        Just(b"event: resync".to_vec()),
        Just(b"id: 42".to_vec()),
        Just(b"id: \0".to_vec()),
        Just(b"retry: 5".to_vec()),
        Just(b": beat".to_vec()),
        Just(BOM.to_vec()),
        Just(vec![b'x'; 3000]),
        proptest::collection::vec(any::<u8>(), 0..12),
    ];
    proptest::collection::vec(part, 0..40).prop_map(|parts| parts.concat())
}

const BOM: &[u8] = b"\xef\xbb\xbf";

proptest! {
    #[test]
    fn any_way_to_cut_the_bytes_gives_the_same_events(bytes in stream_like(), cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..12)) {
        let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        places.extend([0, bytes.len()]);
        places.sort_unstable();
        let pieces: Vec<&[u8]> = places.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect();
        let (whole, at_once, result) = read(&bytes);
        let (cut, in_pieces, cut_result) = read_in_pieces(&pieces);
        prop_assert_eq!(whole, cut);
        prop_assert_eq!(at_once.retry(), in_pieces.retry());
        prop_assert_eq!(result, cut_result);
    }

    #[test]
    fn byte_by_byte_is_the_same_too(bytes in stream_like()) {
        let singles: Vec<&[u8]> = bytes.chunks(1).collect();
        prop_assert_eq!(read(&bytes).0, read_in_pieces(&singles).0);
    }
}
