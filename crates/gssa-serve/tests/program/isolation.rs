//! Nobody sees what is not theirs.

use super::support::{Cloud, document, routes};

#[tokio::test]
async fn every_route_shows_an_agent_to_those_who_may_see_it_and_to_nobody_else() {
    let cloud = Cloud::new();
    cloud.tell("attic", "gamma", 1.0, Vec::new());
    let (ann, bob) = (cloud.log_in("ann"), cloud.log_in("bob"));
    let mut count = 0;
    for route in routes().iter().filter(|route| route.operation != "events") {
        count += 1;
        let path = |agent| route.path.replace("{agent_id}", agent).replace("{source_id}", "gamma");
        assert_eq!(cloud.get(&path("attic"), &ann).await.0, 200, "{route:?}");
        for (session, agent, status) in
            [(&bob, "attic", 404), (&ann, "shed", 404), (&"made-up".to_owned(), "attic", 401)]
        {
            let (found, body) = cloud.get(&path(agent), session).await;
            assert_eq!(found, status, "{route:?} {agent}");
            assert!(!body.to_string().contains("gamma"), "{body}");
        }
    }
    assert_eq!(count, 11);
}

#[tokio::test]
async fn agents_with_a_source_of_the_same_name_do_not_mix() {
    let cloud = Cloud::new();
    cloud.tell("attic", "gamma", 1.0, Vec::new());
    cloud.tell("barn", "gamma", 2.0, Vec::new());
    let ann = cloud.log_in("ann");
    for (agent, hps) in [("attic", 1e12), ("barn", 2e12)] {
        let (_, reading) = cloud.get(&format!("/api/v1/agents/{agent}/readings/gamma"), &ann).await;
        assert_eq!(reading["snapshot"]["hashing"]["current_hps"], hps, "{agent}");
        let (_, summary) = cloud.get(&format!("/api/v1/agents/{agent}/summary"), &ann).await;
        assert_eq!((&summary["sources"], &summary["hashing"]["unknown"]["current_hps"]), (&1.into(), &hps.into()));
        let (_, status) = cloud.get(&format!("/api/v1/agents/{agent}/agent"), &ann).await;
        assert_eq!(status["name"], agent);
    }
}

#[test]
fn the_document_names_every_variable_part() {
    let document = document();
    let get = &document["paths"]["/api/v1/agents/{agent_id}/readings/{source_id}"]["get"];
    let in_path = get["parameters"].as_array().unwrap().iter().filter(|parameter| parameter["in"] == "path");
    let names: Vec<_> = in_path.map(|parameter| parameter["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["agent_id", "source_id"]);
    assert_eq!((&get["x-scope"], &get["security"]), (&"granted".into(), &serde_json::json!([{ "session": [] }])));
}
