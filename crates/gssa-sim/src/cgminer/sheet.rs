//! A sheet: the facts of a model and a template for each of its replies, as one text.
//!
//! ```text
//! // what the model is
//! @ type Antminer S19 Pro
//! == version 22 CGMiner versions
//! "VERSION":[{"API":"3.1","Type":"${type}"}]
//! == raw status
//! {"STATUS":"S"}
//! ```
//!
//! `@ base NAME` takes facts and replies from another sheet; what stands here comes first. The lines of a template are
//! joined without a blank between them, unless a backslash at the end stands for one. A reply is the status that its heading gives and then the template; a `raw` one
//! is all template, and so are `new` ones (the layout that `new_api` asks for), `cmd` ones (asked for by that key) and
//! those of the web, whose path begins with a slash.

/// A template and the status that goes with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Page {
    /// `summary`, `raw status`, `new stats`, `cmd get_psu`, `/cgi-bin/stats.cgi`.
    pub(super) name: String,
    /// Code and message, unless the template is everything.
    pub(super) status: Option<(u32, &'static str)>,
    pub(super) template: String,
}

/// A sheet, read.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub(super) base: Option<&'static str>,
    pub(super) facts: Vec<(&'static str, &'static str)>,
    pub(super) pages: Vec<Page>,
}

impl Sheet {
    /// Reads a sheet. What it cannot read it names.
    pub(super) fn read(text: &'static str) -> Result<Self, String> {
        let mut sheet = Self::default();
        for line in text.lines() {
            if let Some(fact) = line.strip_prefix("@ ") {
                let (name, value) = fact.split_once(' ').unwrap_or((fact, ""));
                match name {
                    "base" => sheet.base = Some(value),
                    _ => sheet.facts.push((name, value)),
                }
            } else if let Some(heading) = line.strip_prefix("== ") {
                sheet.pages.push(heading_of(heading)?);
            } else if !line.starts_with("//") && !line.trim().is_empty() {
                let page = sheet.pages.last_mut().ok_or_else(|| format!("stands nowhere: {line}"))?;
                match line.trim().strip_suffix('\\') {
                    Some(line) => page.template.extend([line, " "]),
                    None => page.template.push_str(line.trim()),
                }
            }
        }
        Ok(sheet)
    }

    /// Adds what a base has and this sheet has not.
    pub(super) fn on(mut self, base: &Self) -> Self {
        let facts: Vec<_> = base.facts.iter().filter(|(name, _)| self.fact(name).is_none()).copied().collect();
        let pages: Vec<_> = base.pages.iter().filter(|page| self.page(&page.name).is_none()).cloned().collect();
        self.facts.extend(facts);
        self.pages.extend(pages);
        self
    }

    pub(super) fn fact(&self, wanted: &str) -> Option<&'static str> {
        self.facts.iter().find(|(name, _)| *name == wanted).map(|(_, value)| *value)
    }

    pub(super) fn page(&self, wanted: &str) -> Option<&Page> {
        self.pages.iter().find(|page| page.name == wanted)
    }
}

fn heading_of(heading: &'static str) -> Result<Page, String> {
    let whole = |prefix: &str| heading.strip_prefix(prefix).is_some_and(|name| !name.is_empty());
    if heading.starts_with('/') || whole("new ") || whole("cmd ") || whole("raw ") {
        let name = heading.strip_prefix("raw ").unwrap_or(heading).to_owned();
        return Ok(Page { name, status: None, template: String::new() });
    }
    let mut words = heading.splitn(3, ' ');
    let parsed = || Some((words.next()?, words.next()?.parse().ok()?, words.next()?));
    let (name, code, message) = { parsed }().ok_or_else(|| format!("no heading: {heading}"))?;
    Ok(Page { name: name.to_owned(), status: Some((code, message)), template: String::new() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_is_read_and_put_on_another() {
        let base = Sheet::read("@ chips 76\n@ boards 1 2 3\n== version 22 Ver sions\n{\n  }\n").unwrap();
        let sheet =
            Sheet::read("// a comment\n@ base x\n@ chips 114\n== raw status\n{\"a\":1}\n== new stats\n[]").unwrap();
        assert_eq!(sheet.base, Some("x"));
        let both = sheet.on(&base);
        assert_eq!((both.fact("chips"), both.fact("boards")), (Some("114"), Some("1 2 3")));
        let version = both.page("version").unwrap();
        assert_eq!((version.status, version.template.as_str()), (Some((22, "Ver sions")), "{}"));
        assert_eq!(both.page("status").map(|page| page.status), Some(None));
        assert!(Sheet::read("text").is_err() && Sheet::read("== version x").is_err());
    }
}
