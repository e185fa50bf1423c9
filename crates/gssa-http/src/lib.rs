//! Bounded HTTP client.
