//! Sizes and filters.

use super::VideoFacts;

/// A size that fits into a box, never larger than the film, with even sides where a code needs them.
pub(super) fn fit(facts: &VideoFacts, long_max: u32, short_max: u32, even: bool) -> (u32, u32) {
    let (width, height) = (u64::from(facts.width), u64::from(facts.height));
    let (long, short) = (width.max(height), width.min(height));
    // The smaller of long_max / long, short_max / short and 1.
    let (over, under) = if u64::from(long_max) * short <= u64::from(short_max) * long {
        (u64::from(long_max), long)
    } else {
        (u64::from(short_max), short)
    };
    let (over, under) = if over < under { (over, under) } else { (1, 1) };
    let side = |side: u64| {
        let scaled = (side * over + under / 2) / under;
        let scaled = if even { scaled / 2 * 2 } else { scaled };
        u32::try_from(scaled.max(if even { 2 } else { 1 })).unwrap_or(u32::MAX)
    };
    (side(width), side(height))
}

/// The filters that bring a frame, which ffmpeg has turned upright already, to a size with square
/// pixels, and what is too bright for ordinary screens down to them.
pub(super) fn filters(facts: &VideoFacts, (width, height): (u32, u32), can_tone_map: bool) -> String {
    if facts.is_hdr && can_tone_map {
        // The primaries are said explicitly: phones leave them out at times. 203 cd/m² is what a
        // white page has in such films (ITU-R BT.2408).
        format!(
            "zscale=w={width}:h={height}:pin=bt2020:min=bt2020nc:t=linear:npl=203,format=gbrpf32le,\
             zscale=p=bt709,tonemap=tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv,format=yuv420p,setsar=1"
        )
    } else {
        format!("scale={width}:{height}:flags=bicubic,setsar=1")
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::Container;
    use super::*;

    pub(in super::super) fn facts(width: u32, height: u32) -> VideoFacts {
        VideoFacts {
            container: Container::Mp4,
            duration_ms: Some(1000),
            frames_per_second: Some(30.0),
            video_codec: "h264".into(),
            audio_codec: None,
            pixel_format: "yuv420p".into(),
            rotation_degrees: 0,
            width,
            height,
            has_audio: false,
            is_hdr: false,
            stream_index: 0,
            tags: super::super::VideoTags::default(),
        }
    }

    #[test]
    fn a_film_is_made_to_fit_and_never_larger() {
        let table = [
            ((3840, 2160), (1920, 1080)),
            ((2160, 3840), (1080, 1920)),
            ((1920, 1080), (1920, 1080)),
            ((640, 480), (640, 480)),
            ((641, 481), (640, 480)),
            ((4000, 3000), (1440, 1080)),
            ((10_000, 100), (1920, 18)),
            ((1, 1), (2, 2)),
            ((u32::MAX, 1), (1920, 2)),
            ((u32::MAX, u32::MAX), (1080, 1080)),
        ];
        for ((width, height), expected) in table {
            assert_eq!(fit(&facts(width, height), 1920, 1080, true), expected, "{width}x{height}");
        }
        assert_eq!(fit(&facts(641, 481), 1920, 1080, false), (641, 481));
    }

    #[test]
    fn only_what_is_too_bright_is_toned_down_and_only_where_that_can_be_done() {
        let hdr = VideoFacts { is_hdr: true, ..facts(64, 64) };
        assert!(filters(&hdr, (64, 64), true).contains("tonemap"));
        assert!(!filters(&hdr, (64, 64), false).contains("tonemap"));
        assert!(!filters(&facts(64, 64), (64, 64), true).contains("tonemap"));
    }
}
