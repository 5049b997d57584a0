//! Which files a scan takes as pictures and videos.
//!
//! On the device the ending of the name is the right question: it is about what a person would call
//! a picture, and it costs no read. What the bytes really are is the hub's question.

/// Endings of pictures, RAW included.
const PICTURES: &[&str] = &[
    "3fr", "apng", "ari", "arw", "avif", "bay", "bmp", "braw", "cap", "cr2", "cr3", "crw", "cur", "dcr",
    "dcs", "dng", "drf", "eip", "erf", "fff", "gif", "gpr", "heic", "heics", "heif", "heifs", "hif", "ico",
    "iiq", "insp", "j2k", "jfif", "jp2", "jpe", "jpeg", "jpf", "jpg", "jpm", "jps", "jpx", "jxl", "jxr",
    "k25", "kdc", "mdc", "mef", "mos", "mpo", "mrw", "nef", "nrw", "orf", "ori", "pbm", "pef", "pgm", "png",
    "ppm", "psb", "psd", "ptx", "pxn", "r3d", "raf", "raw", "rw2", "rwl", "rwz", "sr2", "srf", "srw", "svg",
    "svgz", "tga", "tif", "tiff", "webp", "x3f",
];

/// Endings of videos.
const VIDEOS: &[&str] = &[
    "360", "3g2", "3gp", "3gpp", "asf", "avi", "divx", "dv", "f4v", "flv", "insv", "lrv", "m1v", "m2t",
    "m2ts", "m2v", "m4v", "mkv", "mod", "mov", "mp4", "mpe", "mpeg", "mpg", "mts", "mxf", "ogv", "qt", "tod",
    "ts", "vob", "webm", "wmv",
];

/// Endings of what programs write beside a picture: how it was edited, what it is called.
const SIDECARS: &[&str] = &["aae", "xmp"];

/// Whether a file of this name is a picture or a video, by its ending in any case.
pub fn is_media(name: &[u8]) -> bool {
    ending(name).is_some_and(|ending| among(PICTURES, &ending) || among(VIDEOS, &ending))
}

/// Whether a file of this name is a video, by its ending in any case.
pub fn is_video(name: &[u8]) -> bool {
    ending(name).is_some_and(|ending| among(VIDEOS, &ending))
}

/// Whether a file of this name belongs to a picture beside it.
pub fn is_sidecar(name: &[u8]) -> bool {
    ending(name).is_some_and(|ending| among(SIDECARS, &ending))
}

fn among(sorted: &[&str], ending: &str) -> bool {
    sorted.binary_search(&ending).is_ok()
}

/// The part after the last dot, in lower case. A name that only starts with a dot has none.
fn ending(name: &[u8]) -> Option<String> {
    let at = name.iter().rposition(|&byte| byte == b'.').filter(|&at| at > 0)?;
    let ending = &name[at + 1..];
    if ending.is_empty() || ending.len() > 5 {
        return None;
    }
    std::str::from_utf8(ending).ok().map(str::to_ascii_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted_because_they_are_searched() {
        for list in [PICTURES, VIDEOS, SIDECARS] {
            assert!(list.is_sorted());
            assert!(list.iter().all(|ending| ending.len() <= 5));
        }
    }

    #[test]
    fn endings_decide_in_any_case() {
        for name in
            ["a.JPG", "b.heic", "c.php.jpg", "d.Mov", "e.nef", "f.gif", "g.apng", "h.jxl", "i.mkv", "j.x3f"]
        {
            assert!(is_media(name.as_bytes()), "{name}");
        }
        for name in ["no_extension", "text.txt", "a.jpg.part", ".jpg", "x.", "notes.md", "a.xmp", "ü.jpéééé"]
        {
            assert!(!is_media(name.as_bytes()), "{name}");
        }
        assert!(is_video(b"d.Mov") && !is_video(b"a.JPG") && !is_video(b"mov"));
        assert!(is_media(b"\xff\xfe.jpg"));
        assert!(is_sidecar(b"IMG_1.AAE") && is_sidecar(b"a.jpg.xmp") && !is_sidecar(b"a.jpg"));
    }
}
