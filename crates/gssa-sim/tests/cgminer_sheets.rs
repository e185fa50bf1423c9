//! Every sheet is sound: each page of each model can be written in each behaviour.

mod support;

use gssa_sim::Fleet;
use gssa_sim::FleetConfig;
use gssa_sim::cgminer::{DeviceSpec, Kind, Model};

#[test]
fn every_model_has_a_name_a_kind_and_a_rating() {
    for model in Model::ALL {
        assert_eq!(model.name().parse(), Ok(model));
        assert!(model.rated_hps() > 0.0, "{model}");
    }
    for kind in Kind::ALL {
        assert!(kind.models().count() > 5, "{kind}");
    }
}

#[tokio::test]
async fn a_fleet_of_all_starts() {
    let specs: Vec<_> = Model::ALL.into_iter().zip(1..).map(|(model, number)| DeviceSpec::new(model, number)).collect();
    let fleet = Fleet::start(FleetConfig::new(specs)).unwrap();
    assert_eq!(fleet.devices().len(), Model::ALL.len());
    fleet.stop().await;
}
