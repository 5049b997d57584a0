//! The name of a colour profile (ICC.1:2022, 7.3 and 9.2.41).

/// The profile's description; `None` when it has none.
pub(super) fn name(profile: &[u8]) -> Option<String> {
    let number = |at: usize| {
        let four = profile.get(at..at.checked_add(4)?)?;
        usize::try_from(u32::from_be_bytes(four.try_into().ok()?)).ok()
    };
    if profile.get(36..40)? != b"acsp" {
        return None;
    }
    let count = number(128)?.min(200);
    let entry =
        (0..count).map(|index| 132 + index * 12).find(|&at| profile.get(at..at + 4) == Some(b"desc"))?;
    let at = number(entry + 4)?;
    let text = |from: usize, length: usize| profile.get(from..from.checked_add(length.min(1024))?);
    let name = match profile.get(at..at.checked_add(4)?)? {
        // Version 2: a count and ASCII.
        b"desc" => {
            String::from_utf8_lossy(text(at.checked_add(12)?, number(at.checked_add(8)?)?)?).into_owned()
        }
        // Version 4: records of language, length and place; the first one will do.
        b"mluc" => {
            let units = text(at.checked_add(number(at.checked_add(24)?)?)?, number(at.checked_add(20)?)?)?;
            let units: Vec<u16> =
                units.chunks_exact(2).map(|two| u16::from_be_bytes([two[0], two[1]])).collect();
            String::from_utf16_lossy(&units)
        }
        _ => return None,
    };
    super::ifd::text_of(name.trim_end_matches('\0').as_bytes())
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    pub(in crate::facts) fn profile(description: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0; 128];
        bytes[36..40].copy_from_slice(b"acsp");
        bytes.extend(1_u32.to_be_bytes());
        bytes.extend(b"desc");
        bytes.extend(144_u32.to_be_bytes());
        bytes.extend(u32::try_from(description.len()).unwrap().to_be_bytes());
        bytes.extend(description);
        bytes
    }

    #[test]
    fn both_versions_have_names() {
        assert_eq!(name(&profile(b"desc\0\0\0\0\0\0\0\x05sRGB\0")).unwrap(), "sRGB");
        let units: Vec<u8> = "Display P3".encode_utf16().flat_map(u16::to_be_bytes).collect();
        let record =
            [b"mluc\0\0\0\0\0\0\0\x01\0\0\0\x0cenUS\0\0\0\x14\0\0\0\x1c".as_slice(), &units].concat();
        assert_eq!(name(&profile(&record)).unwrap(), "Display P3");
        assert_eq!(name(&profile(b"text")), None);
        assert_eq!(name(b""), None);
    }

    proptest! {
        #[test]
        fn any_profile_is_read(description in prop::collection::vec(any::<u8>(), 0..64), end in 0..220_usize) {
            for kind in [b"mluc", b"desc"] {
                let bytes = profile(&[kind.as_slice(), &description].concat());
                let _ = (name(&bytes), name(&bytes[..end.min(bytes.len())]));
            }
        }
    }
}
