//! The calls as an OpenAPI 3.1 document, for whoever writes a connector: the paths are a table, the bodies are the types that
//! this server reads and writes ([`super::wire`]).

use super::wire::{
    AppsWire, CapabilitiesWire, CategoryList, CategoryWire, CommandWire, ComplianceWire, DeviceList,
    DeviceWire, EventWire, NewCommandWire, PasscodeWire, ProblemWire,
};
use serde_json::Value;
use utoipa::openapi::path::{OperationBuilder, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ContentBuilder, Header, HttpMethod, InfoBuilder, OpenApiBuilder, PathItem, PathsBuilder, Ref, RefOr,
    Required, Response, ResponseBuilder, ServerBuilder,
};
use utoipa::{PartialSchema, ToSchema};

const SCHEME: &str = "portalToken";
const JSON: &str = "application/json";
const PROBLEM: &str = "application/problem+json";

/// One call: what is asked, and the answers beside those that every call can have.
struct Call {
    method: HttpMethod,
    path: &'static str,
    id: &'static str,
    summary: &'static str,
    parameters: &'static [&'static str],
    /// The schema of the request's body.
    body: Option<&'static str>,
    /// Status, schema (none: a problem), what it means.
    answers: &'static [(&'static str, Option<&'static str>, &'static str)],
}

const CALLS: &[Call] = &[
    Call {
        method: HttpMethod::Get,
        path: "/capabilities",
        id: "getCapabilities",
        summary: "What the connector can do. Read every ten minutes, and to see whether it is there.",
        parameters: &[],
        body: None,
        answers: &[("200", Some("Capabilities"), "What it can do")],
    },
    Call {
        method: HttpMethod::Get,
        path: "/people/{personId}/devices",
        id: "listDevices",
        summary: "The devices of a person, in a stable order: at most `limit`, those after `after`.",
        parameters: &["personId", "limit", "after"],
        body: None,
        answers: &[("200", Some("DeviceList"), "The devices; none for a person who is not known")],
    },
    Call {
        method: HttpMethod::Get,
        path: "/people/{personId}/devices/{deviceId}",
        id: "getDevice",
        summary: "One device of a person.",
        parameters: &["personId", "deviceId"],
        body: None,
        answers: &[
            ("200", Some("Device"), "The device"),
            ("404", None, "`notFound`: there is none, or it is another person's"),
        ],
    },
    Call {
        method: HttpMethod::Get,
        path: "/people/{personId}/devices/{deviceId}/compliance",
        id: "getCompliance",
        summary: "Which of the organisation's rules a device does not meet; only with `compliance: true`.",
        parameters: &["personId", "deviceId"],
        body: None,
        answers: &[
            ("200", Some("Compliance"), "The rules it does not meet"),
            ("404", None, "`notFound`: there is no such device, or it is another person's"),
        ],
    },
    Call {
        method: HttpMethod::Get,
        path: "/people/{personId}/devices/{deviceId}/apps",
        id: "listApps",
        summary: "The organisation's applications on a device; only with `apps: true`.",
        parameters: &["personId", "deviceId"],
        body: None,
        answers: &[
            ("200", Some("AppList"), "The applications, in any order"),
            ("404", None, "`notFound`: there is no such device, or it is another person's"),
        ],
    },
    Call {
        method: HttpMethod::Get,
        path: "/categories",
        id: "listCategories",
        summary: "The categories devices can be put into; only with `setCategory` among `actions`.",
        parameters: &[],
        body: None,
        answers: &[
            ("200", Some("CategoryList"), "The categories"),
            ("404", None, "`notFound`: devices are not sorted here"),
        ],
    },
    Call {
        method: HttpMethod::Put,
        path: "/commands/{commandId}",
        id: "putCommand",
        summary: "Starts a command. `commandId` is the idempotency key: the same twice is one command.",
        parameters: &["commandId", "Idempotency-Key"],
        body: Some("NewCommand"),
        answers: &[
            ("201", Some("Command"), "A new command, written down"),
            ("200", Some("Command"), "The same once more"),
            ("409", None, "The same identifier with another body"),
            ("422", None, "It will not be done; `code` is one of the portal's `FailureCode`"),
        ],
    },
    Call {
        method: HttpMethod::Get,
        path: "/commands/{commandId}",
        id: "getCommand",
        summary: "Where a command stands.",
        parameters: &["commandId"],
        body: None,
        answers: &[
            ("200", Some("Command"), "The command"),
            ("404", None, "`notFound`: it never arrived. Where that cannot be told: 503 `cannotTell`"),
        ],
    },
    Call {
        method: HttpMethod::Post,
        path: "/commands/{commandId}/cancel",
        id: "cancelCommand",
        summary: "Cancels a command that the device has not got; only with `cancel: true`.",
        parameters: &["commandId"],
        body: None,
        answers: &[
            ("200", Some("Command"), "The command as it is now, cancelled or not"),
            ("404", None, "`notFound`: it never arrived, or nothing is ever cancelled here"),
        ],
    },
    Call {
        method: HttpMethod::Get,
        path: "/commands/{commandId}/passcode",
        id: "getPasscode",
        summary: "The secret that goes with a command that is done: the passcode with `passcodeFrom: \"service\"`, and what \
                  `showRecoveryKey` and `showLocalAdministratorPassword` ask for. Repeatable for an hour.",
        parameters: &["commandId"],
        body: None,
        answers: &[
            ("200", Some("IssuedPasscode"), "The passcode; with `Cache-Control: no-store`"),
            ("404", None, "`notFound`: there is none (yet); `gone`: its hour is over"),
        ],
    },
];

/// What every call can be answered with.
const ALWAYS: &[(&str, &str)] = &[
    ("400", "The request makes no sense"),
    ("401", "No token, or not the portal's"),
    ("429", "Too many calls: nothing was done"),
    ("500", "A defect of the connector"),
    ("503", "Not now: nothing was done. With `cannotTell`: nobody knows what became of the command"),
];

fn content(schema: &str) -> utoipa::openapi::Content {
    ContentBuilder::new().schema(Some(Ref::from_schema_name(schema))).build()
}

fn text(description: &str) -> Schema {
    ObjectBuilder::new().schema_type(Type::String).description(Some(description)).build().into()
}

fn number(minimum: f64) -> Schema {
    let format = Some(SchemaFormat::KnownFormat(KnownFormat::Int32));
    ObjectBuilder::new().schema_type(Type::Integer).format(format).minimum(Some(minimum)).build().into()
}

fn parameter(name: &str) -> utoipa::openapi::path::Parameter {
    let (place, required, schema, description) = match name {
        "limit" => {
            (ParameterIn::Query, Required::False, number(1.0), "At most so many devices; 100 if missing")
        }
        "after" => (ParameterIn::Query, Required::False, text("A device's id"), "Those after this one"),
        "Idempotency-Key" => {
            (ParameterIn::Header, Required::False, text("The same"), "`commandId` once more")
        }
        "personId" => (
            ParameterIn::Path,
            Required::True,
            text("A person's id"),
            "What the identity provider calls the person: an opaque one is better than an address of mail",
        ),
        "deviceId" => (ParameterIn::Path, Required::True, text("A device's id"), "The device"),
        _ => (ParameterIn::Path, Required::True, text("A command's id"), "The portal's identifier"),
    };
    ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .required(required)
        .schema(Some(schema))
        .description(Some(description))
        .build()
}

fn problem(description: &str, is_pause: bool) -> Response {
    let response = ResponseBuilder::new().description(description).content(PROBLEM, content("Problem"));
    if is_pause {
        let seconds: RefOr<Schema> = RefOr::T(text("Seconds to wait, fractions allowed; no date"));
        return response.header("Retry-After", Header::new(seconds)).build();
    }
    response.build()
}

fn operation(call: &Call) -> OperationBuilder {
    let mut operation = OperationBuilder::new().operation_id(Some(call.id)).summary(Some(call.summary));
    for name in call.parameters {
        operation = operation.parameter(parameter(name));
    }
    if let Some(schema) = call.body {
        let body = RequestBodyBuilder::new().required(Some(Required::True)).content(JSON, content(schema));
        operation = operation.request_body(Some(body.build()));
    }
    for (status, schema, description) in call.answers {
        let answer = match schema {
            Some(schema) => {
                ResponseBuilder::new().description(*description).content(JSON, content(schema)).build()
            }
            None => problem(description, false),
        };
        operation = operation.response(*status, answer);
    }
    for (status, description) in ALWAYS {
        operation = operation.response(*status, problem(description, matches!(*status, "429" | "503")));
    }
    operation
}

/// What the connector may send to the portal (Standard Webhooks 1.0).
fn event() -> OperationBuilder {
    let header = |name: &str, description: &str| {
        ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Header)
            .required(Required::True)
            .schema(Some(text(description)))
            .build()
    };
    let plain = |description: &str| ResponseBuilder::new().description(description).build();
    OperationBuilder::new()
        .operation_id(Some("event"))
        .summary(Some("Something changed: the portal asks at once instead of when it would have."))
        .description(Some(
            "`POST {public_base_url}/connector/v1/events`, signed as Standard Webhooks 1.0 wants it: `v1,` and the base64 of \
             HMAC-SHA256 over `id.timestamp.body`, with the secret behind `whsec_`. At most 16 KiB.",
        ))
        .parameter(header("webhook-id", "The same for each attempt at the same event"))
        .parameter(header("webhook-timestamp", "Seconds since 1970, at most 300 from the portal's clock"))
        .parameter(header("webhook-signature", "One or more, separated by blanks"))
        .request_body(Some(
            RequestBodyBuilder::new().required(Some(Required::True)).content(JSON, content("Event")).build(),
        ))
        .response("204", plain("Taken; also one that was taken before, and one that names nothing the portal has"))
        .response("401", plain("The signature or the time is not right"))
        .response("413", plain("Too large"))
        .response("429", plain("Too many; with `Retry-After`"))
        .security(SecurityRequirement::default())
}

/// The document.
#[must_use]
pub fn document() -> Value {
    let info = InfoBuilder::new()
        .title("Connector of the passcode portal")
        .version("1")
        .description(Some(
            "What a connector in front of a device management answers. How to write one, and the rules it keeps: \
             docs/device-services/http.md. `portal-server connector check` proves it.",
        ))
        .license(Some(utoipa::openapi::LicenseBuilder::new().name("MIT OR Apache-2.0").build()))
        .build();
    let mut paths = PathsBuilder::new();
    for call in CALLS {
        paths = paths.path(call.path, PathItem::new(call.method.clone(), operation(call)));
    }
    let event = PathsBuilder::new().path("event", PathItem::new(HttpMethod::Post, event()));
    let mut document = OpenApiBuilder::new()
        .info(info)
        .servers(Some([ServerBuilder::new().url("https://connector.example.com/v1").build()]))
        .paths(paths)
        .security(Some([SecurityRequirement::new::<_, [&str; 0], _>(SCHEME, [])]))
        .build();
    document.webhooks = Some(event.build());
    let components = document.components.get_or_insert_default();
    components.add_security_scheme(
        SCHEME,
        SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build()),
    );
    let mut schemas = Vec::new();
    of::<CapabilitiesWire>(&mut schemas);
    of::<DeviceList>(&mut schemas);
    of::<DeviceWire>(&mut schemas);
    of::<CategoryList>(&mut schemas);
    of::<CategoryWire>(&mut schemas);
    of::<ComplianceWire>(&mut schemas);
    of::<AppsWire>(&mut schemas);
    of::<super::wire::AppWire>(&mut schemas);
    of::<super::wire::FailingRuleWire>(&mut schemas);
    of::<NewCommandWire<'_>>(&mut schemas);
    of::<CommandWire>(&mut schemas);
    of::<PasscodeWire>(&mut schemas);
    of::<ProblemWire>(&mut schemas);
    of::<EventWire>(&mut schemas);
    components.schemas.extend(schemas);
    let mut document = serde_json::to_value(&document).unwrap_or_default();
    only_known_words(&mut document);
    document
}

fn of<T: ToSchema + PartialSchema>(schemas: &mut Vec<(String, RefOr<Schema>)>) {
    schemas.push((T::name().into_owned(), T::schema()));
    T::schemas(schemas);
}

/// "Other" is how this server reads a word it does not know; nobody is to write it, nor `null` for what is not known.
fn only_known_words(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for key in ["enum", "type", "oneOf"] {
                let Some(Value::Array(items)) = fields.get_mut(key) else { continue };
                items.retain(|item| {
                    !["other", "null"].iter().any(|word| *item == **word || item["type"] == **word)
                });
                if key == "enum" || items.len() != 1 {
                    continue;
                }
                match (key, items.pop()) {
                    ("oneOf", Some(Value::Object(only))) => {
                        fields.remove(key);
                        fields.extend(only);
                    }
                    (_, only) => {
                        fields.insert(key.to_owned(), only.unwrap_or_default());
                    }
                }
            }
            fields.values_mut().for_each(only_known_words);
        }
        Value::Array(items) => items.iter_mut().for_each(only_known_words),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
