//! What people get who open an agent without the web interface in a browser.

use std::fmt::Write as _;

use gssa_serve::page::{Escaped, page};
use http::Method;

use super::Api;
use crate::config::FileState;

const WITHOUT_SITE: &str = "<p>The web interface is not part of this build. Released binaries have it. To build it: with Node ^20.19 or \
    >=22.12, run <code>npm ci</code> and <code>npm run build</code> in the folder <code>web</code> of the source, then build the agent \
    again.</p>\n";

/// The page at `/`.
pub(super) fn home(api: &Api) -> String {
    let loaded = api.parts.configuration.current();
    let mut body = String::new();
    body.push_str(&broken(&loaded.file));
    let version = &api.parts.version;
    let _ = writeln!(body, "<p>{} {}</p>", Escaped(version.name), Escaped(version.version));
    body.push_str(WITHOUT_SITE);
    body.push_str("<p>The agent answers in JSON:</p>\n<ul>\n");
    for route in api.router.routes().iter().filter(|route| route.method == Method::GET && !route.path.contains('{')) {
        let _ = writeln!(body, "<li><a href=\"{0}\">{0}</a> {1}</li>", Escaped(&route.path), Escaped(route.summary));
    }
    body.push_str("</ul>\n");
    let name = loaded.config.agent.name.as_str();
    page(if name.is_empty() { "GoSlimStratum Agent" } else { name }, &body)
}

/// Says what is wrong with the configuration file, if anything.
fn broken(file: &FileState) -> String {
    let what = match file {
        FileState::Missing | FileState::Good => return String::new(),
        FileState::Broken { message, line, column } => format!("Line {line}, column {column}: {}", Escaped(message)),
        FileState::Unreadable { message } => Escaped(message).to_string(),
    };
    format!(
        "<h2>The configuration file cannot be read</h2>\n<p>{what}</p>\n\
         <p>It is not overwritten. Correct it; the agent takes it then.</p>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_file_says_is_no_markup() {
        let text = broken(&FileState::Broken { message: "<script>'\"&".into(), line: 3, column: 9 });
        assert!(text.contains("Line 3, column 9: &lt;script&gt;&#39;&quot;&amp;"), "{text}");
    }
}
