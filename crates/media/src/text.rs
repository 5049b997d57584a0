//! Texts and markup, because a browser would render or run them whatever their name says.

/// Tags that make a browser take a text for HTML (WHATWG MIME Sniffing, section 7.1).
const HTML_STARTS: &[&str] = &[
    "<!doctype html",
    "<html",
    "<head",
    "<script",
    "<iframe",
    "<h1",
    "<div",
    "<font",
    "<table",
    "<a",
    "<style",
    "<title",
    "<b",
    "<body",
    "<br",
    "<p",
    "<img",
    "<meta",
    "<link",
];

/// The type of a text that begins with markup; `None` when it does not.
pub(crate) fn markup(bytes: &[u8]) -> Option<&'static str> {
    let text = decode(bytes)?.to_ascii_lowercase();
    let mut rest = text.trim_start();
    let (mut has_declaration, mut has_comment) = (false, false);
    // What may stand before the first element tells little by itself.
    loop {
        if rest.starts_with("<?xpacket") || rest.starts_with("<x:xmpmeta") || rest.starts_with("<rdf:rdf") {
            return Some("application/rdf+xml");
        }
        let (end, is_comment) = if rest.starts_with("<!--") {
            ("-->", true)
        } else if rest.starts_with("<?") {
            ("?>", false)
        } else if rest.starts_with("<!doctype svg") {
            return Some("image/svg+xml");
        } else if rest.starts_with("<!doctype") && !rest.starts_with("<!doctype html") {
            (">", false)
        } else {
            break;
        };
        has_comment |= is_comment;
        has_declaration |= !is_comment;
        // Without its end nothing more can be told; an attacker may have made it that long.
        let Some((_, behind)) = rest.split_once(end) else { break };
        rest = behind.trim_start();
    }
    if begins_with_tag(rest, "<svg") || rest.starts_with("<svg:svg") {
        Some("image/svg+xml")
    } else if HTML_STARTS.iter().any(|start| begins_with_tag(rest, start)) {
        Some("text/html")
    } else if has_declaration {
        Some("text/xml")
    } else if has_comment {
        Some("text/html")
    } else {
        None
    }
}

/// `text/plain` when the bytes are text all through; `None` when they are not, or there are none.
pub(crate) fn plain(bytes: &[u8]) -> Option<&'static str> {
    let text = decode(bytes).filter(|text| !text.is_empty())?;
    let is_text = |c: char| !c.is_control() || matches!(c, '\t' | '\n' | '\r' | '\u{c}' | '\u{1b}');
    text.chars().all(is_text).then_some("text/plain")
}

/// The tag, and not just another one that begins with the same letters.
fn begins_with_tag(text: &str, tag: &str) -> bool {
    text.strip_prefix(tag).is_some_and(|behind| {
        behind.is_empty() || behind.starts_with(|c: char| c.is_whitespace() || "/>".contains(c))
    })
}

/// The bytes as text: UTF-16 with its mark, or UTF-8, perhaps cut off in the middle of a character.
/// `None` when they are neither.
pub(crate) fn decode(bytes: &[u8]) -> Option<String> {
    match bytes {
        [0xff, 0xfe, rest @ ..] => decode_utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => decode_utf16(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] | rest => decode_utf8(rest),
    }
}

fn decode_utf8(bytes: &[u8]) -> Option<String> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text.to_owned()),
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&bytes[..error.valid_up_to()]).ok().map(str::to_owned)
        }
        // Old encodings: markup is ASCII in all of them, and a browser guesses.
        Err(_) if bytes.trim_ascii_start().starts_with(b"<") => {
            Some(String::from_utf8_lossy(bytes).into_owned())
        }
        Err(_) => None,
    }
}

fn decode_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let units = bytes.chunks_exact(2).map(|two| unit([two[0], two[1]]));
    let mut text = String::new();
    let mut decoded = char::decode_utf16(units).peekable();
    while let Some(character) = decoded.next() {
        match character {
            Ok(character) => text.push(character),
            // Half a pair at the very end was cut off there.
            Err(_) if decoded.peek().is_none() => {}
            Err(_) => return None,
        }
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_found_behind_whatever_may_stand_before_it() {
        let table = [
            ("<svg xmlns=\"http://www.w3.org/2000/svg\">", "image/svg+xml"),
            ("\u{feff}\n <?xml version=\"1.0\"?><!-- by hand -->\n<svg>", "image/svg+xml"),
            ("<?xml version=\"1.0\"?><!DOCTYPE svg PUBLIC \"x\" \"y\"><svg>", "image/svg+xml"),
            ("<!-- a drawing --><SVG/>", "image/svg+xml"),
            ("<!DOCTYPE html><p>", "text/html"),
            ("  \r\n<HTML>", "text/html"),
            ("<script>alert(1)</script>", "text/html"),
            ("<!-- only a comment -->", "text/html"),
            ("<!-- a comment without an end", "text/html"),
            ("<?xml version=\"1.0\"?><gpx>", "text/xml"),
            ("<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?>", "application/rdf+xml"),
            ("<?xml version=\"1.0\"?><x:xmpmeta xmlns:x=\"adobe:ns:meta/\">", "application/rdf+xml"),
        ];
        for (text, expected) in table {
            assert_eq!(markup(text.as_bytes()), Some(expected), "{text}");
        }
        for text in ["a < b", "<3 photos", "<address book>", "", "<", "plain"] {
            assert_eq!(markup(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn an_old_encoding_does_not_hide_markup() {
        assert_eq!(markup(b"<html><title>\xc4lbum</title>"), Some("text/html"));
        assert_eq!(plain(b"\xc4lbum"), None);
    }

    #[test]
    fn utf_16_is_read_in_both_orders() {
        let units: Vec<u16> = "<svg>".encode_utf16().collect();
        let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
        assert_eq!(markup(&[b"\xff\xfe".as_slice(), &little].concat()), Some("image/svg+xml"));
        assert_eq!(markup(&[b"\xfe\xff".as_slice(), &big].concat()), Some("image/svg+xml"));
        assert_eq!(plain(b"\xff\xfeA\0\n\0"), Some("text/plain"));
        assert_eq!(plain(b"\xff\xfe\0\xd8A\0"), None);
    }

    #[test]
    fn plain_text_has_no_control_characters_and_may_be_cut_off() {
        assert_eq!(plain("Grüße\taus\r\nWien".as_bytes()), Some("text/plain"));
        assert_eq!(plain(&"ü".as_bytes()[..1]), None);
        assert_eq!(plain(&"aü".as_bytes()[..2]), Some("text/plain"));
        assert_eq!(plain(b"a\0b"), None);
        assert_eq!(plain(b""), None);
    }
}
