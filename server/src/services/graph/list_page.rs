//! One page of a list of Graph's: its entries, and where it goes on (`@odata.nextLink`).

use super::GraphService;
use super::answers::{NoAnswer, is_not_found};
use super::calls::error_of;
use super::devices::error_of_answer;
use crate::ports::ServiceError;
use reqwest::Url;
use serde_json::Value;

pub(super) struct ListPage {
    pub(super) entries: Vec<Value>,
    /// Where the next one is, at Graph's own address; `None` after the last.
    pub(super) next: Option<Url>,
}

impl GraphService {
    /// Asks for a page; `None` where Graph says that what the list is of does not exist. A refusal is no fault of the whole
    /// service.
    pub(super) async fn list_page(&self, here: Url) -> Result<Option<ListPage>, ServiceError> {
        let answer = self.graph.try_get(here).await.map_err(error_of)?;
        let mut body = match answer.status {
            200 => answer.body.unwrap_or_default(),
            404 if is_not_found(&answer) => return Ok(None),
            _ => return Err(error_of_answer(&answer)),
        };
        let next = self.graph.next_page(&body).map_err(error_of)?;
        match body.get_mut("value").map(Value::take) {
            Some(Value::Array(entries)) => Ok(Some(ListPage { entries, next })),
            _ => Err(error_of(NoAnswer::Cut)),
        }
    }
}
