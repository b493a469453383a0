//! The OpenAPI 3.1 document, generated from the handlers and the contract's types. Its routes are the
//! router's routes: a handler cannot be reached without being described.

use crate::domain::idempotency::LONGEST_KEY;
use crate::domain::ids::LONGEST_ID;
use portal_contract::{BASE_PATH, Problem};
use std::collections::BTreeMap;
use utoipa::openapi::path::{Operation, Parameter, PathItem};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ContentBuilder, InfoBuilder, ObjectBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, Response,
    ResponseBuilder, Schema, ServerBuilder, Type,
};
use utoipa::{IntoResponses, ToSchema as _};

const SCHEME: &str = "accessToken";

fn problem(description: &str) -> RefOr<Response> {
    let schema = Ref::from_schema_name(Problem::name());
    let content = ContentBuilder::new().schema(Some(schema)).build();
    let response = ResponseBuilder::new().description(description);
    RefOr::T(response.content(portal_contract::headers::PROBLEM_JSON, content).build())
}

macro_rules! refusals {
    ($(#[$meta:meta])* $name:ident { $($status:literal => $description:literal,)+ }) => {
        $(#[$meta])*
        pub(super) struct $name;

        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                [$(($status, $description)),+]
                    .into_iter()
                    .map(|(status, description)| (status.to_owned(), problem(description)))
                    .collect()
            }
        }
    };
}

refusals! {
    /// What every call with a token can be refused with.
    Refusals {
        "400" => "The request makes no sense",
        "401" => "No token, or not a valid one",
        "403" => "The token lacks the scope",
        "429" => "Too many tokens from this address were not accepted, or too many requests",
        "500" => "A defect of the server",
        "503" => "Something the server needs is down",
    }
}

refusals! {
    /// ... and a call on something that must be the person's own.
    OwnRefusals {
        "400" => "The request makes no sense",
        "401" => "No token, not a valid one, or a sign-in that is too old",
        "403" => "The token lacks the scope, or the action is not allowed",
        "404" => "It does not exist, or is another person's",
        "429" => "Too many tokens from this address were not accepted, or too many requests",
        "500" => "A defect of the server",
        "503" => "Something the server needs is down",
    }
}

refusals! {
    /// ... and starting an action.
    ActionRefusals {
        "408" => "The body did not arrive in time",
        "409" => "The action is under way on the device already",
        "412" => "The device has changed",
        "413" => "The body is too large",
        "422" => "The key was used for another request",
        "428" => "The key is missing",
    }
}

refusals! {
    /// ... and cancelling.
    CancelRefusals {
        "409" => "The action is not pending any more",
    }
}

/// The document's frame; the router adds the paths.
pub(super) fn frame(public_base_url: Option<&str>) -> OpenApi {
    let info = InfoBuilder::new()
        .title("Passcode portal")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some("Devices of the signed-in person, and what may be done with them."))
        .build();
    let mut document =
        OpenApiBuilder::new()
            .info(info)
            .security(Some([SecurityRequirement::new::<_, [&str; 0], _>(SCHEME, [])]));
    if let Some(url) = public_base_url {
        document = document.servers(Some([ServerBuilder::new().url(url.trim_end_matches('/')).build()]));
    }
    document.build()
}

/// Adds what the handlers do not mention themselves.
pub(super) fn complete(mut document: OpenApi) -> OpenApi {
    let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    let components = document.components.get_or_insert_default();
    components.add_security_scheme(SCHEME, SecurityScheme::Http(scheme));
    let mut schemas = Vec::new();
    Problem::schemas(&mut schemas);
    components.schemas.insert(Problem::name().into_owned(), <Problem as utoipa::PartialSchema>::schema());
    for (name, schema) in schemas {
        components.schemas.entry(name).or_insert(schema);
    }
    for (path, item) in &mut document.paths.paths {
        let is_of_notification = path.contains("/notifications/");
        for parameter in operations(item).flat_map(|operation| operation.parameters.iter_mut().flatten()) {
            if let RefOr::T(parameter) = parameter {
                bound(parameter, is_of_notification);
            }
        }
    }
    tracing::debug!(paths = document.paths.paths.len(), base = BASE_PATH, "the API is described");
    document
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.post].into_iter().flatten()
}

/// Writes down what the server accepts: a description without it lets a caller send what can only be refused.
fn bound(parameter: &mut Parameter, is_of_notification: bool) {
    let (longest, pattern) = match (parameter.name.as_str(), is_of_notification) {
        ("id", false) => (LONGEST_ID, DEVICE_ID),
        ("id", true) | ("resultId", _) => (LONGEST_ID, ID),
        ("Idempotency-Key", _) => (LONGEST_KEY, KEY),
        _ => return,
    };
    let text = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(longest));
    parameter.schema = Some(RefOr::T(Schema::Object(text.pattern(Some(pattern)).build())));
}

/// An identifier needs no escaping in a path ([`crate::domain::ids`]); that of a device may be `service:native`.
const ID: &str = "^[A-Za-z0-9._~-]+$";
const DEVICE_ID: &str = "^[A-Za-z0-9._~-]+(:[A-Za-z0-9._~-]+)?$";
/// Visible ASCII ([`crate::domain::idempotency`]).
const KEY: &str = "^[!-~]+$";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::idempotency::IdempotencyKey;
    use crate::domain::ids::{DeviceId, NotificationId, ResultId};
    use serde_json::{Value, json};

    fn described(name: &str, is_of_notification: bool) -> Value {
        let mut parameter = Parameter::new(name);
        bound(&mut parameter, is_of_notification);
        serde_json::to_value(parameter).unwrap()["schema"].clone()
    }

    #[test]
    fn the_document_promises_exactly_what_is_read() {
        let long = |bytes| "x".repeat(bytes);
        let texts = [
            "", "d-1", "a.b~c_d", "a/b", "a b", "a%2Fb", "\u{e9}", "a:b", ":b", "a:", "a:b:c", "..", "a\n",
            "!", "~", "\u{7f}", "\t",
        ];
        let sized = [127, 128, 129, 255, 256].map(long);
        let pair = format!("{}:{}", long(63), long(64));
        let texts = texts.into_iter().chain(sized.iter().map(String::as_str)).chain([pair.as_str()]);
        let [device, notification, result, key] =
            [("id", false), ("id", true), ("resultId", false), ("Idempotency-Key", false)].map(
                |(name, is_of_notification)| {
                    jsonschema::validator_for(&described(name, is_of_notification)).unwrap()
                },
            );
        for text in texts {
            let value = json!(text);
            assert_eq!(device.is_valid(&value), DeviceId::parse(text).is_some(), "device {text:?}");
            assert_eq!(
                notification.is_valid(&value),
                NotificationId::parse(text).is_some(),
                "notification {text:?}"
            );
            assert_eq!(result.is_valid(&value), ResultId::parse(text).is_some(), "result {text:?}");
            assert_eq!(key.is_valid(&value), IdempotencyKey::parse(text).is_some(), "key {text:?}");
        }
    }
}
