//! What a client asks for: JSON if the first byte is a brace, plain text otherwise.

/// A request, as far as a machine looks at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Request {
    /// `{"command":"asc","parameter":"0"}`.
    Json(Asked),
    /// `asc|0`.
    Text { command: String, parameter: String },
    /// It begins with a brace and is no JSON.
    Malformed,
}

/// The members that mean something.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) command: Option<Command>,
    pub(super) parameter: String,
    pub(super) new_api: bool,
    /// The key that other firmware uses in place of `command`.
    pub(super) cmd: Option<String>,
    /// Whether a token came with it: somebody wants to change something.
    pub(super) has_token: bool,
}

/// One command or several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Command {
    One(String),
    List(Vec<String>),
}

/// A value of JSON, as it is written.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    Text(String),
    /// A number or a word, whatever it is: `12`, `true`, `nan`.
    Bare(String),
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
}

impl Request {
    /// Takes a request apart.
    pub(super) fn parse(bytes: &[u8]) -> Self {
        let bytes = bytes.strip_suffix(b"\0").unwrap_or(bytes);
        let text = String::from_utf8_lossy(bytes);
        if !text.starts_with('{') {
            let (command, parameter) = text.split_once('|').unwrap_or((&text, ""));
            return Self::Text { command: command.to_owned(), parameter: parameter.to_owned() };
        }
        match Node::parse(&text) {
            Some(Node::Object(members)) => Self::Json(Asked::of(members)),
            _ => Self::Malformed,
        }
    }
}

impl Asked {
    fn of(members: Vec<(String, Node)>) -> Self {
        let mut asked = Self::default();
        for (key, value) in members {
            match (key.as_str(), value) {
                ("command", Node::Text(name)) => asked.command = Some(Command::One(name)),
                ("command", Node::List(items)) => {
                    let names = items.into_iter().filter_map(|item| match item {
                        Node::Text(name) => Some(name),
                        _ => None,
                    });
                    asked.command = Some(Command::List(names.collect()));
                }
                ("parameter", Node::Text(text) | Node::Bare(text)) => asked.parameter = text,
                // Only the bare word counts.
                ("new_api", Node::Bare(word)) => asked.new_api = word == "true",
                ("cmd", Node::Text(name)) => asked.cmd = Some(name),
                ("token", _) => asked.has_token = true,
                _ => {}
            }
        }
        asked
    }
}

impl Node {
    /// Reads one value. What follows it counts as little as it does for the firmware's library.
    pub(super) fn parse(text: &str) -> Option<Self> {
        Reader { rest: text }.value(0)
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    const MAX_DEPTH: usize = 32;

    fn value(&mut self, depth: usize) -> Option<Node> {
        self.blanks();
        if depth > Self::MAX_DEPTH {
            return None;
        }
        match self.rest.chars().next()? {
            '{' => self.object(depth).map(Node::Object),
            '[' => self.list(depth).map(Node::List),
            '"' => self.text().map(Node::Text),
            _ => self.bare().map(Node::Bare),
        }
    }

    fn object(&mut self, depth: usize) -> Option<Vec<(String, Node)>> {
        let mut members = Vec::new();
        self.take('{')?;
        while self.take('}').is_none() {
            if !members.is_empty() {
                self.take(',')?;
            }
            self.blanks();
            let key = self.text()?;
            self.take(':')?;
            members.push((key, self.value(depth + 1)?));
        }
        Some(members)
    }

    fn list(&mut self, depth: usize) -> Option<Vec<Node>> {
        let mut items = Vec::new();
        self.take('[')?;
        while self.take(']').is_none() {
            // Old firmware forgets the comma; its own text protocol does not mind.
            self.take(',');
            items.push(self.value(depth + 1)?);
        }
        Some(items)
    }

    fn text(&mut self) -> Option<String> {
        let mut text = String::new();
        let mut chars = self.rest.strip_prefix('"')?.char_indices();
        while let Some((at, found)) = chars.next() {
            match found {
                '"' => {
                    self.rest = &self.rest[at + 2..];
                    return Some(text);
                }
                '\\' => match chars.next()?.1 {
                    'n' => text.push('\n'),
                    escaped => text.push(escaped),
                },
                _ => text.push(found),
            }
        }
        None
    }

    fn bare(&mut self) -> Option<String> {
        let end = self.rest.find([',', '}', ']', ' ', '\t', '\r', '\n']).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        (!word.is_empty()).then(|| word.to_owned())
    }

    fn take(&mut self, wanted: char) -> Option<()> {
        self.blanks();
        self.rest = self.rest.strip_prefix(wanted)?;
        Some(())
    }

    fn blanks(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n']);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Asked {
        match Request::parse(text.as_bytes()) {
            Request::Json(asked) => asked,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn json_is_told_from_text_by_its_first_byte() {
        let asked = json("{ \"command\" : \"asc\", \"parameter\":0 }\n");
        assert_eq!((asked.command, asked.parameter.as_str()), (Some(Command::One("asc".to_owned())), "0"));
        assert!(json(r#"{"command":"stats","new_api":true}"#).new_api);
        assert!(!json(r#"{"command":"stats","new_api":"true"}"#).new_api);
        let both = json(r#"{"command":["stats","pools"]}"#).command;
        assert_eq!(both, Some(Command::List(vec!["stats".to_owned(), "pools".to_owned()])));
        let text = |command: &str, parameter: &str| Request::Text {
            command: command.to_owned(),
            parameter: parameter.to_owned(),
        };
        assert_eq!(Request::parse(b"asc|0"), text("asc", "0"));
        assert_eq!(Request::parse(b"summary\n"), text("summary\n", ""));
        assert_eq!(Request::parse(b" {\"command\":\"x\"}"), text(" {\"command\":\"x\"}", ""));
        for wrong in ["{", "{\"command\"}", "{\"command\":\"x\"", "{1:2}"] {
            assert_eq!(Request::parse(wrong.as_bytes()), Request::Malformed, "{wrong}");
        }
    }
}
