# Everyday commands. `just` alone lists them. CI runs the same through .ci/run.

_default:
    @just --list

# Start the agent over a simulated fleet.
demo *ARGS:
    cargo run --release -p gssa -- demo {{ARGS}}

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

# Accept changed golden files; read them in the diff.
goldens:
    INSTA_UPDATE=always cargo test --workspace

# Licences, bans and sources of dependencies.
deny:
    cargo deny check --hide-inclusion-graph bans licenses sources

# Known vulnerabilities; fetches the advisory database.
advisories:
    cargo deny check advisories

# What would be published, without publishing it.
package:
    cargo publish --workspace --dry-run --allow-dirty

# What pyasic and asic-rs make of the simulated miners, beside what we make of them. Takes a while: it builds asic-rs. --all, --table.
peers *ARGS:
    tools/peers/run {{ARGS}}

# What the agent costs, as kept in docs/performance.md. Parts: reading polls idle memory start size; --quick for a short form.
bench *ARGS:
    #!/usr/bin/env bash
    set -euo pipefail
    # Cargo builds the agent anew for a bench, with the features that tests add; measured is what is shipped.
    target="${CARGO_TARGET_DIR:-$PWD/target}/release"
    cargo build --release -p gssa
    cp "$target/gssa" "$target/gssa-measured"
    cargo bench -p gssa --bench agent -- --bin "$target/gssa-measured" {{ARGS}}
