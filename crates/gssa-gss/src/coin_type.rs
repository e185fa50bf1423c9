//! The coin types that both programs know, by their names in `config.json`.

use gssa_model::Algorithm;

/// A coin type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CoinType {
    Bitcoin,
    BitcoinCash,
    BitcoinIi,
    DigiByte,
    Dogecoin,
    ECash,
    Litecoin,
}

impl CoinType {
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "bitcoin" => Self::Bitcoin,
            "bitcoincash" => Self::BitcoinCash,
            "bitcoinii" => Self::BitcoinIi,
            "digibyte" => Self::DigiByte,
            "dogecoin" => Self::Dogecoin,
            "ecash" => Self::ECash,
            "litecoin" => Self::Litecoin,
            _ => return None,
        })
    }

    pub(crate) const fn ticker(self) -> &'static str {
        match self {
            Self::Bitcoin => "BTC",
            Self::BitcoinCash => "BCH",
            Self::BitcoinIi => "BC2",
            Self::DigiByte => "DGB",
            Self::Dogecoin => "DOGE",
            Self::ECash => "XEC",
            Self::Litecoin => "LTC",
        }
    }

    /// What the coin is mined with, where there is but one.
    pub(crate) fn algorithm(self) -> Option<Algorithm> {
        match self {
            Self::Bitcoin | Self::BitcoinCash | Self::BitcoinIi | Self::ECash => Some(Algorithm::SHA256D),
            Self::Dogecoin | Self::Litecoin => Some(Algorithm::from_name("scrypt")),
            Self::DigiByte => None,
        }
    }
}
