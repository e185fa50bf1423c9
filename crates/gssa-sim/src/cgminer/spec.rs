//! One device of the family.

use super::Model;
use crate::Spec;

/// One device with the cgminer API.
pub type DeviceSpec = Spec<Model>;

impl DeviceSpec {
    /// Serial number: the number in its last eight digits.
    pub fn serial(&self) -> String {
        format!("SIM{:08}", self.number)
    }

    /// Id of the control board, sixteen hexadecimal digits.
    pub fn chip_id(&self) -> String {
        format!("5a17{:012x}", u64::from(self.number))
    }

    /// The worker's name at the pool.
    pub fn worker(&self) -> String {
        let wallet = self.pool.as_ref().map_or("simulated", |pool| pool.wallet.as_str());
        format!("{wallet}.worker{}", self.number)
    }
}
