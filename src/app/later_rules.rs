//! Doors to the rules that only later screens can set off, so that their code comes with those screens.
//!
//! The build puts what is reached through a function of this file alone into the later part of the module
//! (`docs/adr/0013-module-in-two-parts.md`). That is safe for an event that only a later screen dispatches, and for the
//! answer to what such an event asked for: the screen cannot be there without its part. Everything that a start, a
//! return from the provider, a timer or another tab can lead to stays out of here.

use super::turn::Turn;
use super::{Answer, FetchId, HistoryScope, SpokenPasscode, SystemNotifications, Verdict};
use crate::api::NextLink;
use crate::domain::{Action, ChecklistStep, DeviceId, ResultId};
use crate::http::HttpOutcome;

pub(super) fn factor_answered(turn: &mut Turn, answer: Answer) {
    turn.on_factor_answered(answer);
}

pub(super) fn at_hand_answered(turn: &mut Turn, answer: Answer) {
    turn.on_at_hand_answered(answer);
}

pub(super) fn action_chosen(turn: &mut Turn, (device, action): (&DeviceId, Action)) {
    turn.on_action_chosen(device, action);
}

pub(super) fn action_confirmed(turn: &mut Turn, (device, action): (&DeviceId, Action)) {
    turn.on_action_confirmed(device, action);
}

pub(super) fn action_cancelled(turn: &mut Turn, (device, action): (&DeviceId, Action)) {
    turn.on_action_cancelled(device, action);
}

pub(super) fn name_submitted(turn: &mut Turn, (device, text): (&DeviceId, &str)) {
    turn.on_name_submitted(device, text);
}

pub(super) fn action_answered(turn: &mut Turn, (device, action, outcome): (&DeviceId, Action, &HttpOutcome)) {
    turn.on_action_answered(device, action, outcome);
}

pub(super) fn cancel_asked(turn: &mut Turn, (): ()) {
    turn.on_cancel_asked();
}

pub(super) fn cancel_dropped(turn: &mut Turn, (): ()) {
    turn.on_cancel_dropped();
}

pub(super) fn cancel_answered(turn: &mut Turn, (device, outcome): (DeviceId, &HttpOutcome)) {
    turn.on_cancel_answered(device, outcome);
}

pub(super) fn tell_me_chosen(turn: &mut Turn, (): ()) {
    turn.on_tell_me_chosen();
}

pub(super) fn system_notifications_answered(turn: &mut Turn, answer: SystemNotifications) {
    turn.on_system_notifications_answered(answer);
}

pub(super) fn copy_chosen(turn: &mut Turn, (): ()) {
    turn.on_passcode_copy_chosen();
}

pub(super) fn copy_finished(turn: &mut Turn, copied: bool) {
    turn.on_passcode_copy_finished(copied);
}

pub(super) fn qr_code_toggled(turn: &mut Turn, (): ()) {
    turn.on_qr_code_toggled();
}

pub(super) const fn paper_toggled(turn: &mut Turn, (): ()) {
    turn.on_paper_toggled();
}

pub(super) fn read_aloud_chosen(turn: &mut Turn, spoken: SpokenPasscode) {
    turn.on_read_aloud_chosen(spoken);
}

pub(super) fn step_ticked(turn: &mut Turn, (result, step): (&str, ChecklistStep)) {
    turn.on_step_ticked(result, step);
}

pub(super) fn verdict_given(turn: &mut Turn, (result, verdict): (String, Verdict)) {
    turn.on_verdict_given(result, verdict);
}

pub(super) fn history_fetched(
    turn: &mut Turn,
    (scope, asked, id, outcome): (&HistoryScope, Option<&NextLink>, &FetchId, &HttpOutcome),
) {
    turn.on_history_fetched(scope, asked, id, outcome);
}

pub(super) fn more_history_chosen(turn: &mut Turn, (): ()) {
    turn.on_more_history_chosen();
}

pub(super) fn history_download_chosen(turn: &mut Turn, (): ()) {
    turn.on_history_download_chosen();
}

pub(super) fn history_table_written(turn: &mut Turn, (name, content): (String, String)) {
    turn.on_history_table_written(name, content);
}

pub(super) fn report_chosen(turn: &mut Turn, (): ()) {
    turn.on_report_chosen();
}

pub(super) fn report_answered(turn: &mut Turn, (result, outcome): (&ResultId, &HttpOutcome)) {
    turn.on_report_answered(result, outcome);
}

pub(super) fn sign_out_everywhere_chosen(turn: &mut Turn, (): ()) {
    turn.on_sign_out_everywhere_chosen();
}

pub(super) fn sessions_revoked(turn: &mut Turn, outcome: &HttpOutcome) {
    turn.on_sessions_revoked(outcome);
}
