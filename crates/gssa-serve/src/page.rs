//! What people get who open a program in a browser: the [site](crate::site), or in a build without it a short page.

use std::fmt::{self, Write as _};

use http::header::{ALLOW, HeaderValue};
use http::{Method, StatusCode, request};

use crate::problem::Error;
use crate::response::{Response, empty, full, typed, with_header};
use crate::site::Site;

const HTML: &str = "text/html; charset=utf-8";
const ALLOWED: &str = "GET, HEAD, OPTIONS";

/// Answers everything that is no path of the table of routes; `home` is the page at `/` of a build without the site.
pub fn answer(site: &Site, head: &request::Parts, home: impl FnOnce() -> String) -> Result<Response, Error> {
    let is_home = head.uri.path() == "/";
    if matches!(head.method, Method::GET | Method::HEAD)
        && let Some(answer) = site.answer(head)
    {
        return answer;
    }
    match head.method {
        Method::GET | Method::HEAD if is_home => Ok(typed(full(home()), HTML)),
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

/// A page with this title; `body` is markup.
pub fn page(title: &str, body: &str) -> String {
    let title = Escaped(title);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title></head>\n\
         <body>\n<h1>{title}</h1>\n{body}</body>\n</html>\n"
    )
}

/// Text that is only text in HTML, in attributes too.
#[derive(Debug, Clone, Copy)]
pub struct Escaped<'a>(pub &'a str);

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
    fn text_is_no_markup() {
        assert_eq!(Escaped("<script>'\"&").to_string(), "&lt;script&gt;&#39;&quot;&amp;");
    }
}
