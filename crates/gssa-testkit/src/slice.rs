//! Cuts one value out of a JSON text that may hold bare words such as `nan`.

/// The exact text of the value that a JSON pointer names; all of the text without a pointer.
pub(crate) fn slice_value<'a>(text: &'a str, pointer: &str) -> &'a str {
    if pointer.is_empty() {
        return text;
    }
    let bytes = text.as_bytes();
    let mut at = skip_blanks(bytes, 0);
    for token in pointer.split('/').skip(1) {
        at = member(text, at, token);
    }
    &text[at..end_of_value(bytes, at)]
}

fn skip_blanks(bytes: &[u8], mut at: usize) -> usize {
    while bytes[at].is_ascii_whitespace() {
        at += 1;
    }
    at
}

fn member(text: &str, at: usize, token: &str) -> usize {
    let bytes = text.as_bytes();
    let is_object = bytes[at] == b'{';
    let mut at = skip_blanks(bytes, at + 1);
    let mut index = 0;
    while !matches!(bytes[at], b'}' | b']') {
        let mut is_it = index.to_string() == token;
        if is_object {
            let end = end_of_value(bytes, at);
            is_it = &text[at + 1..end - 1] == token;
            at = skip_blanks(bytes, end);
            assert_eq!(bytes[at], b':');
            at = skip_blanks(bytes, at + 1);
        }
        if is_it {
            return at;
        }
        at = skip_blanks(bytes, end_of_value(bytes, at));
        if bytes[at] == b',' {
            at = skip_blanks(bytes, at + 1);
        }
        index += 1;
    }
    panic!("no member {token:?}")
}

fn end_of_value(bytes: &[u8], mut at: usize) -> usize {
    let mut depth = 0;
    loop {
        match bytes[at] {
            b'"' => {
                at += 1;
                while bytes[at] != b'"' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                at += 1;
            }
            b'{' | b'[' => {
                depth += 1;
                at += 1;
            }
            b'}' | b']' => {
                depth -= 1;
                at += 1;
            }
            _ if depth > 0 => at += 1,
            _ => {
                while !matches!(bytes[at], b',' | b']' | b'}') && !bytes[at].is_ascii_whitespace() {
                    at += 1;
                }
            }
        }
        if depth == 0 {
            return at;
        }
    }
}
