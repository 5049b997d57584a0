//! Names of codecs, the same for every container.

/// What codes the pictures, by the four letters that MP4 (the register at mp4ra.org), `QuickTime` and
/// AVI use.
pub(super) fn video(code: [u8; 4]) -> String {
    let name = match &code.map(|letter| letter.to_ascii_lowercase()) {
        b"avc1" | b"avc2" | b"avc3" | b"avc4" | b"h264" | b"x264" | b"dvav" | b"dva1" => "h264",
        b"hvc1" | b"hev1" | b"hevc" | b"dvh1" | b"dvhe" => "hevc",
        b"vvc1" | b"vvi1" => "vvc",
        b"av01" => "av1",
        b"vp08" | b"vp80" => "vp8",
        b"vp09" | b"vp90" => "vp9",
        b"mp4v" | b"divx" | b"xvid" | b"dx50" | b"fmp4" => "mpeg4",
        b"jpeg" | b"mjpg" | b"mjpa" | b"mjpb" | b"dmb1" => "mjpeg",
        b"s263" | b"h263" => "h263",
        b"apch" | b"apcn" | b"apcs" | b"apco" | b"ap4h" | b"ap4x" => "prores",
        b"mjp2" => "jpeg2000",
        b"svq1" => "svq1",
        b"svq3" => "svq3",
        b"cvid" => "cinepak",
        b"dvc " | b"dvcp" | b"dvsd" | b"dv5n" | b"dv5p" => "dvvideo",
        b"raw " | b"\0\0\0\0" => "rawvideo",
        _ => return own_code(code),
    };
    name.to_owned()
}

/// What codes the sound, by the four letters that MP4 and `QuickTime` use.
pub(super) fn audio(code: [u8; 4]) -> String {
    let name = match &code {
        b"mp4a" => "aac",
        b".mp3" => "mp3",
        b"alac" => "alac",
        b"ac-3" => "ac3",
        b"ec-3" => "eac3",
        b"Opus" => "opus",
        b"fLaC" => "flac",
        b"samr" => "amr_nb",
        b"sawb" => "amr_wb",
        b"sowt" => "pcm_s16le",
        b"twos" => "pcm_s16be",
        b"lpcm" | b"ipcm" => "pcm",
        b"raw " => "pcm_u8",
        b"in24" => "pcm_s24be",
        b"ulaw" => "pcm_mulaw",
        b"alaw" => "pcm_alaw",
        b"apac" => "apac",
        _ => return own_code(code),
    };
    name.to_owned()
}

/// What codes the sound behind `mp4a`, by the object type of its descriptor (ISO/IEC 14496-1, 7.2.6.6.2);
/// `None` for what is AAC.
pub(super) fn audio_object(object_type: u8) -> Option<&'static str> {
    match object_type {
        0x69 | 0x6b => Some("mp3"),
        0xa5 => Some("ac3"),
        0xa6 => Some("eac3"),
        0xad => Some("opus"),
        _ => None,
    }
}

/// What codes the sound, by the number in a `WAVEFORMATEX` (RFC 2361).
pub(super) fn wave(format: u16, bits: u16) -> String {
    let name = match (format, bits) {
        (1, 8) => "pcm_u8",
        (1, 24) => "pcm_s24le",
        (1, 32) => "pcm_s32le",
        (1, _) => "pcm_s16le",
        (2, _) => "adpcm_ms",
        (3, _) => "pcm_f32le",
        (6, _) => "pcm_alaw",
        (7, _) => "pcm_mulaw",
        (0x11, _) => "adpcm_ima_wav",
        (0x50, _) => "mp2",
        (0x55, _) => "mp3",
        (0xff | 0x1610, _) => "aac",
        (0x2000, _) => "ac3",
        _ => return format!("0x{format:04x}"),
    };
    name.to_owned()
}

/// By Matroska's identifiers (RFC 9559 and its register of codecs).
pub(super) fn matroska(identifier: &str) -> String {
    let name = match identifier {
        "V_MPEG4/ISO/AVC" => "h264",
        "V_MPEGH/ISO/HEVC" => "hevc",
        "V_MJPEG" => "mjpeg",
        "V_MPEG2" => "mpeg2video",
        "V_PRORES" => "prores",
        "A_MPEG/L3" => "mp3",
        "A_PCM/INT/LIT" => "pcm_s16le",
        "A_EAC3" => "eac3",
        _ if identifier.starts_with("V_MPEG4/") => "mpeg4",
        _ if identifier.starts_with("A_AAC") => "aac",
        // V_VP9, V_AV1, A_OPUS, A_VORBIS, A_FLAC, A_AC3 …
        _ => return identifier.trim_start_matches("V_").trim_start_matches("A_").to_ascii_lowercase(),
    };
    name.to_owned()
}

/// Letters that mean nothing to us, as far as they are letters.
fn own_code(code: [u8; 4]) -> String {
    let letters = code.iter().map(|byte| if byte.is_ascii_graphic() { char::from(*byte) } else { '_' });
    letters.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_codec_has_one_name_in_every_container() {
        for name in [video(*b"avc1"), video(*b"H264"), matroska("V_MPEG4/ISO/AVC")] {
            assert_eq!(name, "h264");
        }
        for name in [audio(*b"mp4a"), wave(0xff, 16), matroska("A_AAC/MPEG4/LC")] {
            assert_eq!(name, "aac");
        }
        assert_eq!(matroska("V_VP9"), "vp9");
        assert_eq!(matroska("A_OPUS"), audio(*b"Opus"));
    }

    #[test]
    fn what_is_not_known_keeps_its_own_code() {
        assert_eq!(video(*b"XYZ\xff"), "XYZ_");
        assert_eq!(wave(0x1234, 0), "0x1234");
        assert_eq!(matroska("ü"), "ü");
    }
}
