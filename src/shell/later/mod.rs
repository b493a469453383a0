//! Effects that only later screens demand (`app/later_rules.rs`): performed here, so that their code comes with those
//! screens. The build puts this folder into the later part of the module (`docs/adr/0013-module-in-two-parts.md`).

use super::Inner;
use super::perform::{console_debug, dispatch};
use crate::app::Event;
use crate::browser::{clipboard, download, print, selection, speech, system_notification};
use crate::core::Effect;
use crate::features::actions::SystemNotifications;
use crate::features::{actions, passcode};
use leptos::task::spawn_local;
use std::cell::RefCell;
use std::rc::Weak;

/// Where the shown passcode stands (`components/code.rs`).
const SHOWN_PASSCODE: &str = "output.code";

/// Performs one of them. Any other effect is performed by the shell itself.
pub(super) fn perform(shell: &Weak<Inner>, reading: &RefCell<Option<speech::Reading>>, effect: Effect) {
    let shell = shell.clone();
    if let Effect::AskForSystemNotifications = effect {
        spawn_local(async move {
            let answer = if system_notification::ask().await {
                SystemNotifications::Allowed
            } else {
                SystemNotifications::Refused
            };
            dispatch(&shell, Event::Actions(actions::Event::SystemNotificationsAnswered(answer)));
        });
    } else if let Effect::SaveFile { name, content } = effect {
        if !download::save(&name, &content) {
            console_debug("download.refused", "history");
        }
    } else if let Effect::CopyText(text) = effect {
        spawn_local(async move {
            let copied = clipboard::copy(text.reveal()).await;
            dispatch(&shell, Event::Passcode(passcode::Event::CopyFinished { copied }));
        });
    } else if let Effect::SelectPasscode = effect {
        selection::select(SHOWN_PASSCODE);
    } else if let Effect::ReadAloud { reading: id, spoken } = effect {
        let ended = move || dispatch(&shell, Event::Passcode(passcode::Event::ReadAloudEnded(id)));
        reading.replace(speech::read(&spoken, ended));
    } else if let Effect::PrintPage = effect {
        print::open_dialog();
    }
}
