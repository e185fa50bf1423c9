//! Where a reply ends, told from its bytes as they come.

/// Whether more is to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// The reply is whole and its NUL is there.
    Here,
    /// A NUL inside of a reply (joined replies of some firmware have one), or a whole document without a NUL.
    Perhaps,
    /// Neither.
    NotYet,
}

/// What has come so far, looked at once.
#[derive(Debug, Default)]
pub(crate) struct Extent {
    form: Form,
    depth: u32,
    in_string: bool,
    after_backslash: bool,
    ends_with_nul: bool,
}

#[derive(Debug, Default, PartialEq)]
enum Form {
    #[default]
    Unknown,
    Json,
    Text,
}

impl Extent {
    pub(crate) fn feed(&mut self, mut bytes: &[u8]) {
        while let Some((&byte, rest)) = bytes.split_first() {
            bytes = rest;
            match byte {
                b'\0' => self.ends_with_nul = true,
                b'\r' | b'\n' | b' ' | b'\t' => self.after_backslash = false,
                _ => {
                    self.ends_with_nul = false;
                    self.step(byte);
                    bytes = &rest[self.plain(rest)..];
                }
            }
        }
    }

    /// How many bytes of `rest` change nothing: those of a string up to its end or an escape.
    fn plain(&self, rest: &[u8]) -> usize {
        if !self.in_string || self.after_backslash {
            return 0;
        }
        rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | b'\0')).unwrap_or(rest.len())
    }

    fn step(&mut self, byte: u8) {
        if self.form == Form::Unknown {
            self.form = if matches!(byte, b'{' | b'[') { Form::Json } else { Form::Text };
        }
        match byte {
            _ if self.form == Form::Text => {}
            _ if self.after_backslash => self.after_backslash = false,
            b'\\' if self.in_string => self.after_backslash = true,
            b'"' => self.in_string = !self.in_string,
            b'{' | b'[' if !self.in_string => self.depth = self.depth.saturating_add(1),
            b'}' | b']' if !self.in_string => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
    }

    pub(crate) fn end(&self) -> End {
        let is_whole = match self.form {
            Form::Unknown => return End::NotYet,
            Form::Text => self.ends_with_nul,
            Form::Json => self.depth == 0 && !self.in_string,
        };
        match (is_whole, self.ends_with_nul) {
            (true, true) => End::Here,
            (true, false) | (false, true) => End::Perhaps,
            (false, false) => End::NotYet,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_ends_with_its_nul() {
        for (bytes, end) in [
            (&b""[..], End::NotYet),
            (b"{\"a\":1", End::NotYet),
            (b"{\"a\":1}", End::Perhaps),
            (b"{\"a\":1}\n", End::Perhaps),
            (b"{\"a\":1}\0", End::Here),
            (b"{\"a\":1}\0\n", End::Here),
            (b"{\"a\":[{}\0", End::Perhaps),
            (b"{\"a\":[{}\0]}\0", End::Here),
            (b"{\"a\":\"}\\\"}\"", End::NotYet),
            (b"STATUS=S|", End::NotYet),
            (b"STATUS=S|\0", End::Here),
        ] {
            let mut whole = Extent::default();
            whole.feed(bytes);
            let mut dripped = Extent::default();
            for byte in bytes {
                dripped.feed(&[*byte]);
            }
            assert_eq!((whole.end(), dripped.end()), (end, end), "{}", String::from_utf8_lossy(bytes));
        }
    }
}
