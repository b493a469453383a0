//! The tenant's categories of devices (`deviceCategories`), and the one a device is in.

use super::GraphService;
use super::answers::{NoAnswer, is_not_found, text};
use super::calls::error_of;
use super::devices::error_of_answer;
use super::guid::Guid;
use crate::domain::category::Category;
use crate::ports::ServiceError;
use serde_json::Value;

/// How many pages of categories are read at most.
const MOST_PAGES: usize = 5;

/// Where a category is.
pub(super) fn category_path(category: &Guid) -> String {
    format!("/v1.0/deviceManagement/deviceCategories/{category}")
}

/// A category that can be chosen; the one of zeros stands for "none".
fn category(value: &Value) -> Option<Category> {
    Category::read(Guid::parse(text(value, "id"))?.as_str(), text(value, "displayName"))
}

impl GraphService {
    pub(super) async fn all_categories(&self) -> Result<Vec<Category>, ServiceError> {
        let mut url = Some(self.url("/v1.0/deviceManagement/deviceCategories?$select=id,displayName")?);
        let mut all = Vec::new();
        for _ in 0..MOST_PAGES {
            let Some(here) = url.take() else { return Ok(all) };
            let page = self.list_page(here).await?.ok_or_else(|| error_of(NoAnswer::Cut))?;
            all.extend(page.entries.iter().filter_map(category));
            url = page.next;
        }
        Ok(all)
    }

    /// The category a device is in, as Graph calls it; `None` while it is in none.
    pub(super) async fn category_of(&self, device: &Guid) -> Result<Option<String>, ServiceError> {
        let path = format!("/v1.0/deviceManagement/managedDevices/{device}/deviceCategory?$select=id");
        let answer = self.graph.try_get(self.url(&path)?).await.map_err(error_of)?;
        match answer.status {
            200 => {
                let body = answer.body.unwrap_or_default();
                Ok(Guid::parse(text(&body, "id")).map(|guid| guid.as_str().to_owned()))
            }
            404 if is_not_found(&answer) => Ok(None),
            _ => Err(error_of_answer(&answer)),
        }
    }
}
