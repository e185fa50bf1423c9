//! The rows that upstream has: SUMMARY, DEVS, POOLS.

use gssa_wire::{Count, Endpoint, Field};

use super::rates::Rates;
use super::row::row;

row! {
    /// SUMMARY.
    SummaryRow {
        /// Seconds since the mining program started.
        elapsed: Count = "Elapsed",
        rates: Rates = ..,
        accepted: Count = "Accepted",
        rejected: Count = "Rejected",
        stale: Count = "Stale",
        hardware_errors: Count = "Hardware Errors",
        found_blocks: Count = "Found Blocks",
        best_share: f64 = "Best Share",
        /// Percent.
        device_hardware: f64 = "Device Hardware%",
    }
}

row! {
    /// POOLS. The password that newer firmware of Avalon Q adds is not read.
    PoolRow {
        pool: Count = "POOL",
        url: Endpoint = "URL",
        status: String = "Status",
        /// Lower is preferred; a firmware's own fee shows 993, 9998, 9999.
        priority: Count = "Priority",
        /// `LuxOS`: pools of one group fail over, the groups share the work.
        group: Count = "GROUP",
        user: String = "User",
        accepted: Count = "Accepted",
        rejected: Count = "Rejected",
        stale: Count = "Stale",
        stratum_active: bool = "Stratum Active",
        stratum_difficulty: f64 = "Stratum Difficulty",
        /// Bitmain: `"524K"`.
        diff: f64 = "Diff",
        work_difficulty: f64 = "Work Difficulty",
        best_share: f64 = "Best Share",
    }
}

row! {
    /// DEVS: a hash board, or the whole machine on Bitmain and Avalon.
    DevRow {
        index: Count = "ASC" | "PGA" | "GPU",
        id: Count = "ID",
        enabled: bool = "Enabled",
        status: String = "Status",
        /// °C; 0 where the driver does not fill it, -273 for no sensor.
        temperature: f64 = "Temperature",
        rates: Rates = ..,
        hardware_errors: Count = "Hardware Errors",
        /// MH/s: Braiins OS, `LuxOS`.
        nominal_mhs: f64 = "Nominal MHS",
        /// MHz.
        frequency: f64 = "Chip Frequency" | "Frequency",
        // Whatsminer, °C.
        effective_chips: Count = "Effective Chips",
        chip_temp_min: f64 = "Chip Temp Min",
        chip_temp_max: f64 = "Chip Temp Max",
        chip_temp_avg: f64 = "Chip Temp Avg",
    }
}

row! {
    /// FANS: Braiins OS, `LuxOS`.
    FanRow {
        id: Count = "ID",
        rpm: f64 = "RPM",
        /// Percent.
        speed: f64 = "Speed",
    }
}

row! {
    /// TEMPS: the board and its chips on Braiins OS, four corners on `LuxOS`; °C, 0 for no sensor.
    TempRow {
        id: Count = "ID",
        board: f64 = "Board",
        chip: f64 = "Chip",
        top_left: f64 = "TopLeft",
        top_right: f64 = "TopRight",
        bottom_left: f64 = "BottomLeft",
        bottom_right: f64 = "BottomRight",
    }
}

row! {
    /// POWER: `LuxOS`.
    PowerRow {
        watts: f64 = "Watts",
    }
}

row! {
    /// COIN.
    CoinRow {
        hash_method: String = "Hash Method",
    }
}

/// A count as a number.
pub(crate) fn count(field: &Field<Count>) -> Option<u64> {
    field.get().map(|count| count.0)
}
