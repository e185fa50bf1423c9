//! AxeOS.
