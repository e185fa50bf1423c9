//! What people get who open the agent in a browser: the [site](super::site), or in a build without it a short page.

use std::fmt::{self, Write as _};

use http::header::{ALLOW, HeaderValue};
use http::{Method, StatusCode, request};

use super::Api;
use super::problem::Error;
use super::response::{Response, empty, full, typed, with_header};
use super::route::ROUTES;
use crate::config::FileState;

const HTML: &str = "text/html; charset=utf-8";
const WITHOUT_SITE: &str = "<p>The web interface is not part of this build. Released binaries have it. To build it: with Node ^20.19 or \
    >=22.12, run <code>npm ci</code> and <code>npm run build</code> in the folder <code>web</code> of the source, then build the agent \
    again.</p>\n";
const ALLOWED: &str = "GET, HEAD, OPTIONS";

/// Answers everything that is no path of the API.
pub(super) fn answer(api: &Api, head: &request::Parts) -> Result<Response, Error> {
    let is_home = head.uri.path() == "/";
    if matches!(head.method, Method::GET | Method::HEAD)
        && let Some(answer) = api.parts.site.answer(head)
    {
        return answer;
    }
    match head.method {
        Method::GET | Method::HEAD if is_home => Ok(typed(full(home(api)), HTML)),
        Method::GET | Method::HEAD => {
            let mut response =
                typed(full(page("Not found", "<p>There is nothing here. <a href=\"/\">Start</a></p>\n")), HTML);
            *response.status_mut() = StatusCode::NOT_FOUND;
            Ok(response)
        }
        Method::OPTIONS if is_home => {
            Ok(with_header(empty(StatusCode::NO_CONTENT), ALLOW, HeaderValue::from_static(ALLOWED)))
        }
        _ if is_home => Err(Error::WrongMethod { allow: ALLOWED.to_owned() }),
        _ => Err(Error::UnknownPath),
    }
}

fn home(api: &Api) -> String {
    let loaded = api.parts.configuration.current();
    let mut body = String::new();
    body.push_str(&broken(&loaded.file));
    let version = &api.parts.version;
    let _ = writeln!(body, "<p>{} {}</p>", Escaped(version.name), Escaped(version.version));
    body.push_str(WITHOUT_SITE);
    body.push_str("<p>The agent answers in JSON:</p>\n<ul>\n");
    for route in ROUTES.iter().filter(|route| route.method == Method::GET && !route.path.contains('{')) {
        let _ = writeln!(body, "<li><a href=\"{0}\">{0}</a> {1}</li>", Escaped(route.path), Escaped(route.summary));
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

fn page(title: &str, body: &str) -> String {
    let title = Escaped(title);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title></head>\n\
         <body>\n<h1>{title}</h1>\n{body}</body>\n</html>\n"
    )
}

/// Text that is only text in HTML, in attributes too.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '&' => f.write_str("&amp;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
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
