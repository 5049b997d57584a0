//! A small reader of Rust source: enough to know where functions and test modules begin and end.
//!
//! Comments, strings and characters are blanked first, line ends kept, so that what remains can be matched
//! brace by brace. Lexical rules: The Rust Reference, "Tokens".

/// What one file holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Scan {
    /// All lines.
    pub(super) lines: usize,
    /// Lines of items under `#[cfg(test)]`, the attribute's own included.
    pub(super) test_lines: usize,
    /// Lines that hold more than a comment.
    pub(super) code_lines: usize,
    /// Those of them that are under `#[cfg(test)]`.
    pub(super) test_code_lines: usize,
    /// Functions with a body, outside of tests.
    pub(super) functions: Vec<Function>,
    /// Names in `#[cfg(test)] mod name;`.
    pub(super) test_modules: Vec<String>,
}

/// A function with a body.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Function {
    pub(super) name: String,
    /// The line of its `fn`, counted from 1.
    pub(super) first_line: usize,
    /// From there to its closing brace.
    pub(super) lines: usize,
}

/// Reads a whole file.
pub(super) fn scan(source: &str) -> Scan {
    let text = blank(source);
    let holds_code: Vec<bool> = source.lines().map(holds_code).collect();
    let mut scan = Scan { lines: holds_code.len(), code_lines: count(&holds_code), ..Scan::default() };
    let mut at = 0;
    while at < text.len() {
        if let Some(item) = test_attribute(&text, at) {
            let end = item_end(&text, item);
            let (first, last) = (line(&text, at), line(&text, end));
            scan.test_lines += last - first + 1;
            scan.test_code_lines += count(&holds_code[first - 1..last.min(holds_code.len())]);
            scan.test_modules.extend(declared_module(&text[item..=end]));
            at = end + 1;
        } else {
            scan.functions.extend(function(&text, at));
            at += 1;
        }
    }
    scan
}

/// Whether a line holds more than a line comment, which is what counts when tests and code are compared:
/// documentation must not make code look bigger than its tests.
fn holds_code(line: &str) -> bool {
    let line = line.trim_start();
    !line.is_empty() && !line.starts_with("//")
}

fn count(holds_code: &[bool]) -> usize {
    holds_code.iter().filter(|holds| **holds).count()
}

/// Where the item starts that `#[cfg(test)]` at `at` belongs to.
fn test_attribute(text: &[char], at: usize) -> Option<usize> {
    if !starts_with(text, at, "#[cfg(") {
        return None;
    }
    let close = matching(text, at + 1)?;
    let words = words(&text[at + 6..close]);
    (words.iter().any(|word| word == "test") && words.iter().all(|word| word != "not")).then_some(close + 1)
}

/// The last character of the item that starts at `at`: its `;` or the end of its body.
fn item_end(text: &[char], mut at: usize) -> usize {
    while at < text.len() {
        match text[at] {
            ';' => return at,
            '{' => return matching(text, at).unwrap_or(text.len() - 1),
            '(' | '[' => at = matching(text, at).unwrap_or(text.len()),
            _ => {}
        }
        at += 1;
    }
    text.len() - 1
}

/// The name in `mod name;`.
fn declared_module(item: &[char]) -> Option<String> {
    if item.last() != Some(&';') {
        return None;
    }
    let words = words(item);
    let at = words.iter().position(|word| word == "mod")?;
    words.get(at + 1).cloned()
}

/// The function whose `fn` stands at `at`; `None` for function pointers and for bodies left to others.
fn function(text: &[char], at: usize) -> Option<Function> {
    let is_word = starts_with(text, at, "fn")
        && at.checked_sub(1).is_none_or(|before| !is_word_part(text[before]))
        && text.get(at + 2).is_some_and(|after| after.is_whitespace());
    if !is_word {
        return None;
    }
    let name: String =
        text[at + 2..].iter().skip_while(|c| c.is_whitespace()).take_while(|c| is_word_part(**c)).collect();
    let end = item_end(text, at);
    (text[end] == '}' && !name.is_empty()).then(|| Function {
        name,
        first_line: line(text, at),
        lines: line(text, end) - line(text, at) + 1,
    })
}

/// The bracket that closes the one at `open`.
fn matching(text: &[char], open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, c) in text.iter().enumerate().skip(open) {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

/// The source with comments, strings and characters turned into spaces, line ends kept.
fn blank(source: &str) -> Vec<char> {
    let mut text: Vec<char> = source.chars().collect();
    let mut at = 0;
    while at < text.len() {
        let end = match text[at] {
            '/' if starts_with(&text, at, "//") => line_end(&text, at),
            '/' if starts_with(&text, at, "/*") => comment_end(&text, at),
            '"' => string_end(&text, at),
            'r' => raw_string_end(&text, at).unwrap_or(at),
            '\'' => character_end(&text, at).unwrap_or(at),
            _ => at,
        };
        for c in &mut text[at..end] {
            if *c != '\n' {
                *c = ' ';
            }
        }
        at = end.max(at + 1);
    }
    text
}

fn line_end(text: &[char], at: usize) -> usize {
    text[at..].iter().position(|c| *c == '\n').map_or(text.len(), |length| at + length)
}

/// Block comments nest.
fn comment_end(text: &[char], start: usize) -> usize {
    let (mut at, mut depth) = (start, 0_usize);
    while at < text.len() {
        if starts_with(text, at, "/*") {
            depth += 1;
            at += 2;
        } else if starts_with(text, at, "*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    text.len()
}

fn string_end(text: &[char], start: usize) -> usize {
    let mut at = start + 1;
    while at < text.len() {
        match text[at] {
            '\\' => at += 1,
            '"' => return at + 1,
            _ => {}
        }
        at += 1;
    }
    text.len()
}

/// `r"…"`, `r#"…"#`, also behind `b` and `c`; `None` for names that start with r and for raw names.
fn raw_string_end(text: &[char], start: usize) -> Option<usize> {
    if let Some(before) = start.checked_sub(1).map(|before| text[before])
        && is_word_part(before)
        && !matches!(before, 'b' | 'c')
    {
        return None;
    }
    let hashes = text[start + 1..].iter().take_while(|c| **c == '#').count();
    let open = start + 1 + hashes;
    if text.get(open) != Some(&'"') {
        return None;
    }
    let close: String = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
    let end = (open + 1..text.len()).find(|at| starts_with(text, *at, &close));
    Some(end.map_or(text.len(), |at| at + close.len()))
}

/// `'x'` and `'\n'`; `None` for lifetimes.
fn character_end(text: &[char], start: usize) -> Option<usize> {
    if text.get(start + 1) == Some(&'\\') {
        let close = text.get(start + 3..)?.iter().position(|c| *c == '\'')?;
        return Some(start + 3 + close + 1);
    }
    (text.get(start + 2) == Some(&'\'')).then_some(start + 3)
}

fn starts_with(text: &[char], at: usize, what: &str) -> bool {
    what.chars().enumerate().all(|(index, c)| text.get(at + index) == Some(&c))
}

fn words(text: &[char]) -> Vec<String> {
    text.split(|c| !is_word_part(*c))
        .filter(|word| !word.is_empty())
        .map(|word| word.iter().collect())
        .collect()
}

fn is_word_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The line of a character, counted from 1.
fn line(text: &[char], at: usize) -> usize {
    text[..at].iter().filter(|c| **c == '\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(source: &str) -> Vec<(String, usize, usize)> {
        scan(source).functions.into_iter().map(|f| (f.name, f.first_line, f.lines)).collect()
    }

    #[test]
    fn functions_are_measured_from_fn_to_brace() {
        let source =
            "use a;\n\npub async fn one(\n    x: [u8; 2],\n) -> u8 {\n    if x { 1 }\n}\nfn two() {}\n";
        assert_eq!(names(source), [("one".into(), 3, 5), ("two".into(), 8, 1)]);
    }

    #[test]
    fn pointers_bodiless_functions_and_words_with_fn_are_none() {
        assert_eq!(names("type F = fn(u8) -> u8;\ntrait T { fn ask(&self) -> [u8; 4]; }\nlet cfn = 1;"), []);
    }

    #[test]
    fn inner_functions_count_for_themselves_too() {
        assert_eq!(names("fn a() {\n fn b() {\n }\n}"), [("a".into(), 1, 4), ("b".into(), 2, 2)]);
    }

    #[test]
    fn braces_in_text_are_not_braces() {
        let odd = "fn a<'x>(v: &'x str) {\n let _ = (\"}\\\"}\", '}', '\\'', '\\u{7d}', r#\"}\"}\"#, br\"}\", b'}');\n \
                   // }\n /* } /* } */ } */\n let r#fn = 1;\n}\n";
        assert_eq!(names(odd), [("a".into(), 1, 6)]);
    }

    #[test]
    fn test_items_are_set_apart() {
        let source = "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\n\n#[cfg(all(test, unix))]\nuse x::{y};\n\
                      fn c() {}\n#[cfg(not(test))]\nfn d() {}\n";
        let scan = scan(source);
        assert_eq!(scan.functions.iter().map(|f| f.name.as_str()).collect::<Vec<_>>(), ["a", "c", "d"]);
        assert_eq!((scan.lines, scan.test_lines), (11, 6));
    }

    #[test]
    fn comments_and_blank_lines_are_no_code() {
        let scan =
            scan("//! Doc.\n\n/// Doc.\nfn a() {\n    // why\n}\n#[cfg(test)]\nmod tests {\n    // why\n}\n");
        assert_eq!((scan.code_lines, scan.test_code_lines), (5, 3));
    }

    #[test]
    fn a_test_module_in_a_file_of_its_own_is_named() {
        let scan = scan("#[cfg(test)]\n#[path = \"x;y\"]\nmod contract;\npub mod disk;\n");
        assert_eq!(scan.test_modules, ["contract"]);
        assert_eq!(scan.test_lines, 3);
    }

    #[test]
    fn unfinished_files_do_not_break_the_reader() {
        for source in
            ["", "fn", "fn a", "fn a() {", "\"open", "/* open", "r#\"open", "#[cfg(test)]", "'", "'\\"]
        {
            let _ = scan(source);
        }
    }
}
