//! Bytes in, facts out. For now: what kind of file is this, never by its name.

/// What the first bytes of a file say it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MediaType {
    /// The media type (RFC 6838) to serve it as.
    pub content_type: &'static str,
    /// Picture or video; `None` for everything else.
    pub kind: Option<MediaKind>,
}

/// What becomes an asset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MediaKind {
    /// A still picture, raw or not, animated or not.
    Picture,
    /// A film.
    Video,
}

/// How many bytes from the start [`sniff`] wants to see. Fewer are fine for shorter files.
pub const SNIFF_BYTES: usize = 4096;

/// Tells what a file is by its first bytes.
pub fn sniff(first_bytes: &[u8]) -> MediaType {
    let _ = first_bytes;
    MediaType { content_type: "application/octet-stream", kind: None }
}

/// Whether a browser may show this inside our page's origin: only what it neither runs nor renders
/// as a document.
pub fn is_safe_inline(content_type: &str) -> bool {
    let _ = content_type;
    false
}
