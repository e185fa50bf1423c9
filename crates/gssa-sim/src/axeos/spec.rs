//! One device of the family.

use super::Model;
use crate::Spec;
use crate::axeos::profile::Shape;

/// One device of the AxeOS family.
pub type DeviceSpec = Spec<Model>;

impl DeviceSpec {
    /// The host name.
    pub fn hostname(&self) -> String {
        let stem = match self.model.profile().shape {
            Shape::Bitaxe(_) => "bitaxe",
            Shape::Tch(_) => "suprahex",
            Shape::Nerd(_) | Shape::NerdDual(_) => "nerdqaxe",
            Shape::NmFlat | Shape::NmRenamed | Shape::NmNested => "NMAxe",
            Shape::BitForge(_) => "BitForge",
        };
        format!("{stem}_{:04x}", self.number)
    }

    /// The worker's name at the pool.
    pub fn worker(&self) -> String {
        let wallet =
            self.pool.as_ref().map_or("bc1qsimulated0simulated0simulated0simulated", |pool| pool.wallet.as_str());
        format!("{wallet}.{}", self.hostname())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_gives_a_mac_and_a_host_name() {
        let spec = DeviceSpec::new(Model::GammaV2_12_2, 0x1_0203);
        assert_eq!((spec.mac().as_str(), spec.hostname().as_str()), ("02:5A:17:01:02:03", "bitaxe_10203"));
    }
}
