//! What a machine answers when it behaves: commands, joined commands, the new layout, errors.

use super::profile::Errors;
use super::request::{Asked, Command, Request};
use super::scope::Scope;
use super::sheet::Page;
use super::template::fill;
use super::text;
use crate::Behaviour;

/// Commands that change something. They are refused and counted.
const WRITES: [&str; 44] = [
    "switchpool",
    "enablepool",
    "disablepool",
    "addpool",
    "removepool",
    "poolpriority",
    "poolquota",
    "setpool",
    "save",
    "quit",
    "restart",
    "failover-only",
    "debug",
    "setconfig",
    "zero",
    "hotplug",
    "ascenable",
    "ascdisable",
    "ascidentify",
    "ascset",
    "pgaenable",
    "pgadisable",
    "pgaidentify",
    "pgaset",
    "procenable",
    "procdisable",
    "procidentify",
    "procset",
    "devscan",
    "lockstats",
    "privileged",
    "time",
    "reload",
    "reboot",
    "logon",
    "logoff",
    "curtail",
    "profileset",
    "power_off",
    "power_on",
    "set_low_power",
    "set_high_power",
    "update_pools",
    "restart_btminer",
];

/// A reply without its end, and the commands that it answers.
#[derive(Debug)]
pub(super) struct Answer {
    /// The parts of the reply; a NUL may come to stand behind each but the last.
    pub(super) parts: Vec<String>,
    /// Each command, and whether it would change something.
    pub(super) commands: Vec<(String, bool)>,
}

/// Answers a request as the machine's firmware does.
pub(super) fn answer(scope: &Scope<'_>, request: &Request) -> Answer {
    match request {
        Request::Malformed => single(scope.error(23, "Invalid JSON"), "(malformed)", false),
        Request::Text { command, parameter } => {
            let mut answer = line(scope, command, parameter, scope.profile.text);
            if !scope.profile.joins || !command.contains('+') {
                answer.parts = answer.parts.into_iter().map(|part| scope.as_text(part)).collect();
            }
            answer
        }
        Request::Json(asked) => match &asked.command {
            Some(Command::List(names)) if scope.has_new_layout() => list(scope, names, asked.new_api),
            Some(Command::One(name)) if asked.new_api && scope.has_new_layout() => {
                single(scope.new_layout(name), &format!("{name} (new_api)"), WRITES.contains(&name.as_str()))
            }
            Some(Command::One(name)) => line(scope, name, &asked.parameter, false),
            _ => other_key(scope, asked),
        },
    }
}

fn single(reply: String, command: &str, writes: bool) -> Answer {
    Answer { parts: vec![reply], commands: vec![(command.to_owned(), writes)] }
}

/// One command, or several joined with `+`.
fn line(scope: &Scope<'_>, commands: &str, parameter: &str, as_text: bool) -> Answer {
    if !commands.contains('+') || !scope.profile.joins {
        let full = if parameter.is_empty() { commands.to_owned() } else { format!("{commands}|{parameter}") };
        return single(scope.command(commands, parameter), &full, WRITES.contains(&commands));
    }
    let mut names: Vec<&str> = Vec::new();
    for name in commands.split('+').filter(|name| !name.is_empty()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    // A part ends right behind a whole reply: that is where its own NUL stands in some firmware.
    let part = |(index, name): (usize, &&str)| match (as_text, index) {
        (true, _) => format!("CMD={name}|{}", scope.as_text(scope.command(name, ""))),
        (false, 0) => format!("{{\"{name}\":[{}", scope.command(name, "")),
        (false, _) => format!("],\"{name}\":[{}", scope.command(name, "")),
    };
    let mut parts: Vec<String> = names.iter().enumerate().map(part).collect();
    if !as_text {
        parts.push(if names.is_empty() { "{\"id\":1}" } else { "],\"id\":1}" }.to_owned());
    }
    let commands = names.iter().map(|name| ((*name).to_owned(), WRITES.contains(name))).collect();
    Answer { parts, commands }
}

/// The list form: one member a command, each a whole reply.
fn list(scope: &Scope<'_>, names: &[String], new_layout: bool) -> Answer {
    let reply = |name: &String| {
        let reply = if new_layout { scope.new_layout(name) } else { scope.command(name, "") };
        format!("\"{name}\":{reply}")
    };
    let suffix = if new_layout { " (new_api)" } else { "" };
    Answer {
        parts: vec![format!("{{{}}}", names.iter().map(reply).collect::<Vec<_>>().join(","))],
        commands: names.iter().map(|name| (format!("{name}{suffix}"), WRITES.contains(&name.as_str()))).collect(),
    }
}

/// Without `command`: some firmware knows another key, the rest misses it.
fn other_key(scope: &Scope<'_>, asked: &Asked) -> Answer {
    let Some(name) = &asked.cmd else {
        return single(scope.error(24, "Missing JSON 'command'"), "(no command)", false);
    };
    let writes = asked.has_token || WRITES.contains(&name.as_str());
    let counted = format!("cmd:{name}");
    if writes {
        return single(scope.denied(name), &counted, true);
    }
    let found = scope.profile.page(&format!("cmd {name}")).or_else(|| scope.profile.page("cmd *"));
    let reply = found.map_or_else(|| scope.error(24, "Missing JSON 'command'"), |page| scope.page(page));
    single(reply, &counted, false)
}

impl Scope<'_> {
    /// The reply to one command.
    fn command(&self, name: &str, parameter: &str) -> String {
        if self.behaviour == Behaviour::AccessDenied || WRITES.contains(&name) {
            return self.denied(name);
        }
        // Pages of the web and of the new layout have names that no command has.
        let is_word = !name.starts_with('/') && !name.contains(' ');
        let found = self.profile.page(&format!("{name}|{parameter}")).or_else(|| self.profile.page(name));
        match found.filter(|_| is_word) {
            Some(page) => self.page(page),
            None if self.profile.denied.contains(&name) => self.denied(name),
            None => self.error(if self.profile.errors == Errors::CodeZero { 0 } else { 14 }, "Invalid command"),
        }
    }

    /// Fills a page and puts its status before it.
    pub(super) fn page(&self, page: &Page) -> String {
        let filled = |template: &str| {
            fill(template, self).unwrap_or_else(|flaw| panic!("templates are sound, which a test checks, but {flaw:?}"))
        };
        let body = match page.status {
            None => filled(&page.template),
            Some((code, message)) => {
                let status = self.status("S", code, &filled(message));
                let comma = if page.template.is_empty() { "" } else { "," };
                format!("{{{status}{comma}{}{}}}", filled(&page.template), self.id())
            }
        };
        if self.profile.spaced { spaced(&body) } else { body }
    }

    fn new_layout(&self, name: &str) -> String {
        match self.profile.page(&format!("new {name}")) {
            Some(page) => self.page(page),
            None => format!("{{\"error_message\":\"not support ({name})\"}}"),
        }
    }

    fn has_new_layout(&self) -> bool {
        self.profile.pages().any(|page| page.name.starts_with("new "))
    }

    fn denied(&self, name: &str) -> String {
        self.error(45, &format!("Access denied to '{name}' command"))
    }

    fn error(&self, code: u32, message: &str) -> String {
        let body = format!("{{{}{}}}", self.status("E", code, message), self.id());
        if self.profile.spaced { spaced(&body) } else { body }
    }

    fn status(&self, letter: &str, code: u32, message: &str) -> String {
        let (when, description) = (self.clock(), self.profile.description);
        format!(
            "\"STATUS\":[{{\"STATUS\":\"{letter}\",\"When\":{when},\"Code\":{code},\"Msg\":\"{message}\",\
             \"Description\":\"{description}\"}}]"
        )
    }

    fn id(&self) -> &'static str {
        if self.profile.errors == Errors::CodeZero { "" } else { ",\"id\":1" }
    }

    fn as_text(&self, reply: String) -> String {
        if self.profile.text { text::of_json(&reply) } else { reply }
    }
}

/// Sets a blank behind each colon and comma outside of texts.
fn spaced(json: &str) -> String {
    let mut out = String::with_capacity(json.len() + json.len() / 8);
    let (mut in_text, mut is_escaped) = (false, false);
    for letter in json.chars() {
        out.push(letter);
        match letter {
            '"' if !is_escaped => in_text = !in_text,
            ':' | ',' if !in_text => out.push(' '),
            _ => {}
        }
        is_escaped = letter == '\\' && !is_escaped;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::spaced;

    #[test]
    fn blanks_are_set_outside_of_texts_only() {
        assert_eq!(spaced(r#"{"a:b":"c,\",d","e":[1,2]}"#), r#"{"a:b": "c,\",d", "e": [1, 2]}"#);
    }
}
