//! The parts of the agent and how they hang together.
