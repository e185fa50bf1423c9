//! The query of a request, against the parameters that its route has.

use crate::problem::Error;
use crate::route::Parameter;

/// Named values, each at most once, each known to the route.
#[derive(Debug, Default)]
pub struct Query(Vec<(&'static str, String)>);

impl Query {
    /// Reads `a=1&b=2`. A name that the route does not have is an error: a mistyped filter must not give everything.
    pub fn parse(text: Option<&str>, known: &[Parameter]) -> Result<Self, Error> {
        let mut query = Self::default();
        for pair in text.unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let bad = |name: &str, found: String| Error::BadQuery { name: name.chars().take(40).collect(), found };
            let decoded = decode(name, true).ok_or_else(|| bad(name, "not UTF-8".into()))?;
            let Some(parameter) = known.iter().find(|parameter| parameter.name == decoded) else {
                let names: Vec<&str> = known.iter().map(|parameter| parameter.name).collect();
                let hint = if names.is_empty() { "none".into() } else { names.join(", ") };
                return Err(bad(&decoded, format!("no such parameter here; there is {hint}")));
            };
            if query.get(parameter.name).is_some() {
                return Err(bad(parameter.name, "given twice".into()));
            }
            let value = decode(value, true).ok_or_else(|| bad(parameter.name, "not UTF-8".into()))?;
            query.0.push((parameter.name, value));
        }
        Ok(query)
    }

    /// The value of a parameter; an empty one counts as not given.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// The value as `parse` reads it; what it gives back as an error tells the caller what is expected.
    pub fn read<T>(
        &self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<Option<T>, Error> {
        let read = |value| parse(value).map_err(|found| Error::BadQuery { name: name.to_owned(), found });
        self.get(name).map(read).transpose()
    }
}

/// Percent-decoded text; `None` if it is not UTF-8 or an escape is not one. In forms and queries `+` is a blank.
pub fn decode(text: &str, plus_is_blank: bool) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                (digit()? << 4 | digit()?) as u8
            }
            b'+' if plus_is_blank => b' ',
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::route::parameter;

    const KNOWN: &[Parameter] = &[parameter("q", ""), parameter("limit", "")];

    #[test]
    fn values_are_decoded() {
        let query = Query::parse(Some("q=a+b%20%C3%A4%2B&limit="), KNOWN).unwrap();
        assert_eq!((query.get("q"), query.get("limit")), (Some("a b ä+"), None));
    }

    #[test]
    fn what_the_route_does_not_know_is_refused_by_name() {
        for (text, part) in [
            ("heath=down", "heath: no such parameter here; there is q, limit"),
            ("q=1&q=2", "q: given twice"),
            ("q=%ff", "q: not UTF-8"),
            ("q=%4", "q: not UTF-8"),
        ] {
            assert_eq!(Query::parse(Some(text), KNOWN).unwrap_err().to_string(), part);
        }
    }
}
