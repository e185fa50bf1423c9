//! One module as its MM string tells it, in the vendor's units.

use gssa_model::{Gap, text};

use super::mm::Items;
use crate::wire::scalar::from_si;

/// No sensor.
const NO_SENSOR: f64 = -273.0;

/// The most numbers of one list: 342 chips are the most that one machine of the captures has.
const MAX_NUMBERS: usize = 1024;

/// No Avalon has more boards.
const MAX_BOARDS: usize = 16;

/// No Avalon has more fans.
const MAX_FANS: usize = 16;

/// A module: one machine, or one of the miners of a stack. Network names are in the string and not in here.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Module {
    /// Model and firmware: `1346-110-24041001_08b0955`.
    pub(super) ver: Option<String>,
    pub(super) dna: Option<String>,
    /// The identity of a Nano 3, whose DNA is all zeros (`Schnitzel/hass-miner#458`).
    pub(super) hdna: Option<String>,
    pub(super) work: Option<Work>,
    pub(super) hash_boards: Option<u32>,
    pub(super) elapsed_secs: Option<f64>,
    /// Reason of a soft-off; 0 is running.
    pub(super) soft_off: Option<f64>,
    /// Wrong results, by board and together.
    pub(super) board_errors: Vec<f64>,
    pub(super) errors: Option<f64>,
    /// Percent, since the start.
    pub(super) error_percent: Option<f64>,
    // °C
    pub(super) inlet: Option<f64>,
    pub(super) outlet: Option<f64>,
    pub(super) boards_celsius: Vec<f64>,
    pub(super) hottest_chip: Option<f64>,
    pub(super) mean_chip: Option<f64>,
    pub(super) board_hottest_chip: Vec<f64>,
    pub(super) board_mean_chip: Vec<f64>,
    /// By board, each chip.
    pub(super) chips_celsius: Vec<(u32, Vec<f64>)>,
    /// By fan number, rpm.
    pub(super) fans_rpm: Vec<(u32, f64)>,
    pub(super) fan_percent: Option<f64>,
    // Electrical
    /// `PS`, whose places differ by model.
    pub(super) supply: Vec<f64>,
    pub(super) wall_watts: Option<f64>,
    /// The limit of the mode, W.
    pub(super) limit_watts: Option<f64>,
    /// 0.01 V.
    pub(super) input_centivolts: Vec<f64>,
    /// By chip or board, mV.
    pub(super) chip_millivolts: Vec<f64>,
    pub(super) mean_millivolts: Vec<f64>,
    pub(super) mhz: Option<f64>,
    // GH/s
    pub(super) now_ghs: Option<f64>,
    pub(super) ideal_ghs: Option<f64>,
    pub(super) average_ghs: Option<f64>,
    pub(super) board_average_ghs: Vec<f64>,
    pub(super) chips: Option<f64>,
    pub(super) chip: Option<String>,
    // Masks
    pub(super) board_faults: Vec<f64>,
    pub(super) controller_faults: Option<f64>,
    pub(super) fan_faults: Option<f64>,
    pub(super) supply_status: Option<f64>,
    pub(super) board_status: Vec<f64>,
    pub(super) ping_ms: Option<f64>,
    pub(super) rssi_dbm: Option<f64>,
    /// What could not be read.
    pub(super) gaps: Vec<Gap>,
}

/// What SYSTEMSTATU says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Work {
    Starting,
    Working,
    Idle,
    Fault,
}

impl Module {
    /// Reads the MM string and, on Avalon Q, the texts of the boards beside it.
    pub(super) fn read(string: &str, boards: &[&str]) -> Self {
        let items = Items::parse(string);
        let beside: Vec<Items<'_>> = boards.iter().map(|text| Items::parse(text)).collect();
        let everywhere = || std::iter::once(&items).chain(&beside);
        let mut gaps = Vec::new();
        let mut number = |key: &str| number(&items, key, &mut gaps);
        let list = |key: &str| items.get(key).map(numbers).unwrap_or_default();
        let by_board = |key: &str| {
            let mut list = list(key);
            list.truncate(MAX_BOARDS);
            list
        };
        let words = |key: &str| items.get(key).and_then(text::clean);
        let status = items.get("SYSTEMSTATU");
        Self {
            ver: words("Ver"),
            dna: words("DNA").filter(|text| is_identity(text)),
            hdna: words("HDNA").filter(|text| is_identity(text)),
            work: status.and_then(work),
            hash_boards: status.and_then(hash_boards),
            elapsed_secs: number("Elapsed"),
            soft_off: number("SoftOFF"),
            board_errors: by_board("MH"),
            errors: number("HW"),
            error_percent: number("DH"),
            inlet: number("ITemp").or_else(|| number("Temp")).filter(|celsius| is_sensor(*celsius)),
            outlet: number("OTemp").filter(|celsius| is_sensor(*celsius)),
            boards_celsius: ["HBTemp", "HBITemp", "HBOTemp"]
                .iter()
                .filter_map(|key| number(key))
                .filter(|celsius| is_sensor(*celsius))
                .collect(),
            hottest_chip: number("TMax").filter(|celsius| is_sensor(*celsius)),
            mean_chip: number("TAvg").filter(|celsius| is_sensor(*celsius)),
            board_hottest_chip: by_board("MTmax"),
            board_mean_chip: by_board("MTavg"),
            chips_celsius: everywhere()
                .flat_map(|items| items.numbered("PVT_T"))
                .take(MAX_BOARDS)
                .map(|(at, list)| (at, numbers(list)))
                .collect(),
            fans_rpm: fans(&items, number("Fan")),
            fan_percent: number("FanR"),
            supply: list("PS"),
            wall_watts: number("WALLPOWER"),
            limit_watts: number("MPO"),
            input_centivolts: list("Vi"),
            chip_millivolts: everywhere()
                .flat_map(|items| items.numbered("PVT_V"))
                .take(MAX_BOARDS)
                .flat_map(|(_, list)| numbers(list))
                .collect(),
            mean_millivolts: by_board("MVavg"),
            mhz: number("Freq"),
            now_ghs: number("GHSspd"),
            ideal_ghs: number("GHSmm"),
            average_ghs: number("GHSavg"),
            board_average_ghs: by_board("MGHS"),
            chips: number("TA"),
            chip: words("Core"),
            board_faults: by_board("ECHU"),
            controller_faults: number("ECMM"),
            fan_faults: number("FanErr"),
            supply_status: number("POWS"),
            board_status: by_board("HASHS"),
            ping_ms: number("PING"),
            rssi_dbm: number("RSSI"),
            gaps,
        }
    }

    /// Whether it does not work because someone or something switched it off, or it has nothing to do.
    pub(super) fn is_idle(&self) -> bool {
        self.work == Some(Work::Idle)
    }

    /// Whether its chips have current. Without, they keep their last temperatures and voltages (`PVT_T0` of a Q in soft-off), and the
    /// hottest is told as 0.
    pub(super) fn has_current(&self) -> bool {
        !self.is_idle() && self.hottest_chip.is_some()
    }

    /// How many boards it has, by whatever list tells most.
    pub(super) fn board_count(&self) -> usize {
        let lists = [
            self.board_errors.len(),
            self.board_hottest_chip.len(),
            self.board_average_ghs.len(),
            self.chips_celsius.len(),
            self.board_faults.len(),
        ];
        lists.into_iter().chain(self.hash_boards.map(|count| count as usize)).max().unwrap_or(0)
    }
}

/// `[3360]`, `[36%]`, `[2601024 B]`; a text that is no number is a gap.
fn number(items: &Items<'_>, key: &str, gaps: &mut Vec<Gap>) -> Option<f64> {
    let written = items.get(key).filter(|text| !text.is_empty())?;
    let read = written.split_whitespace().next().and_then(from_si).filter(|number| number.is_finite());
    if read.is_none() && !is_not_a_number(written) {
        gaps.push(Gap::new(key, written));
    }
    read
}

fn is_not_a_number(written: &str) -> bool {
    ["nan", "inf"].iter().any(|word| written.trim_start_matches('-').eq_ignore_ascii_case(word))
}

/// The numbers of a list; one word that is none makes it no list (`21-80/14-88/84` of AUC stacks).
fn numbers(list: &str) -> Vec<f64> {
    let words = list.split_whitespace().take(MAX_NUMBERS);
    words
        .map(|word| from_si(word).filter(|number| number.is_finite()))
        .collect::<Option<Vec<f64>>>()
        .unwrap_or_default()
}

/// `Fan1`, `Fan2`… from 0, or the one `Fan` of an AUC stack.
fn fans(items: &Items<'_>, only: Option<f64>) -> Vec<(u32, f64)> {
    let numbered = items.numbered("Fan").filter_map(|(at, rpm)| Some((at.checked_sub(1)?, from_si(rpm)?)));
    let fans: Vec<(u32, f64)> = numbered.take(MAX_FANS).collect();
    if fans.is_empty() { only.map(|rpm| (0, rpm)).into_iter().collect() } else { fans }
}

/// `Work: In Idle, Hash Board: 3`.
fn work(status: &str) -> Option<Work> {
    let (_, rest) = status.split_once("Work:")?;
    match rest.split(',').next()?.trim() {
        "In Init" => Some(Work::Starting),
        "In Work" => Some(Work::Working),
        "In Idle" => Some(Work::Idle),
        "In Fault" => Some(Work::Fault),
        _ => None,
    }
}

fn hash_boards(status: &str) -> Option<u32> {
    let (_, rest) = status.split_once("Hash Board:")?;
    rest.split(',').next()?.trim().parse().ok().filter(|count| *count as usize <= MAX_BOARDS)
}

fn is_sensor(celsius: f64) -> bool {
    celsius != NO_SENSOR && celsius != 0.0
}

/// Nothing but zeros identifies nobody.
fn is_identity(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_hexdigit()) && text.bytes().any(|b| b != b'0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_for_nothing_is_nothing() {
        let module =
            Module::read("ITemp[-273] TMax[0] DNA[0000] HDNA[02AB] PVT_T[21-80/14-88/84 0] GHSspd[nan] Freq[x]", &[]);
        assert_eq!((module.inlet, module.hottest_chip, module.dna), (None, None, None));
        assert_eq!((module.hdna.as_deref(), module.chips_celsius.len(), module.now_ghs), (Some("02AB"), 0, None));
        assert_eq!(module.gaps, [Gap::new("Freq", "x")]);
    }

    #[test]
    fn units_may_stick_to_numbers() {
        let module =
            Module::read("FanR[36%] DH[2.130%] Fan[2550] Vi[1215 1216]", &["'HB0':{PVT_T0[ 58  59] PVT_V0[282 278]}"]);
        assert_eq!((module.fan_percent, module.error_percent), (Some(36.0), Some(2.13)));
        assert_eq!((module.fans_rpm, module.input_centivolts), (vec![(0, 2550.0)], vec![1215.0, 1216.0]));
        assert_eq!(module.chips_celsius, [(0, vec![58.0, 59.0])]);
    }

    #[test]
    fn lists_without_end_are_no_boards_without_end() {
        let list = "131071 ".repeat(900);
        let (chips, fans) = ("PVT_T0[60] PVT_V0[280] ".repeat(900), "Fan1[9] ".repeat(900));
        let module = Module::read(&format!("MH[{list}] ECHU[{list}] HASHS[{list}] {chips}{fans}"), &[&chips]);
        assert_eq!((module.board_count(), module.board_faults.len(), module.board_status.len()), (16, 16, 16));
        assert_eq!((module.chips_celsius.len(), module.chip_millivolts.len(), module.fans_rpm.len()), (16, 16, 16));
    }

    #[test]
    fn a_state_is_told_with_the_number_of_boards() {
        for (status, work, boards) in [
            ("Work: In Work, Hash Board: 3 ", Some(Work::Working), Some(3)),
            ("Work: In Idle, Hash Board: 1", Some(Work::Idle), Some(1)),
            ("Work: In Init", Some(Work::Starting), None),
            ("Work: In Fault, Hash Board: 99999", Some(Work::Fault), None),
            ("Work: Elsewhere", None, None),
        ] {
            let module = Module::read(&format!("SYSTEMSTATU[{status}]"), &[]);
            assert_eq!((module.work, module.hash_boards), (work, boards), "{status}");
        }
    }
}
