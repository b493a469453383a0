//! The applications that Intune found on a device (`detectedApps`): on a person's own device those the organisation manages, on one of the
//! organisation's all. Only Graph's beta has them by device.

use super::GraphService;
use super::answers::text;
use super::guid::Guid;
use crate::domain::app::{App, MOST_APPS};
use crate::ports::ServiceError;
use serde_json::Value;

/// How many pages are read at most.
const MOST_PAGES: usize = 20;

fn app(value: &Value) -> Option<App> {
    let [id, name, version, publisher] =
        ["id", "displayName", "version", "publisher"].map(|name| text(value, name));
    App::installed(id, name, version, publisher)
}

impl GraphService {
    pub(super) async fn detected_apps(&self, device: &Guid) -> Result<Vec<App>, ServiceError> {
        let path = format!(
            "/beta/deviceManagement/managedDevices/{device}/detectedApps?$select=id,displayName,version,publisher"
        );
        let mut url = Some(self.url(&path)?);
        let mut all = Vec::new();
        for _ in 0..MOST_PAGES {
            let Some(here) = url.take().filter(|_| all.len() < MOST_APPS) else { break };
            let Some(page) = self.list_page(here).await? else { break };
            all.extend(page.entries.iter().filter_map(app));
            url = page.next;
        }
        Ok(all)
    }
}
