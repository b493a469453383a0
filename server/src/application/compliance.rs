//! Whether a device meets the rules, and which it does not.

use super::{DeviceCall, Portal, Refusal};
use crate::domain::compliance::{FailingRule, access};
use portal_contract::DeviceCompliance;

impl Portal {
    /// How a device stands with the organisation's rules.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for an unknown, malformed or foreign identifier; [`Refusal::Unavailable`].
    pub async fn compliance(&self, call: &DeviceCall) -> Result<DeviceCompliance, Refusal> {
        let person = call.sign_in.person();
        let device = self.own_device(person, call.device.as_ref()).await?;
        let report = self.parts.services.compliance(person, &device.id).await?;
        let state = device.compliance_state;
        let (access, until) = access(state, device.compliance_grace_period_expiration, self.now());
        Ok(DeviceCompliance {
            access,
            compliance_state: state,
            allowed_until_date_time: until,
            last_checked_date_time: report.checked.unwrap_or(device.last_sync),
            failing_rules: report.failing.into_iter().map(shown).collect(),
        })
    }
}

fn shown(rule: FailingRule) -> portal_contract::FailingRule {
    portal_contract::FailingRule {
        code: rule.code,
        title: rule.title,
        detail: rule.detail,
        policy_name: rule.policy,
    }
}
