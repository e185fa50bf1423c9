//! The GoSlimStratum Agent.
fn main() {}
