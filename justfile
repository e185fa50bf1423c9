# Everyday commands. `just` alone lists them. CI runs the same through .ci/run.

_default:
    @just --list

# Start the agent over a simulated fleet.
demo *ARGS:
    cargo run --release -p gssa -- demo {{ARGS}}

# The same with a receiver beside it that it sends to.
demo-cloud *ARGS:
    cargo build --release -p gssa -p gsscloud
    cargo run --release -p gssa -- demo --cloud {{ARGS}}

# All tests.
test:
    cargo test --workspace

# Format, lint, test, docs: what CI runs, without replay and cargo-deny.
ci:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --all-features -- -D warnings
    cargo test --workspace
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps

# Write schema/*.json anew from the types.
schema:
    cargo run -p gssa -- schema config > schema/config.schema.json
    cargo run -p gssa -- schema reading > schema/reading.schema.json
    cargo run -p gssa -- openapi > schema/openapi.json
    cargo run -p gsscloud -- openapi > schema/gsscloud-openapi.json

# Write what is derived of the documentation anew, from schemas and goldens, and look at all links.
docs:
    tools/docs/generate.py
    tools/docs/links.py

# The web page: types, checks, tests, sizes.
web:
    cd web && npm ci && npm run types && npm run check && npm test && npm run build && npm run budget

# The web page in a browser, over the agent that cargo built last.
e2e:
    cd web && npm run e2e

# Accept changed golden files; read them in the diff.
goldens:
    INSTA_UPDATE=always cargo test --workspace

# Fuzz one target, or each in turn, for so many seconds: fuzz/README.md. Needs cargo-fuzz and a nightly compiler.
fuzz TARGET="all" SECONDS="600":
    #!/usr/bin/env bash
    set -euo pipefail
    targets="{{TARGET}}"
    [ "$targets" != all ] || targets=$(basename -s .rs fuzz/fuzz_targets/*.rs)
    for target in $targets; do
        mkdir -p "fuzz/found/$target"
        cargo +nightly fuzz run --sanitizer none "$target" "fuzz/found/$target" "fuzz/corpus/$target" -- \
            -dict="fuzz/dict/$target.dict" -max_len=4096 -timeout=10 -max_total_time={{SECONDS}} -print_final_stats=1
    done

# Small changes to the code of one part, each of which a test should notice: ring, schedule, config, derive, axeos, cgminer. Takes hours;
# `just mutants ring --shard 1/8` is an eighth of one. docs/testing.md says what is left. Needs cargo-mutants.
mutants PART *ARGS:
    #!/usr/bin/env bash
    set -euo pipefail
    case "{{PART}}" in
        ring) code=crates/gssa-uplink/src/ring tests=(--lib) ;;
        schedule) code=apps/gssa/src/schedule tests=(--lib) ;;
        config) code=apps/gssa/src/config tests=(--lib --test config_check --test config_files --test config_save) ;;
        derive) code=crates/gssa-model/src/derive tests=(--lib) ;;
        axeos) code=crates/gssa-axeos/src/normalize tests=(--lib --test golden --test corpus) ;;
        cgminer) code=crates/gssa-cgminer/src/antminer/normalize tests=(--lib --test antminer_golden --test bounds --test corpus) ;;
        *) echo "no such part: {{PART}}" >&2; exit 1 ;;
    esac
    export GSSA_WEB=skip CARGO_INCREMENTAL=1 CARGO_PROFILE_TEST_DEBUG=0 INSTA_UPDATE=no
    cargo mutants --file "$code.rs" --file "$code/**" "${tests[@]/#/--cargo-arg=}" {{ARGS}}

# Licences, bans and sources of dependencies.
deny:
    cargo deny check --hide-inclusion-graph bans licenses sources

# Known vulnerabilities; fetches the advisory database.
advisories:
    cargo deny check advisories

# What would be published, without publishing it.
package:
    cargo publish --workspace --dry-run --allow-dirty

# The agent killed while it saves its configuration, so many times; CI does it 12 times.
kills COUNT="1000":
    GSSA_KILLS={{COUNT}} cargo test --release -p gssa --test e2e -- --nocapture a_kill_while

# 2,000 devices for so many minutes while everything changes, with figures; CI does half a minute with 60.
soak MINUTES="60":
    GSSA_SOAK_MINUTES={{MINUTES}} cargo test --release -p gssa --test e2e -- --nocapture a_fleet_is_watched

# The HTTP surfaces as a stranger meets them: schemathesis and rude clients against the release binaries. Linux; takes packages from PyPI.
blackbox *ARGS:
    cargo build --release -p gssa -p gsscloud
    tools/blackbox/run --bin "${CARGO_TARGET_DIR:-target}/release" {{ARGS}}

# Full disks, jumping clocks, interfaces that go: the release binary on a machine in trouble. Linux, root, `apt-get install faketime iproute2`.
troubles *ARGS:
    cargo build --release -p gssa
    tools/troubles/run --bin "${CARGO_TARGET_DIR:-target}/release/gssa" {{ARGS}}

# A static binary of agent and receiver for another Linux, as releases have it: x86_64-unknown-linux-musl, aarch64-unknown-linux-musl,
# armv7-unknown-linux-musleabihf. Needs `pip install ziglang cargo-zigbuild`, and rustup for the target.
static TARGET="x86_64-unknown-linux-musl":
    rustup target add {{TARGET}}
    cargo zigbuild --locked --release --target {{TARGET}} -p gssa -p gsscloud

# The same with the compiler of Debian (`apt-get install rustc-web cargo-web rust-web-src`), which builds the standard library itself.
static-debian TARGET="x86_64-unknown-linux-musl":
    RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 RUSTFLAGS="-C link-self-contained=no" \
        /usr/bin/cargo zigbuild -Z build-std=std,panic_unwind --locked --release --target {{TARGET}} -p gssa -p gsscloud

# Whether binaries work where they are, with nothing else: `just smoke FOLDER/gssa FOLDER/gsscloud`; `--runner qemu-aarch64-static` for another processor.
smoke +ARGS:
    tools/packaging/smoke.py {{ARGS}}

# The images of the static binaries in a folder, run by a Docker engine of its own. Root; no registry: see tools/packaging/image.
image *ARGS:
    tools/packaging/image {{ARGS}}

# The Debian package of a static binary that is built. Needs `cargo install cargo-deb`.
deb TARGET="x86_64-unknown-linux-musl":
    cargo run -p gssa -- man --out target/common/man
    for shell in bash fish zsh; do \
        mkdir -p target/common/completions/$shell && cargo run -p gssa -- completions $shell > target/common/completions/$shell/gssa; \
    done
    tools/packaging/deb {{TARGET}} target/common target/debian

# The package on a Debian of its own that boots with systemd. Root; see tools/packaging/debian.
debian *ARGS:
    tools/packaging/debian {{ARGS}}

# Whether it compiles for Windows, with the compiler of Debian and its mingw-w64.
windows-check:
    RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 GSSA_WEB=skip \
        CARGO_TARGET_X86_64_PC_WINDOWS_GNU_LINKER=x86_64-w64-mingw32-gcc CC_x86_64_pc_windows_gnu=x86_64-w64-mingw32-gcc \
        AR_x86_64_pc_windows_gnu=x86_64-w64-mingw32-ar \
        /usr/bin/cargo build -Z build-std=std,panic_unwind --locked --target x86_64-pc-windows-gnu -p gssa -p gsscloud

# What pyasic and asic-rs make of the simulated miners, beside what we make of them. Takes a while: it builds asic-rs. --all, --table.
peers *ARGS:
    tools/peers/run {{ARGS}}

# What the agent costs, as kept in docs/performance.md. Parts: reading polls idle memory table start size peers; --quick for a short form.
bench *ARGS:
    #!/usr/bin/env bash
    set -euo pipefail
    # Cargo builds the agent anew for a bench, with the features that tests add; measured is what is shipped.
    target="${CARGO_TARGET_DIR:-$PWD/target}/release"
    cargo build --release -p gssa
    cp "$target/gssa" "$target/gssa-measured"
    cargo bench -p gssa --bench agent -- --bin "$target/gssa-measured" {{ARGS}}

# What the uplink costs, as kept in docs/performance.md: bytes on the wire, rate of a receiver. Parts: wire receive outage.
bench-uplink *ARGS:
    cargo bench -p gssa-uplink --bench uplink -- {{ARGS}}

# A receiver that is away for days, in simulated time: `just outage 20 7` for 20 sources and seven days, else the table. Takes a while.
outage *ARGS:
    cargo bench -p gssa-uplink --bench uplink -- outage {{ARGS}}

# Stories of ring, encoder and receiver against a model; CI tells 16.
delivery STORIES="2000":
    GSSA_DELIVERY_STORIES={{STORIES}} cargo test --release -p gssa-uplink --test delivery -- --nocapture

# Real agents and a real receiver while everything between them fails: so many faults, in the order of this seed. About ten minutes.
oracle FAULTS="208" SEED="1":
    cargo build -p gssa
    GSSA_ORACLE_FAULTS={{FAULTS}} GSSA_ORACLE_SEED={{SEED}} cargo test -p gsscloud --test oracle -- --nocapture what_agents_produce

# The part `peers` of it with asic-rs. Takes a while: it builds asic-rs. In a network of its own: asic-rs insists on ports 80 and 4028.
bench-peers *ARGS:
    #!/usr/bin/env bash
    set -euo pipefail
    target="${CARGO_TARGET_DIR:-$PWD/target}"
    cargo build --release -p gssa
    cp "$target/release/gssa" "$target/release/gssa-measured"
    cargo build --release --locked --manifest-path tools/peers/Cargo.toml --target-dir "$target/peers"
    cargo bench -p gssa --bench agent --no-run
    unshare --map-root-user --net sh -c 'ip link set lo up && exec "$@"' sh \
        cargo bench --offline -p gssa --bench agent -- --bin "$target/release/gssa-measured" \
        --asic-rs "$target/peers/release/peers" peers {{ARGS}}
