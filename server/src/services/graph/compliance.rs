//! The rules that a device does not meet (`deviceCompliancePolicyStates`).

use super::GraphService;
use super::guid::Guid;
use crate::domain::compliance::{ComplianceReport, FailingRule};
use crate::ports::ServiceError;
use serde::Deserialize;

/// How many pages of policies are read at most.
const MOST_PAGES: usize = 5;
/// Of how many policies the settings are asked for one by one.
const ASKED_ONE_BY_ONE: usize = 10;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct PolicyWire {
    id: Option<String>,
    display_name: Option<String>,
    state: Option<String>,
    setting_states: Option<Vec<SettingWire>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct SettingWire {
    setting: Option<String>,
    setting_name: Option<String>,
    instance_display_name: Option<String>,
    state: Option<String>,
    error_description: Option<String>,
    user_id: Option<String>,
}

/// Whether a state (`complianceStatus`) is one of a rule that is not met. A word nobody knows is none.
fn is_failing(state: Option<&str>) -> bool {
    matches!(state, Some("nonCompliant" | "error" | "conflict"))
}

impl SettingWire {
    /// A setting is the device's, or one person's; somebody else's is nothing to tell.
    fn is_of(&self, person: &Guid) -> bool {
        let user = self.user_id.as_deref().and_then(Guid::parse);
        user.is_none_or(|user| user == *person)
    }
}

/// The rules of a policy that are not met. One that is not met as a whole and names none is a rule itself.
fn failing(policy: &PolicyWire, person: &Guid) -> Vec<FailingRule> {
    let name = policy.display_name.as_deref().unwrap_or_default();
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let settings = policy.setting_states.iter().flatten();
    let rules: Vec<FailingRule> = settings
        .filter(|one| is_failing(one.state.as_deref()) && one.is_of(person))
        .filter_map(|one| {
            let title = [&one.setting_name, &one.instance_display_name].map(text);
            let title = title.into_iter().find(|title| !title.trim().is_empty()).unwrap_or_default();
            FailingRule::read(&text(&one.setting), &title, &text(&one.error_description), name)
        })
        .collect();
    if rules.is_empty() && is_failing(policy.state.as_deref()) {
        return FailingRule::read(policy.state.as_deref().unwrap_or_default(), name, "", name)
            .into_iter()
            .collect();
    }
    rules
}

impl GraphService {
    pub(super) async fn failing_rules(
        &self,
        person: &Guid,
        device: &Guid,
    ) -> Result<ComplianceReport, ServiceError> {
        let list = format!("/v1.0/deviceManagement/managedDevices/{device}/deviceCompliancePolicyStates");
        let mut url = Some(self.url(&list)?);
        let mut rules = Vec::new();
        let mut left = ASKED_ONE_BY_ONE;
        for _ in 0..MOST_PAGES {
            let Some(here) = url.take() else { break };
            let Some(page) = self.list_page(here).await? else { return Ok(ComplianceReport::default()) };
            for one in page.entries {
                let Ok(mut policy) = serde_json::from_value::<PolicyWire>(one) else { continue };
                let names_none = policy.setting_states.as_ref().is_none_or(Vec::is_empty);
                if is_failing(policy.state.as_deref()) && names_none && left > 0 {
                    left -= 1;
                    policy = self.whole_policy(&list, policy).await;
                }
                rules.extend(failing(&policy, person));
            }
            url = page.next;
        }
        Ok(ComplianceReport::of(rules, None))
    }

    /// A policy with its settings, which lists leave out; without them where they cannot be had.
    async fn whole_policy(&self, list: &str, policy: PolicyWire) -> PolicyWire {
        let id = policy.id.as_deref().and_then(Guid::parse);
        let Some(url) = id.and_then(|id| self.url(&format!("{list}/{id}")).ok()) else { return policy };
        let answer = self.graph.try_get(url).await.ok().filter(|answer| answer.status == 200);
        let whole = answer.and_then(|answer| serde_json::from_value(answer.body?).ok());
        whole.unwrap_or(policy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const PERSON: &str = "3f1d6c3e-4f0b-4a5e-9f60-0d7a1c2b3e4f";

    fn told(policy: Value) -> Vec<(String, String)> {
        let rules = failing(&serde_json::from_value(policy).unwrap(), &Guid::parse(PERSON).unwrap());
        rules.into_iter().map(|rule| (rule.code, rule.title)).collect()
    }

    #[test]
    fn what_is_met_and_what_is_somebody_elses_is_not_told() {
        let setting = |code: &str, state: &str, user: Value| json!({ "setting": code, "settingName": code, "state": state, "userId": user });
        let policy = json!({ "displayName": "PCs", "state": "nonCompliant", "settingStates": [
            setting("met", "compliant", json!(null)), setting("repaired", "remediated", json!(null)),
            setting("other", "nonCompliant", json!("00000000-0000-4000-8000-0000000000ff")),
            setting("future", "quantum", json!(null)), setting("own", "nonCompliant", json!(PERSON)),
            setting("whole", "error", json!("00000000-0000-0000-0000-000000000000")),
            setting("both", "conflict", json!(null)), json!({ "state": "nonCompliant" })
        ] });
        let codes: Vec<String> = told(policy).into_iter().map(|(code, _)| code).collect();
        assert_eq!(codes, ["own", "whole", "both"]);
    }

    #[test]
    fn a_policy_that_names_no_rule_is_one() {
        let policy = json!({ "displayName": "PCs", "state": "nonCompliant", "settingStates": [] });
        assert_eq!(told(policy), [("nonCompliant".to_owned(), "PCs".to_owned())]);
        assert_eq!(told(json!({ "displayName": "PCs", "state": "compliant" })), []);
        assert_eq!(told(json!({ "displayName": null, "state": null, "settingStates": null })), []);
    }
}
