//! The plain text form of a reply: `STATUS=S,When=…|SUMMARY,Elapsed=…|`.

use super::request::Node;

/// Writes the same records in plain text. What is no JSON stays as it is.
pub(super) fn of_json(json: &str) -> String {
    let Some(Node::Object(sections)) = Node::parse(json) else { return json.to_owned() };
    let mut out = String::with_capacity(json.len());
    for (section, records) in &sections {
        let Node::List(records) = records else { continue };
        for record in records {
            write_record(&mut out, section, record);
        }
    }
    out
}

fn write_record(out: &mut String, section: &str, record: &Node) {
    let Node::Object(fields) = record else { return };
    // Records of a list open with their number, all others with the name of the section.
    let opens_with_number = fields.first().is_some_and(|(key, _)| section.starts_with(key.as_str()));
    if !opens_with_number {
        out.push_str(section);
        out.push(',');
    }
    for (index, (key, value)) in fields.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        out.push_str(key);
        out.push('=');
        match value {
            Node::Bare(word) => out.push_str(word),
            Node::Text(text) if matches!(key.as_str(), "URL" | "User" | "Msg" | "Stratum URL" | "Description") => {
                escape(out, text);
            }
            // Text of drivers is escaped by nobody.
            Node::Text(text) => out.push_str(text),
            Node::List(_) | Node::Object(_) => {}
        }
    }
    out.push('|');
}

fn escape(out: &mut String, text: &str) {
    for letter in text.chars() {
        if matches!(letter, '|' | ',' | '=' | '\\') {
            out.push('\\');
        }
        out.push(letter);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_become_fields() {
        let json = r#"{"STATUS":[{"STATUS":"S","Msg":"a=b"}],"SUMMARY":[{"Elapsed":1,"MHS av":nan}],"POOLS":[{"POOL":0,"User":"a|b"}],"id":1}"#;
        assert_eq!(of_json(json), r"STATUS=S,Msg=a\=b|SUMMARY,Elapsed=1,MHS av=nan|POOL=0,User=a\|b|");
    }
}
