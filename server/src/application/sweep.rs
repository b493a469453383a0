//! Erasing and forgetting what has expired.

use super::{Portal, Refusal};

impl Portal {
    /// Erases expired passcodes and forgets old idempotency keys and changes. Says how many passcodes it erased.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`]; the next sweep tries again.
    pub async fn sweep(&self) -> Result<u64, Refusal> {
        let erased = self.parts.store.sweep(self.now()).await?;
        if erased > 0 {
            tracing::info!(erased, "temporary passcodes expired and were erased");
        }
        Ok(erased)
    }
}
