//! What an answer of Graph proves. Pure; the table is in `docs/device-services/intune.md`.

use portal_contract::UtcTime;
use serde_json::Value;

/// The longest pause that is taken from `Retry-After`, in seconds.
const LONGEST_PAUSE: f64 = 3600.0;

/// An answer.
#[derive(Debug, Clone, Default)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// What it says; nothing where there is none, or where it could not be read whole.
    pub(super) body: Option<Value>,
    /// The service's time (`Date`).
    pub(super) date: Option<UtcTime>,
    /// The pause it asks for, in milliseconds.
    pub(super) pause: Option<i64>,
    /// Whether a header names Multi Admin Approval.
    pub(super) names_approval: bool,
}

/// There was no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoAnswer {
    /// There is no token to ask with.
    NoToken,
    /// The own bound is reached.
    NoTurn,
    /// No connection: name, network, certificate.
    NotConnected,
    /// It took too long.
    TimedOut,
    /// The connection broke.
    Cut,
}

/// What became of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PostOutcome {
    /// Graph took it. That does not mean that it was done.
    Accepted,
    /// It certainly did not do it, and may do it later; after this pause in milliseconds, if it names one.
    NotNow(Option<i64>),
    /// It certainly did not do it: this server may not.
    Forbidden,
    /// It certainly did not do it: another administrator has to approve it.
    ApprovalRequired,
    /// It will not do it.
    Refused,
    /// Nobody knows.
    Unknown,
}

/// What the answer to a command proves. A 503 may follow execution (`CancelOnTimeout4EndExecuteAction`), so it proves nothing.
pub(super) fn of_post(answer: &Result<Answer, NoAnswer>) -> PostOutcome {
    let answer = match answer {
        Ok(answer) => answer,
        Err(NoAnswer::NoToken | NoAnswer::NoTurn | NoAnswer::NotConnected) => {
            return PostOutcome::NotNow(None);
        }
        Err(NoAnswer::TimedOut | NoAnswer::Cut) => return PostOutcome::Unknown,
    };
    match answer.status {
        200..=299 => PostOutcome::Accepted,
        409 | 429 => PostOutcome::NotNow(answer.pause),
        400 | 403 if wants_approval(answer) => PostOutcome::ApprovalRequired,
        401 | 403 => PostOutcome::Forbidden,
        // Whoever gave up waiting may be somebody in between.
        408 => PostOutcome::Unknown,
        400..=499 => PostOutcome::Refused,
        // 5xx, and a redirection, which is not followed.
        _ => PostOutcome::Unknown,
    }
}

/// Multi Admin Approval: by its code, or by the header that is missing or came with the answer.
fn wants_approval(answer: &Answer) -> bool {
    let is_named = answer.body.as_ref().and_then(|body| body.get("error")).is_some_and(|error| {
        text(error, "code") == "ApprovalRequired" || text(error, "message").contains("x-msft-approval")
    });
    answer.names_approval || is_named
}

/// A text of an object; empty where there is none.
pub(super) fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// Whether a 404 is Graph's own and not that of somebody in between.
pub(super) fn is_not_found(answer: &Answer) -> bool {
    let code = answer.body.as_ref().and_then(|body| body.get("error")?.get("code"));
    answer.status == 404 && code.is_some_and(Value::is_string)
}

/// `Retry-After` in seconds, also fractional, as milliseconds. `None` for what is none.
pub(super) fn pause(text: &str) -> Option<i64> {
    let seconds: f64 = text.trim().parse().ok().filter(|seconds: &f64| seconds.is_finite())?;
    let millis = (seconds.clamp(0.0, LONGEST_PAUSE) * 1000.0).ceil();
    #[expect(clippy::cast_possible_truncation, reason = "0 to 3,600,000")]
    let millis = millis as i64;
    Some(millis)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn answer(status: u16, body: Value) -> Result<Answer, NoAnswer> {
        Ok(Answer { status, body: Some(body), ..Answer::default() })
    }

    #[test]
    fn every_answer_to_a_command_proves_one_thing() {
        let error = |code: &str, message: &str| json!({ "error": { "code": code, "message": message } });
        let missing = "The x-msft-approval-justification header is required.";
        for (given, expected) in [
            (answer(204, Value::Null), PostOutcome::Accepted),
            (answer(200, json!({})), PostOutcome::Accepted),
            (answer(429, error("TooManyRequests", "")), PostOutcome::NotNow(None)),
            (answer(409, error("Conflict", "")), PostOutcome::NotNow(None)),
            (
                Ok(Answer { status: 429, pause: Some(2128), ..Answer::default() }),
                PostOutcome::NotNow(Some(2128)),
            ),
            (Err(NoAnswer::NoToken), PostOutcome::NotNow(None)),
            (Err(NoAnswer::NoTurn), PostOutcome::NotNow(None)),
            (Err(NoAnswer::NotConnected), PostOutcome::NotNow(None)),
            (answer(401, Value::Null), PostOutcome::Forbidden),
            (answer(403, error("UnknownError", "{\"ErrorCode\": \"Forbidden\"}")), PostOutcome::Forbidden),
            (answer(403, error("ApprovalRequired", "")), PostOutcome::ApprovalRequired),
            (answer(400, error("BadRequest", missing)), PostOutcome::ApprovalRequired),
            (
                Ok(Answer { status: 403, names_approval: true, ..Answer::default() }),
                PostOutcome::ApprovalRequired,
            ),
            (answer(400, error("BadRequest", "")), PostOutcome::Refused),
            (answer(404, error("UnknownError", "")), PostOutcome::Refused),
            (answer(405, Value::Null), PostOutcome::Refused),
            (answer(408, Value::Null), PostOutcome::Unknown),
            (answer(500, error("InternalServerError", "")), PostOutcome::Unknown),
            (answer(502, Value::Null), PostOutcome::Unknown),
            (answer(503, error("CancelledOnServiceTimeout", "")), PostOutcome::Unknown),
            (answer(504, error("UnknownError", "")), PostOutcome::Unknown),
            (answer(302, Value::Null), PostOutcome::Unknown),
            (Err(NoAnswer::TimedOut), PostOutcome::Unknown),
            (Err(NoAnswer::Cut), PostOutcome::Unknown),
        ] {
            assert_eq!(of_post(&given), expected, "{given:?}");
        }
    }

    #[test]
    fn a_404_counts_only_in_graphs_own_words() {
        let read = |body: Value| answer(404, body).map(|answer| is_not_found(&answer));
        assert_eq!(read(json!({ "error": { "code": "UnknownError", "message": "" } })), Ok(true));
        for body in [Value::Null, json!({ "error": "no route" }), json!("not found")] {
            assert_eq!(read(body.clone()), Ok(false), "{body}");
        }
    }

    #[test]
    fn a_pause_may_be_fractional_absurd_or_none() {
        assert_eq!(pause("2.128"), Some(2128));
        assert_eq!(pause(" 7 "), Some(7000));
        assert_eq!(pause("1e300"), Some(3_600_000));
        assert_eq!(pause("-3"), Some(0));
        for text in ["", "soon", "NaN", "inf", "Wed, 21 Oct 2015 07:28:00 GMT"] {
            assert_eq!(pause(text), None, "{text}");
        }
    }
}
