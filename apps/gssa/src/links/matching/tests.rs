use super::*;

const WALLET: &str = "dgb1qgarageqqqqqqqqqqf2k";
const OTHER_WALLET: &str = "dgb1qofficeqqqqqqqqqq9xw";

/// A miner of the table: id, address, and for each active pool host, port and user.
type Miner = (&'static str, &'static str, &'static [(&'static str, u16, &'static str)]);

/// A pool of the table: id, host, coins.
type Pool = (&'static str, &'static str, &'static [Coin]);

/// A coin of the table: key, ports, and for each worker its name, whether it is connected, and its address.
type Coin = (&'static str, &'static [u16], &'static [(&'static str, Option<bool>, &'static str)]);

/// What is linked, as `miner-pool/coin/worker` with `@` in front for a link by address.
fn linked(miners: &[Miner], pools: &[Pool]) -> Vec<String> {
    let id = |id: &str| -> SourceId { id.parse().unwrap() };
    let full = |name: &str| name.replace("W2", OTHER_WALLET).replace('W', WALLET);
    let miner_ids: Vec<SourceId> = miners.iter().map(|miner| id(miner.0)).collect();
    let users: Vec<Vec<String>> =
        miners.iter().map(|miner| miner.2.iter().map(|pool| full(pool.2)).collect()).collect();
    let sides: Vec<MinerSide<'_>> = (miners.iter().zip(&miner_ids).zip(&users))
        .map(|((miner, id), users)| {
            let strata = miner.2.iter().zip(users).map(|(pool, user)| Stratum {
                host: pool.0.to_owned(),
                port: pool.1,
                user: Some(user.as_str()).filter(|user| !user.is_empty()),
            });
            MinerSide {
                id,
                addresses: vec![miner.1.parse().unwrap()],
                pools: strata.collect(),
                other_hosts: Vec::new(),
            }
        })
        .collect();
    let pool_ids: Vec<SourceId> = pools.iter().map(|pool| id(pool.0)).collect();
    let workers: Vec<Vec<Vec<Worker>>> = (pools.iter())
        .map(|pool| {
            let of_coin = |coin: &Coin| {
                coin.2
                    .iter()
                    .map(|(name, active, address)| Worker {
                        name: full(name),
                        active: *active,
                        address: Some((*address).to_owned()).filter(|address| !address.is_empty()),
                        ..Worker::default()
                    })
                    .collect()
            };
            pool.2.iter().map(of_coin).collect()
        })
        .collect();
    let pool_sides: Vec<PoolSide<'_>> = (pools.iter().zip(&pool_ids).zip(&workers))
        .map(|((pool, id), workers)| {
            let coins = pool.2.iter().zip(workers);
            let coins = coins.map(|(coin, workers)| CoinSide { key: coin.0, ports: coin.1, workers }).collect();
            PoolSide { id, host: pool.1, coins }
        })
        .collect();
    let shown = |pair: &Pair<'_>| {
        let by = if pair.by == LinkedBy::Address { "@" } else { "" };
        let worker = pair.worker.name.replace(OTHER_WALLET, "W2").replace(WALLET, "W");
        format!("{by}{}-{}/{}/{worker}", pair.miner, pair.pool, pair.coin)
    };
    pairs(&sides, &pool_sides).iter().map(shown).collect()
}

const ON: Option<bool> = Some(true);
const OFF: Option<bool> = Some(false);

/// A miner at 192.168.1.51 that works for the pool at 192.168.1.10 as `user`.
macro_rules! miner {
    ($user:literal) => {
        ("a", "192.168.1.51", &[("192.168.1.10", 3333, $user)])
    };
}

#[test]
fn a_worker_of_the_same_name_is_the_miner() {
    let gss: [Pool; 1] = [("gss", "192.168.1.10", &[("DGB", &[], &[("W.rig1", ON, ""), ("W.rig2", ON, "")])])];
    assert_eq!(linked(&[miner!("W.rig1")], &gss), ["a-gss/DGB/W.rig1"]);
    assert_eq!(linked(&[miner!("W.rig3")], &gss), [""; 0]);
    assert_eq!(linked(&[miner!("W2.rig1")], &gss), [""; 0]);
}

#[test]
fn the_same_worker_on_two_coins_is_told_apart_by_port_or_by_who_is_connected() {
    let coins = |ports: [&'static [u16]; 2], active: [Option<bool>; 2]| {
        let worker = |active| -> &'static [(&str, Option<bool>, &str)] { vec![("W.rig1", active, "")].leak() };
        let coins: &'static [Coin] =
            vec![("DGB", ports[0], worker(active[0])), ("DGB-BIG", ports[1], worker(active[1]))].leak();
        linked(&[miner!("W.rig1")], &[("gss", "192.168.1.10", coins)])
    };
    assert_eq!(coins([&[], &[]], [ON, ON]), [""; 0], "ambiguous");
    assert_eq!(coins([&[3333], &[3334]], [ON, ON]), ["a-gss/DGB/W.rig1"]);
    assert_eq!(coins([&[3334], &[3333]], [ON, ON]), ["a-gss/DGB-BIG/W.rig1"]);
    assert_eq!(coins([&[], &[]], [OFF, ON]), ["a-gss/DGB-BIG/W.rig1"]);
    assert_eq!(coins([&[], &[]], [OFF, OFF]), [""; 0]);
    assert_eq!(coins([&[3333], &[3334]], [OFF, OFF]), ["a-gss/DGB/W.rig1"], "it should be there and is not connected");
    assert_eq!(coins([&[4444], &[5555]], [ON, ON]), [""; 0], "it works for another port");
}

#[test]
fn numbers_behind_a_name_are_no_new_name_as_long_as_one_fits() {
    let gss = |workers: &'static [(&'static str, Option<bool>, &'static str)], miners: &[Miner]| {
        let coins: &'static [Coin] = vec![("DGB", &[] as &[u16], workers)].leak();
        linked(miners, &[("gss", "192.168.1.10", coins)])
    };
    let b: Miner = ("b", "192.168.1.52", &[("192.168.1.10", 3333, "W.rig1")]);
    let named: Miner = ("n", "192.168.1.53", &[("192.168.1.10", 3333, "W.rig1-1")]);
    assert_eq!(gss(&[("W.rig1-1", ON, "")], &[miner!("W.rig1")]), ["a-gss/DGB/W.rig1-1"]);
    assert_eq!(gss(&[("W.rig1", OFF, ""), ("W.rig1-1", ON, "")], &[miner!("W.rig1")]), ["a-gss/DGB/W.rig1-1"]);
    assert_eq!(gss(&[("W.rig1", ON, ""), ("W.rig1-1", ON, "")], &[miner!("W.rig1")]), [""; 0], "whose is the second?");
    assert_eq!(gss(&[("W.rig1-1", ON, "")], &[miner!("W.rig1"), b]), [""; 0], "whose is it?");
    assert_eq!(
        gss(&[("W.rig1", ON, ""), ("W.rig1-1", ON, "")], &[miner!("W.rig1"), named]),
        ["a-gss/DGB/W.rig1", "n-gss/DGB/W.rig1-1"],
        "a name that somebody chose ends with a number too"
    );
    assert_eq!(
        gss(&[("W.rig1", ON, "192.168.1.51"), ("W.rig1-1", ON, "192.168.1.52")], &[miner!("W.rig1"), b]),
        ["@a-gss/DGB/W.rig1", "@b-gss/DGB/W.rig1-1"],
        "the address tells"
    );
}

#[test]
fn miners_with_one_name_are_one_worker() {
    let gss: [Pool; 1] = [("gss", "192.168.1.10", &[("DGB", &[], &[("W.rigs", ON, "")])])];
    let b: Miner = ("b", "192.168.1.52", &[("192.168.1.10", 3333, "W.rigs")]);
    assert_eq!(linked(&[miner!("W.rigs"), b], &gss), ["a-gss/DGB/W.rigs", "b-gss/DGB/W.rigs"]);
}

#[test]
fn a_bare_address_is_found_with_the_id_that_the_pool_gives_it() {
    let gss = |workers: &'static [(&'static str, Option<bool>, &'static str)], miners: &[Miner]| {
        let coins: &'static [Coin] = vec![("DGB", &[] as &[u16], workers)].leak();
        linked(miners, &[("gss", "192.168.1.10", coins)])
    };
    let b: Miner = ("b", "192.168.1.52", &[("192.168.1.10", 3333, "W")]);
    assert_eq!(gss(&[("W", ON, "")], &[miner!("W")]), ["a-gss/DGB/W"]);
    assert_eq!(gss(&[("W.00aa11bb22cc", ON, "")], &[miner!("W")]), ["a-gss/DGB/W.00aa11bb22cc"]);
    assert_eq!(
        gss(&[("W.00aa11bb22cc", OFF, ""), ("W.33aa11bb22cc", ON, "")], &[miner!("W")]),
        ["a-gss/DGB/W.33aa11bb22cc"],
        "a new id at each reconnect"
    );
    assert_eq!(gss(&[("W.00aa11bb22cc", ON, ""), ("W.33aa11bb22cc", ON, "")], &[miner!("W")]), [""; 0]);
    assert_eq!(gss(&[("W.00aa11bb22cc", ON, "")], &[miner!("W"), b]), [""; 0], "two miners, one id");
}

#[test]
fn behind_one_address_names_decide() {
    let gse: [Pool; 1] =
        [("gse", "192.168.1.10", &[("BTC", &[], &[("W.rig1", ON, "192.168.9.1"), ("W.rig2", ON, "192.168.9.1")])])];
    let b: Miner = ("b", "10.0.0.52", &[("192.168.1.10", 3333, "W.rig2")]);
    let a: Miner = ("a", "10.0.0.51", &[("192.168.1.10", 3333, "W.rig1")]);
    assert_eq!(linked(&[a, b], &gse), ["a-gse/BTC/W.rig1", "b-gse/BTC/W.rig2"]);
    let proxy: Miner = ("p", "192.168.9.1", &[("192.168.1.10", 3333, "")]);
    assert_eq!(linked(&[proxy], &gse), [""; 0], "two workers come from there");
}

#[test]
fn the_address_alone_links_a_miner_that_does_not_tell_its_user() {
    let gse: [Pool; 1] = [("gse", "192.168.1.10", &[("BTC", &[], &[("W.rig1", ON, "192.168.1.51")])])];
    assert_eq!(linked(&[miner!("")], &gse), ["@a-gse/BTC/W.rig1"]);
    let twin: Miner = ("b", "192.168.1.51", &[("192.168.1.10", 3333, "")]);
    assert_eq!(linked(&[miner!(""), twin], &gse), [""; 0]);
}

#[test]
fn a_worker_that_connects_from_another_miner_is_not_this_one() {
    let gse: [Pool; 1] = [("gse", "192.168.1.10", &[("BTC", &[], &[("W.rig1", ON, "192.168.1.52")])])];
    let b: Miner = ("b", "192.168.1.52", &[("192.168.1.10", 3333, "W.rig1")]);
    assert_eq!(linked(&[miner!("W.rig1"), b], &gse), ["@b-gse/BTC/W.rig1"]);
}

#[test]
fn wallets_that_the_pool_masks_are_compared_by_their_ends() {
    let gss: [Pool; 1] = [("gss", "192.168.1.10", &[("DGB", &[], &[("dgb1qgar…qf2k.rig1", ON, "")])])];
    assert_eq!(linked(&[miner!("W.rig1")], &gss), ["a-gss/DGB/dgb1qgar…qf2k.rig1"]);
    assert_eq!(linked(&[miner!("W2.rig1")], &gss), [""; 0]);
    let hidden: [Pool; 1] = [("gss", "192.168.1.10", &[("DGB", &[], &[("dgb1q****.rig1", ON, "")])])];
    let b: Miner = ("b", "192.168.1.52", &[("192.168.1.10", 3333, "W2.rig1")]);
    assert_eq!(linked(&[miner!("W.rig1"), b], &hidden), [""; 0], "it may be either");
}

#[test]
fn a_pool_that_goes_by_another_name_must_see_the_worker() {
    for host in ["goslimstratum", "127.0.0.1", "172.18.0.4", "pool.lan"] {
        let gss = |active| {
            let workers: &'static [_] = vec![("W.rig1", active, "")].leak();
            let coins: &'static [Coin] = vec![("DGB", &[] as &[u16], workers)].leak();
            linked(&[miner!("W.rig1")], &[("gss", host, coins)])
        };
        assert_eq!(gss(ON), ["a-gss/DGB/W.rig1"], "{host}");
        assert_eq!(gss(OFF), [""; 0], "{host}");
        assert_eq!(gss(None), [""; 0], "{host}");
    }
    let elsewhere: [Pool; 1] = [("gss", "192.168.1.11", &[("DGB", &[], &[("W.rig1", ON, "")])])];
    assert_eq!(linked(&[miner!("W.rig1")], &elsewhere), [""; 0]);
}

#[test]
fn the_pool_that_is_surely_meant_comes_before_one_that_may_be() {
    let pools: [Pool; 2] = [
        ("docker", "goslimstratum", &[("DGB", &[], &[("W.rig1", ON, "")])]),
        ("lan", "192.168.1.10", &[("DGB", &[], &[("W.rig1", ON, "")])]),
    ];
    assert_eq!(linked(&[miner!("W.rig1")], &pools), ["a-lan/DGB/W.rig1"]);
}

#[test]
fn a_miner_that_works_for_two_pools_is_linked_to_both() {
    let dual: Miner = ("a", "192.168.1.51", &[("192.168.1.10", 3333, "W.rig1"), ("192.168.1.11", 3333, "W2.rig1")]);
    let pools: [Pool; 2] = [
        ("one", "192.168.1.10", &[("DGB", &[], &[("W.rig1", ON, "")])]),
        ("two", "192.168.1.11", &[("BTC", &[], &[("W2.rig1", ON, "")])]),
    ];
    assert_eq!(linked(&[dual], &pools), ["a-one/DGB/W.rig1", "a-two/BTC/W2.rig1"]);
}

#[test]
fn how_hosts_stand_to_each_other() {
    for (a, b, expected) in [
        ("192.168.1.10", "192.168.1.10", Hosts::Same),
        ("Pool.lan", "pool.LAN", Hosts::Same),
        ("192.168.1.10", "192.168.1.11", Hosts::Other),
        ("192.168.1.10", "pool.lan", Hosts::Unknown),
        ("192.168.1.10", "127.0.0.1", Hosts::Unknown),
        ("127.0.0.1", "127.0.0.1", Hosts::Unknown),
        ("172.17.0.2", "192.168.1.10", Hosts::Unknown),
        ("172.16.0.2", "192.168.1.10", Hosts::Other),
        ("fd00::1", "fd00::2", Hosts::Other),
    ] {
        assert_eq!(Hosts::of(a, b), expected, "{a} {b}");
    }
}
