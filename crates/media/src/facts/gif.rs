//! GIF (version 89a): a screen, and blocks that are walked through to count the pictures.

use super::found::Found;
use super::source::Source;
use super::xmp;

/// XMP in GIF: an application extension with this name, whose content is the bare packet (XMP part 3,
/// 1.1.2).
const XMP_APPLICATION: &[u8] = b"\x0bXMP DataXMP";
/// Packets are shorter.
const MOST_XMP: usize = 256 * 1024;
/// A GIF of a gigabyte has as many.
const MOST_BLOCKS: u32 = 4_000_000;

/// Reads a GIF.
pub(super) fn read(source: &mut Source<'_>, found: &mut Found) {
    if let (Some(width), Some(height)) = (source.little_u16(6), source.little_u16(8)) {
        found.size(width.into(), height.into());
    }
    let Some(flags) = source.byte(10) else {
        found.problem("it breaks off before its size is told");
        return;
    };
    let mut walk = Walk { at: 13 + table_bytes(flags), blocks_left: MOST_BLOCKS };
    let mut frames = 0;
    let ended = loop {
        match walk.block(source, found) {
            Block::Picture => frames += 1,
            Block::Other => {}
            Block::End => break true,
            Block::Broken => break false,
        }
    };
    if !ended && source.trouble().is_none() {
        found.problem("it breaks off or is broken before its end");
    }
    found.frames = (frames > 1).then_some(frames);
}

enum Block {
    Picture,
    Other,
    End,
    Broken,
}

struct Walk {
    at: u64,
    blocks_left: u32,
}

impl Walk {
    /// One block, and past it.
    fn block(&mut self, source: &mut Source<'_>, found: &mut Found) -> Block {
        let Some(kind) = source.byte(self.at) else { return Block::Broken };
        match kind {
            0x2c => {
                let Some(flags) = source.byte(self.at + 9) else { return Block::Broken };
                // A descriptor, perhaps a table of colours, the size of codes.
                self.at += 10 + table_bytes(flags) + 1;
                self.skip(source).map_or(Block::Broken, |()| Block::Picture)
            }
            0x21 => {
                if source.byte(self.at + 1) == Some(0xff)
                    && source.up_to(self.at + 2, XMP_APPLICATION.len()) == XMP_APPLICATION
                {
                    let packet = source.up_to(self.at + 14, MOST_XMP);
                    found.add_xmp(xmp::read(&packet));
                }
                self.at += 2;
                self.skip(source).map_or(Block::Broken, |()| Block::Other)
            }
            0x3b => Block::End,
            _ => Block::Broken,
        }
    }

    /// Past the parts of a block, up to the empty one that ends it.
    fn skip(&mut self, source: &mut Source<'_>) -> Option<()> {
        loop {
            self.blocks_left = self.blocks_left.checked_sub(1)?;
            let length = source.byte(self.at)?;
            self.at += 1 + u64::from(length);
            if length == 0 {
                return Some(());
            }
        }
    }
}

/// The bytes of a table of colours, as a block's flags tell them.
fn table_bytes(flags: u8) -> u64 {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(bytes: &[u8]) -> Found {
        let mut found = Found::default();
        read(&mut Source::memory(bytes), &mut found);
        found
    }

    fn gif(frames: usize) -> Vec<u8> {
        let head = b"GIF89a\x07\0\x05\0\x80\0\0\0\0\0\xff\xff\xff";
        let frame = b"\x21\xf9\x04\0\0\0\0\0\x2c\0\0\0\0\x07\0\x05\0\0\x02\x02\x4c\x01\0";
        [head.as_slice(), &frame.repeat(frames), b"\x3b"].concat()
    }

    #[test]
    fn pictures_are_counted() {
        assert_eq!(found(&gif(3)).coded, Some((7, 5)));
        assert_eq!(found(&gif(3)).frames, Some(3));
        assert_eq!(found(&gif(1)).frames, None);
        assert_eq!(found(&gif(3)).problems(), None);
    }

    #[test]
    fn what_is_cut_off_counts_what_is_there_and_says_so() {
        let whole = gif(3);
        let cut = found(&whole[..whole.len() - 10]);
        assert_eq!(cut.frames, Some(2));
        assert!(cut.problems().unwrap().contains("breaks off"));
        for end in 0..whole.len() {
            let _ = found(&whole[..end]);
        }
    }

    #[test]
    fn xmp_lies_bare_in_an_extension() {
        let packet = r#"<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description
            xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="3"/></rdf:RDF>"#;
        let extension = [b"\x21\xff\x0bXMP DataXMP".as_slice(), packet.as_bytes()].concat();
        let whole = gif(1);
        let bytes = [&whole[..19], &extension, b"\x01\xff\xfe\x00", &whole[19..]].concat();
        assert_eq!(found(&bytes).xmp.unwrap().rating, Some(3));
    }
}
