//! A value of a template, and how the firmware prints it.

use std::fmt::Write;

/// What stands for a place in a template.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Int(i64),
    Float(f64),
    Text(String),
    Bool(bool),
}

impl Value {
    /// Prints the value; a measured number with so many decimals, as C's `%.2f` does.
    pub(super) fn print(&self, out: &mut String, decimals: Option<usize>) {
        let printed = match (self, decimals) {
            (Self::Int(number), None) => write!(out, "{number}"),
            (Self::Int(number), Some(decimals)) => write!(out, "{:.decimals$}", *number as f64),
            (Self::Float(number), _) if number.is_nan() => write!(out, "nan"),
            (Self::Float(number), _) if number.is_infinite() => write!(out, "inf"),
            (Self::Float(number), None) => write!(out, "{}", number.round() as i64),
            (Self::Float(number), Some(decimals)) => write!(out, "{number:.decimals$}"),
            (Self::Text(text), _) => write!(out, "{text}"),
            (Self::Bool(flag), _) => write!(out, "{flag}"),
        };
        printed.expect("a string takes whatever is written");
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Int(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Int(number.into())
    }
}

impl From<usize> for Value {
    fn from(number: usize) -> Self {
        (number as u64).into()
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Float(number)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}
