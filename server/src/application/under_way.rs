//! Which runs this process works on at this moment, and how many of each service.

use crate::domain::action_run::ActionRun;
use crate::domain::ids::ResultId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The runs under way; a clone is the same.
#[derive(Clone, Default)]
pub(super) struct UnderWay(Arc<Mutex<HashMap<ResultId, Option<String>>>>);

/// One run under way, until it is dropped.
pub(super) struct Step {
    under_way: UnderWay,
    run: ResultId,
}

impl UnderWay {
    fn lock(&self) -> MutexGuard<'_, HashMap<ResultId, Option<String>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn enter(&self, run: &ActionRun) -> Step {
        let service = run.device.of_service().0.map(str::to_owned);
        self.lock().insert(run.id.clone(), service);
        Step { under_way: self.clone(), run: run.id.clone() }
    }

    pub(super) fn runs(&self) -> Vec<ResultId> {
        self.lock().keys().cloned().collect()
    }

    pub(super) fn of_service(&self, service: Option<&str>) -> u32 {
        let number = self.lock().values().filter(|one| one.as_deref() == service).count();
        u32::try_from(number).unwrap_or(u32::MAX)
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        self.under_way.lock().remove(&self.run);
    }
}
