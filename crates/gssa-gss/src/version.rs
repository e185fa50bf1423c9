//! The version of a pool, as far as it decides something.

/// Three numbers. Whatever follows them does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version(pub(crate) u32, pub(crate) u32, pub(crate) u32);

impl Version {
    /// Reads `5.2.6`, `v5.2.6` and `5.2.6-beta1`. `None` if it does not begin with a number.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
        let mut parts = text.split('.').map(|part| {
            let end = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
            part[..end].parse::<u32>().ok()
        });
        let major = parts.next().flatten()?;
        let [minor, patch] = [parts.next(), parts.next()].map(|part| part.flatten().unwrap_or(0));
        Some(Self(major, minor, patch))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_with_whatever_is_around_it() {
        for (text, version) in [
            ("5.2.6", Some(Version(5, 2, 6))),
            (" v3.0.20", Some(Version(3, 0, 20))),
            ("4.0", Some(Version(4, 0, 0))),
            ("5.2.6-beta.1", Some(Version(5, 2, 6))),
            ("dev", None),
            ("", None),
            ("v", None),
        ] {
            assert_eq!(Version::parse(text), version, "{text}");
        }
        assert!(Version(3, 0, 20) < Version(4, 0, 3) && Version(4, 0, 3) < Version(5, 0, 0));
    }
}
