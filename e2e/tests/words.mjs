// What the tests call things, and which message of the product that is. The one place to change when a key is renamed.

import { pattern } from './support/messages.mjs';

const KEYS = {
  // signing in and out
  signIn: 'sign_in.button',
  signOut: 'session.sign_out',
  signInRetry: 'sign_in.again',
  signInAgain: 'explain.sign_out',
  startAgain: 'expired.button',
  expired: 'expired.heading',
  wrongPerson: 'wrong_person.heading',
  signInCancelled: 'cancelled.heading',
  stepUpFailed: 'step_up_failed.heading',
  signInProblem: 'sign_in_problem.heading',
  providerDown: 'sign_in_problem.unreachable_text',
  browserUnfit: 'sign_in_problem.browser_text',
  // devices
  languageChoice: 'language_switch.label',
  languageMissing: 'language_switch.missing',
  backToDevices: 'app.back_to_devices',
  noDevices: 'devices.empty_heading',
  noMatch: 'devices.none_found_heading',
  showMore: 'devices.show_more',
  deviceGone: 'device.gone_heading',
  notFound: 'not_found.heading',
  // the reset
  resetPasscode: 'reset.command',
  showState: 'reset.show_state',
  cancel: 'app.cancel',
  confirmReset: 'confirm.button',
  pending: 'pending.heading',
  done: 'done.heading',
  failed: 'failure.heading',
  superseded: 'superseded.heading',
  outcomeUnknown: 'outcome_unknown.heading',
  retryReset: 'outcome_unknown.button',
  resetRejected: 'rejected.heading',
  resetGone: 'gone.heading',
  busy: 'busy.heading',
  // the temporary passcode
  showPasscode: 'passcode.show',
  hidePasscode: 'passcode.hide',
  copyPasscode: 'passcode.copy',
  copied: 'passcode.copied',
  // around it
  retry: 'app.retry',
  flag: 'notifications.flag',
  flagCount: 'notifications.flag_count',
  notificationDone: 'notifications.done',
  allNotifications: 'notifications.show_all',
};

/** Why a reset is not possible, by the code of the API. */
const REASONS = {
  androidForbidsSince7: 'refusal.android_forbids_why',
  personallyOwnedWorkProfile: 'refusal.work_profile_why',
  organizationPolicy: 'refusal.organisation_why',
  resetTokenInactive: 'refusal.token_inactive_why',
  dedicatedDevice: 'refusal.dedicated_why',
  appleUserEnrollment: 'refusal.user_enrollment_why',
  sharedIpad: 'refusal.shared_ipad_why',
  osVersionTooOld: 'refusal.os_too_old_why',
  windowsPc: 'refusal.windows_pc_why',
  macRecoveryKey: 'refusal.mac_why',
  platformNotSupported: 'refusal.platform_why',
  notPrimaryUser: 'refusal.not_primary_user_why',
  deviceEnrollmentManager: 'refusal.enrollment_manager_why',
  eraseOrRetirePending: 'refusal.erase_pending_why',
  notOfferedByService: 'reset.not_offered_why',
  workProfilePasscodeOnly: 'refusal.profile_only_why',
  unlockTokenMissing: 'refusal.unlock_key_why',
  noPasscodeOnDevice: 'refusal.no_passcode_why',
};

/** The message that explains a reason of the API. */
export function keyOfReason(reason) {
  const key = REASONS[reason];
  if (!key) throw new Error(`words.mjs knows no reason "${reason}"`);
  return key;
}

function keyOf(name) {
  const key = KEYS[name] ?? (name.includes('.') ? name : undefined);
  if (!key) throw new Error(`words.mjs knows no "${name}"`);
  return key;
}

/** A message of the interface as a pattern, somewhere in a text; placeholders match anything. */
export function saying(language, name) {
  return pattern(language, keyOf(name));
}

/** The same as the whole of a name, so that "Reset passcode" is not "Reset passcode of ...". */
export function named(language, name) {
  return new RegExp(`^\\s*(?:${saying(language, name).source})\\s*$`);
}
