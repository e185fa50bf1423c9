//! Bitmain Antminer, whatever firmware it runs.
