//! The published description against what the handlers really answer.

use crate::support::{Answer, TestServer};
use serde_json::{Value, json};

async fn document(server: &TestServer) -> Value {
    server.call("GET", "/openapi.json", &[]).await.json()
}

/// Checks an answer against what the document promises for this call and status.
fn check(document: &Value, method: &str, template: &str, answer: &Answer) {
    let operation = &document["paths"][template][method];
    assert!(operation.is_object(), "{method} {template} is not described");
    let status = answer.status.as_u16().to_string();
    let response = &operation["responses"][&status];
    assert!(response.is_object(), "{method} {template} answers {status}, which is not described");
    if answer.body.is_empty() {
        assert!(response["content"].is_null(), "{method} {template} {status} promises a body");
        return;
    }
    let media_type = answer.header("content-type");
    let schema = &response["content"][media_type]["schema"];
    assert!(schema.is_object(), "{method} {template} {status} does not promise {media_type}");
    let mut whole = json!({ "components": document["components"] });
    for (key, value) in schema.as_object().unwrap() {
        whole[key] = value.clone();
    }
    let validator = jsonschema::validator_for(&whole).unwrap();
    let body = answer.json();
    let errors: Vec<String> =
        validator.iter_errors(&body).map(|error| format!("{} at {}", error, error.instance_path())).collect();
    assert!(errors.is_empty(), "{method} {template} {status}: {errors:?} in {body}");
}

#[tokio::test]
async fn every_call_of_the_contract_is_described_and_nothing_else() {
    let server = TestServer::start().await;
    let document = document(&server).await;
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut described: Vec<String> = Vec::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        described.extend(operations.as_object().unwrap().keys().map(|method| format!("{method} {path}")));
    }
    described.sort();
    let device = "/api/v1.0/me/managedDevices/{id}";
    let mut expected = vec![
        "get /api/v1.0/branding".to_owned(),
        "get /api/v1.0/me".to_owned(),
        "get /api/v1.0/me/managedDevices".to_owned(),
        format!("get {device}"),
        format!("post {device}/resetPasscode"),
        format!("post {device}/actions/{{action}}"),
        format!("get {device}/deviceActionResults/{{resultId}}"),
        format!("post {device}/deviceActionResults/{{resultId}}/cancel"),
        format!("get {device}/temporaryPasscode"),
        format!("get {device}/deviceActionResults/{{resultId}}/issuedSecret"),
        format!("get {device}/deviceCategories"),
        format!("get {device}/compliance"),
        format!("get {device}/apps"),
        "get /api/v1.0/me/notifications".to_owned(),
        "post /api/v1.0/me/notifications/{id}/read".to_owned(),
        "get /api/v1.0/me/events".to_owned(),
        "get /api/v1.0/me/history".to_owned(),
        format!("get {device}/history"),
        format!("post {device}/deviceActionResults/{{resultId}}/reportUnrecognized"),
        "post /api/v1.0/me/revokeSignInSessions".to_owned(),
        "get /healthz".to_owned(),
        "get /readyz".to_owned(),
    ];
    expected.sort();
    assert_eq!(described, expected);
}

#[tokio::test]
async fn every_parameter_has_the_bounds_of_what_is_accepted() {
    let server = TestServer::start().await;
    let document = document(&server).await;
    for (path, operations) in document["paths"].as_object().unwrap() {
        let parameters = operations.as_object().unwrap().values();
        for parameter in
            parameters.flat_map(|operation| operation["parameters"].as_array().into_iter().flatten())
        {
            let (name, schema) = (parameter["name"].as_str().unwrap(), &parameter["schema"]);
            match name {
                "id" | "resultId" | "Idempotency-Key" => {
                    assert!(
                        schema["maxLength"].is_u64() && schema["pattern"].is_string(),
                        "{path} {name}: {schema}"
                    );
                }
                "$top" => assert_eq!(schema["minimum"], 1, "{path}: {schema}"),
                "action" | "$skiptoken" | "If-Match" | "Last-Event-ID" => {}
                _ => panic!("{path}: {name} is new: what does the server accept?"),
            }
        }
    }
    let name = &document["components"]["schemas"]["RenameBody"]["properties"]["name"];
    assert_eq!(name["maxLength"], portal_server::domain::device_name::LONGEST_NAME);
}

#[tokio::test]
async fn the_server_routes_every_described_call() {
    let server = TestServer::start().await;
    for (path, operations) in document(&server).await["paths"].as_object().unwrap() {
        for method in operations.as_object().unwrap().keys() {
            let path = path.replace("{id}", "x").replace("{resultId}", "y");
            let status = server.call(&method.to_uppercase(), &path, &[]).await.status.as_u16();
            assert!(![404, 405].contains(&status), "{method} {path}: {status}");
        }
    }
}

#[tokio::test]
async fn what_the_handlers_answer_is_what_the_document_says() {
    let server = TestServer::start().await;
    let document = document(&server).await;
    let base = "/api/v1.0/me/managedDevices";
    let one = format!("{base}/{{id}}");
    let reset = format!("{one}/resetPasscode");
    let result = format!("{one}/deviceActionResults/{{resultId}}");
    let passcode = format!("{one}/temporaryPasscode");

    check(&document, "get", "/api/v1.0/branding", &server.call("GET", "/api/v1.0/branding", &[]).await);
    check(&document, "get", "/healthz", &server.call("GET", "/healthz", &[]).await);
    check(&document, "get", "/readyz", &server.call("GET", "/readyz", &[]).await);
    check(&document, "get", "/api/v1.0/me", &server.get("p-aiko", "/me").await);
    check(&document, "get", "/api/v1.0/me", &server.call("GET", "/api/v1.0/me", &[]).await);
    for person in ["p-aiko", "p-ben", "p-chiyo", "p-dana", "p-emil", "p-dem"] {
        check(&document, "get", base, &server.get(person, "/me/managedDevices?$top=30").await);
    }
    check(&document, "get", base, &server.get("p-dem", "/me/managedDevices?$top=no").await);

    let accepted = server.reset("p-aiko", "d-aiko-android", "k").await;
    check(&document, "post", &reset, &accepted);
    check(&document, "post", &reset, &server.reset("p-aiko", "d-aiko-android", "k2").await);
    check(&document, "post", &reset, &server.reset("p-aiko", "d-aiko-iphone", "k").await);
    check(&document, "post", &reset, &server.reset_aged("p-aiko", "d-aiko-iphone", "k", 999).await);
    check(&document, "post", &reset, &server.reset("p-chiyo", "d-chiyo-mac", "k").await);
    check(&document, "post", &reset, &server.reset("p-ben", "d-aiko-iphone", "k").await);
    check(
        &document,
        "get",
        &passcode,
        &server.get("p-aiko", "/me/managedDevices/d-aiko-android/temporaryPasscode").await,
    );
    server.pass(10).await;
    let failed = server.reset("p-dana", "d-dana-unlocktoken", "k").await.json();
    server.pass(10).await;

    let id = accepted.json()["id"].as_str().unwrap().to_owned();
    let path = |person: &'static str, device: &str, id: &str| {
        (person, format!("/me/managedDevices/{device}/deviceActionResults/{id}"))
    };
    for (person, path) in [
        path("p-aiko", "d-aiko-android", &id),
        path("p-dana", "d-dana-unlocktoken", failed["id"].as_str().unwrap()),
    ] {
        check(&document, "get", &result, &server.get(person, &path).await);
        let token = format!("Bearer {}", server.token(person, 60));
        let cancel =
            server.call("POST", &format!("/api/v1.0{path}/cancel"), &[("authorization", &token)]).await;
        check(&document, "post", &format!("{result}/cancel"), &cancel);
    }
    check(&document, "get", &one, &server.get("p-aiko", "/me/managedDevices/d-aiko-android").await);
    check(&document, "get", &one, &server.get("p-dana", "/me/managedDevices/d-dana-unlocktoken").await);
    check(&document, "get", &one, &server.get("p-ben", "/me/managedDevices/d-aiko-android").await);
    check(
        &document,
        "get",
        &passcode,
        &server.get("p-aiko", "/me/managedDevices/d-aiko-android/temporaryPasscode").await,
    );
    let compliance = format!("{one}/compliance");
    for (person, id) in [("p-dana", "d-dana-nopolicy"), ("p-aiko", "d-aiko-wp81"), ("p-ben", "d-aiko-wp81")] {
        check(
            &document,
            "get",
            &compliance,
            &server.get(person, &format!("/me/managedDevices/{id}/compliance")).await,
        );
    }
    let apps = format!("{one}/apps");
    for (person, id) in [("p-chiyo", "d-chiyo-windows11"), ("p-ben", "d-chiyo-windows11")] {
        check(&document, "get", &apps, &server.get(person, &format!("/me/managedDevices/{id}/apps")).await);
    }
    let categories = format!("{one}/deviceCategories");
    for path in ["d-dana-normal/deviceCategories", "d-aiko-iphone/deviceCategories"] {
        check(
            &document,
            "get",
            &categories,
            &server.get("p-dana", &format!("/me/managedDevices/{path}")).await,
        );
    }
    let dedicated = server.get("p-chiyo", "/me/managedDevices/d-chiyo-shared-ipad/deviceCategories").await;
    check(&document, "get", &categories, &dedicated);
    let notifications = server.get("p-dana", "/me/notifications").await;
    check(&document, "get", "/api/v1.0/me/notifications", &notifications);
    let id = notifications.json()["value"][0]["id"].as_str().unwrap().to_owned();
    let token = format!("Bearer {}", server.token("p-dana", 60));
    let read = server
        .call("POST", &format!("/api/v1.0/me/notifications/{id}/read"), &[("authorization", &token)])
        .await;
    check(&document, "post", "/api/v1.0/me/notifications/{id}/read", &read);

    for person in ["p-aiko", "p-dana", "p-ben", "p-emil"] {
        check(&document, "get", "/api/v1.0/me/history", &server.get(person, "/me/history?$top=3").await);
    }
    check(&document, "get", "/api/v1.0/me/history", &server.get("p-ben", "/me/history?$top=0").await);
    let history = format!("{one}/history");
    check(
        &document,
        "get",
        &history,
        &server.get("p-dana", "/me/managedDevices/d-dana-unlocktoken/history").await,
    );
    check(
        &document,
        "get",
        &history,
        &server.get("p-ben", "/me/managedDevices/d-dana-unlocktoken/history").await,
    );
    let report = format!("{result}/reportUnrecognized");
    let failed = failed["id"].as_str().unwrap();
    for path in [
        format!("/me/managedDevices/d-dana-unlocktoken/deviceActionResults/{failed}/reportUnrecognized"),
        "/me/managedDevices/d-dana-unlocktoken/deviceActionResults/r-0/reportUnrecognized".to_owned(),
    ] {
        check(&document, "post", &report, &server.post("p-dana", &path).await);
    }
    check(&document, "get", "/api/v1.0/me/events", &server.call("GET", "/api/v1.0/me/events", &[]).await);
    let revoke = "/api/v1.0/me/revokeSignInSessions";
    check(&document, "post", revoke, &server.post("p-dana", "/me/revokeSignInSessions").await);
    check(&document, "post", revoke, &server.post("p-dana", "/me/revokeSignInSessions").await);
}
