//! One odd entry never spoils a list: entries that cannot be read are left out with a line in the log, fields that cannot be
//! read are unknown.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "test code fails loudly")]

mod support;

use passcode_portal::api::{decode_device, decode_devices, decode_history, decode_notifications};
use passcode_portal::core::Effect;
use passcode_portal::http::HttpAnswer;
use serde_json::{Value, json};
use support::browser::Browser;
use support::{SERVER, answer, device_json, device_json_with, rfc3339};

const BASE: &str = "/api/v1.0";

/// Odd values: of every kind that none of the fields has, and null.
fn odd() -> Vec<Value> {
    vec![Value::Null, json!(7), json!(true), json!([]), json!({}), json!("")]
}

fn page(entries: &[Value]) -> Result<HttpAnswer, passcode_portal::http::NetworkFault> {
    Ok(answer(200, &json!({ "value": entries })))
}

fn notification(id: &str) -> Value {
    json!({ "id": id, "kind": "passcodeReset", "deviceId": "a", "deviceName": "A", "resultId": "r",
        "actionState": "done", "createdDateTime": rfc3339(SERVER), "isRead": false })
}

fn entry(id: &str) -> Value {
    json!({ "id": id, "occurredDateTime": rfc3339(SERVER), "activity": "actionAccepted", "actor": "person",
        "deviceId": "a", "deviceName": "A", "resultId": "r", "errorCode": "other",
        "client": { "browser": "firefox", "system": "linux", "network": "private" } })
}

#[test]
fn whatever_one_field_of_one_device_is_the_others_are_there_and_it_is_there_too_where_it_has_an_id() {
    let whole = device_json_with("b", &[("run", "failed", Some("deviceRejected"), 10)]);
    for name in whole.as_object().unwrap().keys() {
        for value in odd() {
            let mut device = whole.clone();
            device[name] = value.clone();
            let list = vec![device_json("a"), device.clone(), device_json("c")];
            let read =
                decode_devices(&page(&list), BASE).unwrap_or_else(|e| panic!("{name} = {value}: {e:?}"));
            let ids: Vec<&str> = read.devices.iter().map(|device| device.id.as_str()).collect();
            let expected: &[&str] = match (name == "id", value.is_number()) {
                (true, true) => &["a", "7", "c"],
                (true, false) => &["a", "c"],
                (false, _) => &["a", "b", "c"],
            };
            assert_eq!(ids, expected, "{name} = {value}");
            let is_read = decode_device(&Ok(answer(200, &device))).is_ok();
            assert_eq!(is_read, name != "id" || value.is_number(), "{name} = {value}");
        }
    }
}

#[test]
fn whatever_one_field_of_one_run_is_the_device_is_there() {
    let whole = device_json_with("b", &[("run", "failed", Some("deviceRejected"), 10)]);
    for name in
        ["id", "actionName", "actionState", "startDateTime", "lastUpdatedDateTime", "errorCode", "progress"]
    {
        for value in odd() {
            let mut device = whole.clone();
            device["deviceActionResults"][0][name] = value.clone();
            let read = decode_devices(&page(&[device]), BASE).unwrap();
            assert_eq!(read.devices.len(), 1, "{name} = {value}");
        }
    }
}

#[test]
fn a_number_may_come_as_text_and_a_text_as_number() {
    let mut device = device_json("b");
    for name in ["deviceName", "osVersion", "model", "serialNumber", "deviceCategoryDisplayName"] {
        device[name] = json!(15);
    }
    device["isSupervised"] = json!("true");
    device["actions"]["resetPasscode"]["commandExpiresAfterSeconds"] = json!("600");
    let read = decode_device(&Ok(answer(200, &device))).unwrap();
    let texts = [&read.name, &read.os_version, &read.model, &read.serial_number, &read.category];
    assert_eq!(texts.map(String::as_str), ["15"; 5]);
    assert!(format!("{read:?}").contains("600"), "{read:?}");

    let mut changed = notification("n");
    for name in ["id", "deviceId", "deviceName", "resultId"] {
        changed[name] = json!(15);
    }
    changed["isRead"] = json!("true");
    let read = &decode_notifications(&page(&[changed])).unwrap().items[0];
    assert!(read.id == "15" && read.device_name == "15" && read.is_read, "{read:?}");

    let mut changed = entry("e");
    for name in ["id", "deviceId", "deviceName", "resultId", "reference"] {
        changed[name] = json!(1.50);
    }
    let read = decode_history(&page(&[changed]), BASE).unwrap();
    assert!(format!("{read:?}").contains("1.5"), "as it is written: {read:?}");
    // What is decided by is not guessed: a passcode, a person, an address to go on to.
    assert!(decode_devices(&Ok(answer(200, &json!({ "value": [], "@odata.nextLink": 7 }))), BASE).is_err());
}

#[test]
fn entries_that_are_none_are_counted() {
    for value in odd() {
        let read = decode_devices(&page(&[device_json("a"), value.clone()]), BASE).unwrap();
        assert_eq!((read.devices.len(), read.left_out), (1, 1), "{value}");
        let read = decode_notifications(&page(&[notification("n"), value.clone()])).unwrap();
        assert_eq!((read.items.len(), read.left_out), (1, 1), "{value}");
        let read = decode_history(&page(&[entry("e"), value.clone()]), BASE).unwrap();
        assert_eq!((read.entries.len(), read.left_out), (1, 1), "{value}");
    }
}

#[test]
fn whatever_one_field_of_a_notification_or_of_an_entry_of_the_history_is_the_others_are_there() {
    for name in notification("n").as_object().unwrap().keys() {
        for value in odd() {
            let mut changed = notification("odd");
            changed[name] = value.clone();
            let read = decode_notifications(&page(&[notification("n"), changed])).unwrap();
            assert!(read.items.iter().any(|one| one.id == "n"), "{name} = {value}");
        }
    }
    for name in entry("e").as_object().unwrap().keys() {
        for value in odd() {
            let mut changed = entry("odd");
            changed[name] = value.clone();
            let read = decode_history(&page(&[entry("e"), changed]), BASE).unwrap();
            let is_name = value.is_string() || value.is_number();
            let expected = if name == "id" && !is_name { 1 } else { 2 };
            assert_eq!(read.entries.len(), expected, "{name} = {value}");
        }
    }
}

#[test]
fn a_list_that_is_none_and_a_way_on_that_is_none_are_refused() {
    for value in odd() {
        if !value.is_array() {
            assert!(decode_devices(&Ok(answer(200, &json!({ "value": value }))), BASE).is_err(), "{value}");
        }
        // What cannot be followed would hide devices.
        if !value.is_null() {
            let page = json!({ "value": [], "@odata.nextLink": value });
            assert!(decode_devices(&Ok(answer(200, &page)), BASE).is_err(), "{value}");
        }
    }
}

#[test]
fn the_log_says_that_something_was_left_out() {
    let mut browser = Browser::sign_in_at("/devices");
    browser.answer("/managedDevices", page(&[device_json("a"), json!(7)]));
    let is_said =
        |effect: &Effect| matches!(effect, Effect::Log(entry) if entry.code == "api.entry_left_out");
    assert!(browser.log.iter().any(is_said), "{:?}", browser.log);
    assert_eq!(browser.model.features.devices.list.all().len(), 1);
}

#[test]
fn a_list_of_which_nothing_can_be_read_is_no_empty_list() {
    for entries in
        [vec![json!({ "id": true })], vec![json!(null), json!("x")], vec![device_json_with("", &[])]]
    {
        assert!(decode_devices(&page(&entries), BASE).is_err(), "{entries:?}");
    }
    assert!(decode_history(&page(&[json!(1)]), BASE).is_err());
    assert!(decode_notifications(&page(&[json!(1)])).is_err());
    assert!(decode_devices(&page(&[]), BASE).is_ok_and(|page| page.devices.is_empty()));
}
