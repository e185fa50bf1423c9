//! The hashing chips, as the firmware knows them.

/// A chip of Bitmain's 13xx family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Chip {
    Bm1397,
    Bm1366,
    Bm1368,
    Bm1370,
}

impl Chip {
    /// The name in `ASICModel`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Bm1397 => "BM1397",
            Self::Bm1366 => "BM1366",
            Self::Bm1368 => "BM1368",
            Self::Bm1370 => "BM1370",
        }
    }

    /// `smallCoreCount`: hashes per clock cycle.
    pub(crate) const fn small_cores(self) -> u32 {
        match self {
            Self::Bm1397 => 672,
            Self::Bm1366 => 894,
            Self::Bm1368 => 1276,
            Self::Bm1370 => 2040,
        }
    }

    /// `hashDomains`: sub-counters per chip.
    pub(crate) const fn hash_domains(self) -> u32 {
        match self {
            Self::Bm1397 => 1,
            _ => 4,
        }
    }

    /// Factory frequency (MHz) and core voltage (mV).
    pub(crate) const fn defaults(self) -> (u32, u32) {
        match self {
            Self::Bm1397 => (425, 1400),
            Self::Bm1366 => (485, 1200),
            Self::Bm1368 => (490, 1166),
            Self::Bm1370 => (525, 1150),
        }
    }

    /// Frequencies (MHz) that the device's page offers.
    pub(crate) const fn frequency_options(self) -> &'static [u32] {
        match self {
            Self::Bm1397 => &[400, 425, 450, 475, 485, 500, 525, 550, 575, 600],
            Self::Bm1366 => &[400, 425, 450, 475, 485, 500, 525, 550, 575],
            Self::Bm1368 => &[400, 425, 450, 475, 485, 490, 500, 525, 550, 575],
            Self::Bm1370 => &[400, 490, 525, 550, 600, 625],
        }
    }

    /// Core voltages (mV) that the device's page offers.
    pub(crate) const fn voltage_options(self) -> &'static [u32] {
        match self {
            Self::Bm1397 => &[1100, 1150, 1200, 1250, 1300, 1350, 1400, 1450, 1500],
            Self::Bm1366 => &[1100, 1150, 1200, 1250, 1300],
            Self::Bm1368 => &[1100, 1150, 1166, 1200, 1250, 1300],
            Self::Bm1370 => &[1000, 1060, 1100, 1150, 1200, 1250],
        }
    }
}
