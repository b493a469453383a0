//! Randomness.

/// The source failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RandomnessError;

/// A cryptographic source of random bytes.
pub trait Randomness: Send + Sync {
    /// Fills the buffer.
    ///
    /// # Errors
    /// [`RandomnessError`] when the machine has none to give.
    fn fill(&self, buffer: &mut [u8]) -> Result<(), RandomnessError>;
}
