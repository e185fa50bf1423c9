//! Figures move as a real device's do.

use std::time::Duration;

use gssa_sim::axeos::{Behaviour, DeviceSpec, Figures, Model, Timeline, figures, figures_at};

const HOURS_OF_MINUTES: u64 = 6 * 60;

fn run(spec: &DeviceSpec) -> Vec<Figures> {
    (0..HOURS_OF_MINUTES).map(|minute| figures(spec, Duration::from_secs(minute * 60))).collect()
}

#[test]
fn counters_never_go_back() {
    for model in Model::ALL {
        let spec = DeviceSpec::new(model, 11);
        let mut before = figures(&spec, Duration::ZERO);
        for second in 1..3600 {
            let now = figures(&spec, Duration::from_secs(second));
            assert!(now.accepted >= before.accepted, "{model} at {second} s");
            assert!(now.rejected >= before.rejected, "{model} at {second} s");
            assert!(now.best_difficulty >= before.best_difficulty, "{model} at {second} s");
            assert!(now.best_session_difficulty >= before.best_session_difficulty, "{model} at {second} s");
            assert!(now.best_difficulty >= now.best_session_difficulty, "{model} at {second} s");
            assert_eq!(now.up_secs, before.up_secs + 1, "{model} at {second} s");
            assert_eq!(now.reject_reasons.iter().map(|(_, count)| count).sum::<u64>(), now.rejected);
            before = now;
        }
        let start = figures(&spec, Duration::ZERO);
        assert!(before.accepted > start.accepted + 100, "{model} found {} shares", before.accepted - start.accepted);
    }
}

#[test]
fn shares_agree_with_the_hashrate() {
    let spec = DeviceSpec::new(Model::GammaV2_12_2, 4);
    let hours = 200_u32;
    let (first, last) = (figures(&spec, Duration::ZERO), figures(&spec, Duration::from_secs(3600) * hours));
    let found = (last.accepted + last.rejected - first.accepted - first.rejected) as f64;
    let from_shares = found * first.pool_difficulty * 2_f64.powi(32) / f64::from(hours * 3600) / 1e9;
    assert!((from_shares / Model::GammaV2_12_2.expected_ghs() - 1.0).abs() < 0.01, "{from_shares}");
}

#[test]
fn the_hashrate_stays_near_and_longer_windows_are_calmer() {
    let spec = DeviceSpec::new(Model::NerdQAxePlusPlusV1_1_0, 2);
    let expected = Model::NerdQAxePlusPlusV1_1_0.expected_ghs();
    let run = run(&spec);
    let spread = |read: fn(&Figures) -> f64| {
        let off = run.iter().map(|figures| (read(figures) / expected - 1.0).abs());
        off.fold(0.0, f64::max)
    };
    let spreads = [
        spread(|figures| figures.ghs),
        spread(|figures| figures.ghs_1m),
        spread(|figures| figures.ghs_10m),
        spread(|figures| figures.ghs_1h),
    ];
    assert!(spreads[0] <= 0.03 && spreads[0] > 0.01, "{spreads:?}");
    assert!(spreads.is_sorted_by(|wider, narrower| wider > narrower), "{spreads:?}");
}

#[test]
fn power_and_heat_are_plausible() {
    for model in Model::ALL {
        for figures in run(&DeviceSpec::new(model, 5)) {
            assert!((20.0..80.0).contains(&figures.chip_celsius), "{model}: {} °C", figures.chip_celsius);
            assert!(figures.regulator_celsius > figures.chip_celsius, "{model}");
            assert!((20.0..=100.0).contains(&figures.fan_percent) && figures.fan_rpm > 500.0, "{model}");
            let joules_per_terahash = figures.watts / (figures.ghs / 1000.0);
            assert!((12.0..60.0).contains(&joules_per_terahash), "{model}: {joules_per_terahash} J/TH");
        }
    }
}

#[test]
fn a_seed_repeats_itself_and_another_differs() {
    let at = Duration::from_secs(4321);
    let spec = DeviceSpec::new(Model::HexV2_12_2, 9).seeded(5);
    assert_eq!(figures(&spec, at), figures(&spec.clone(), at));
    assert_ne!(figures(&spec, at), figures(&spec.clone().seeded(6), at));
    assert_ne!(figures(&spec, at), figures(&DeviceSpec::new(Model::HexV2_12_2, 10).seeded(5), at));
}

#[test]
fn a_reboot_restarts_uptime_shares_and_session_best() {
    let reboot = Behaviour::Reboot { after: Duration::from_secs(600), down: Duration::from_secs(10) };
    let spec = DeviceSpec::new(Model::GammaV2_15_0, 3).behaving(reboot);
    let before = figures(&spec, Duration::from_secs(599));
    let after = figures(&spec, Duration::from_secs(640));
    assert_eq!(after.up_secs, 30);
    assert!(after.accepted < before.accepted && after.best_session_difficulty < before.best_session_difficulty);
    assert!(after.best_difficulty >= before.best_difficulty && after.total_hashes > before.total_hashes);
    assert!(after.chip_celsius < before.chip_celsius, "it has cooled down");
    // A window that is longer than the run averages the run.
    assert_eq!(after.ghs_10m.to_bits(), after.ghs_1h.to_bits());
}

#[test]
fn stopped_chips_show_nothing() {
    for behaviour in
        [Behaviour::Paused, Behaviour::NoPool, Behaviour::Overheated, Behaviour::PowerFault, Behaviour::HardwareFault]
    {
        let spec = DeviceSpec::new(Model::GammaV2_15_0, 3).behaving(behaviour);
        let (first, later) = (figures(&spec, Duration::ZERO), figures(&spec, Duration::from_secs(600)));
        assert_eq!(
            (first.ghs.to_bits(), first.ghs_1h.to_bits(), first.expected_ghs.to_bits()),
            (0, 0, 0),
            "{behaviour}"
        );
        assert!(first.chip_celsius < 0.0, "{behaviour}");
        assert_eq!(first.accepted, later.accepted, "{behaviour}");
        assert_eq!(later.up_secs, first.up_secs + 600, "{behaviour}");
    }
}

#[test]
fn a_frozen_device_repeats_itself_and_a_spike_is_ten_times_too_high() {
    let frozen = DeviceSpec::new(Model::GammaV2_12_2, 3).behaving(Behaviour::Frozen);
    let (first, later) = (figures(&frozen, Duration::ZERO), figures(&frozen, Duration::from_secs(900)));
    assert_eq!((first.ghs.to_bits(), first.accepted), (later.ghs.to_bits(), later.accepted));
    assert_eq!(later.up_secs, first.up_secs + 900);

    let healthy = DeviceSpec::new(Model::GammaV2_12_2, 3);
    let moment = Timeline::new(&healthy).moment(Duration::from_secs(60));
    let spike = figures_at(&healthy, Behaviour::Spike, &moment).ghs;
    assert!((spike / figures_at(&healthy, Behaviour::Healthy, &moment).ghs - 10.0).abs() < 1e-9);
}
