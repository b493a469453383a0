//! Answers of the API, as the page reads them.

use crate::{first_line, text};
use passcode_portal::api::{
    Api, ApiError, EventStream, LONGEST_EVENT, NextLink, StreamEventKind, decode_accepted, decode_action,
    decode_branding, decode_device, decode_devices, decode_history, decode_me, decode_notifications,
    decode_report, decode_temporary_passcode,
};
use passcode_portal::auth::Credential;
use passcode_portal::http::{HttpAnswer, HttpOutcome};
use portal_contract::UtcTime;

const BASE: &str = "https://api.example/api/v1.0";
/// An hour, in milliseconds.
const HOUR: i64 = 3_600_000;

/// The body of a 200, given to every reader. Each takes it whole or not at all.
pub(crate) fn answers(data: &[u8]) {
    let Some(body) = text(data) else { return };
    let outcome: HttpOutcome = Ok(HttpAnswer { status: 200, headers: Vec::new(), body: body.to_owned() });
    let _ = decode_branding(&outcome);
    let _ = decode_me(&outcome);
    let _ = decode_device(&outcome);
    let _ = decode_action(&outcome);
    let _ = decode_report(&outcome);
    let _ = decode_notifications(&outcome);
    assert!(decode_accepted(&outcome).is_ok());
    if let Ok(shown) = decode_temporary_passcode(&outcome) {
        let passcode = shown.passcode.reveal().to_owned();
        assert!(
            passcode.len() < 11 || !format!("{:?}", shown.passcode).contains(&passcode),
            "Debug shows it"
        );
    }
    let links = [
        decode_devices(&outcome, BASE).ok().and_then(|page| page.next),
        decode_history(&outcome, BASE).ok().and_then(|page| page.next),
    ];
    for link in links.into_iter().flatten() {
        stays_inside(&link, BASE);
    }
    let is_json = serde_json::from_str::<serde_json::Value>(body).is_ok();
    assert!(is_json || decode_me(&outcome).is_err(), "something that is no JSON was understood");
}

/// Where the token would go.
fn stays_inside(link: &NextLink, base: &str) {
    let credential = Credential::Session("p".to_owned());
    let url = Api { base, credential: &credential }.devices(Some(link)).url;
    let rest = url.strip_prefix(base);
    assert!(rest.is_some_and(|rest| rest.starts_with(['/', '?'])), "the token would go to {url}");
    // What stands behind the question mark leads nowhere.
    let path = url.split('?').next().unwrap_or_default();
    assert!(!path.contains("/../") && !path.ends_with("/.."), "{url}");
}

/// First line: status. Then header lines up to an empty one. Rest: body.
pub(crate) fn problems(data: &[u8]) {
    let Some((status, rest)) = text(data).map(first_line) else { return };
    let (head, body) = rest.split_once("\n\n").unwrap_or(("", rest));
    let headers = head
        .lines()
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
        .collect();
    let status = status.trim().parse().unwrap_or(500);
    let answer = HttpAnswer { status, headers, body: body.to_owned() };
    let error = ApiError::of_answer(&answer);
    assert!(error.code().starts_with("api."));
    let reference = error.reference();
    assert!(reference.len() <= 100 && reference.bytes().all(|byte| byte.is_ascii_graphic()), "{reference}");
    match error {
        ApiError::Busy { retry_after: Some(wait) } => {
            assert!((0..=HOUR).contains(&wait.0), "a wait of {} ms", wait.0);
            assert!([429, 503].contains(&status));
        }
        ApiError::NotFound => assert!(status == 404 && body.contains("code"), "a proxy's 404 was believed"),
        ApiError::NotAllowed { .. } | ApiError::NotSetUp => assert!(status == 403 && body.contains("code")),
        ApiError::StepUpRequired(_) | ApiError::Unauthenticated => assert_eq!(status, 401),
        ApiError::Busy { retry_after: None }
        | ApiError::InvalidRequest { .. }
        | ApiError::AlreadyPending
        | ApiError::NotCancellable
        | ApiError::PreconditionFailed
        | ApiError::DefectOfPage { .. }
        | ApiError::ServerFault { .. }
        | ApiError::Network(_)
        | ApiError::NotUnderstood { .. } => {}
    }
}

/// First line: the API's base. Rest: the link.
pub(crate) fn next_link(data: &[u8]) {
    let Some((base, link)) = text(data).map(first_line) else { return };
    if let Some(found) = NextLink::parse(link, BASE) {
        stays_inside(&found, BASE);
    }
    if base.starts_with('/')
        && !base.ends_with('/')
        && let Some(found) = NextLink::parse(link, base)
    {
        stays_inside(&found, base);
    }
}

/// First byte: the length of the pieces. Rest: the stream. However it is cut, the same events come out.
pub(crate) fn event_stream(data: &[u8]) {
    let Some((size, stream)) = data.split_first() else { return };
    let mut whole = EventStream::default();
    let mut events = Vec::new();
    let result = whole.feed(stream, &mut events);
    let mut cut = EventStream::default();
    let mut cut_events = Vec::new();
    let mut cut_result = Ok(());
    for piece in stream.chunks(usize::from(*size).max(1)) {
        cut_result = cut.feed(piece, &mut cut_events);
        if cut_result.is_err() {
            break;
        }
    }
    assert_eq!((result, &events), (cut_result, &cut_events), "the pieces change what is read");
    assert_eq!((whole.retry(), whole.last_event_id()), (cut.retry(), cut.last_event_id()));
    for event in &events {
        assert!(!event.id.contains(['\0', '\n', '\r']) && event.id.len() <= LONGEST_EVENT * 3);
        if let StreamEventKind::Device(id) = &event.kind {
            assert!(!id.as_str().is_empty() && !id.as_str().contains('/'), "{id:?}");
        }
    }
}

/// A date: what is read is written so that it is read again.
pub(crate) fn dates(data: &[u8]) {
    let Some(date) = text(data) else { return };
    let Some(moment) = UtcTime::parse(date) else { return };
    let written = moment.to_rfc3339();
    assert_eq!(UtcTime::parse(&written), Some(moment), "{date} became {written}");
    let _ = (moment.is_never(), moment.unix_seconds());
}
