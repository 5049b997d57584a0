//! Films made for the purpose, one property each.

use std::path::Path;
use std::time::Duration;

use futures_util::FutureExt as _;
use media::video::{Container, VideoError, VideoTools, plays_in_browsers};

use crate::studio::{Set, begins_fast, brightness, contains, ffmpeg, greys, png_size, tools};

/// Two seconds of black, then something to see.
const BLACK_START: &str = "-f lavfi -i color=black:s=320x240:r=10:d=2 -f lavfi -i testsrc=s=320x240:r=10:d=4 \
                           -filter_complex [0:v][1:v]concat=n=2:v=1:a=0 -c:v libx264 -pix_fmt yuv420p";

#[tokio::test]
async fn a_film_that_begins_in_the_dark_has_a_poster_that_shows_something() {
    let Some(tools) = tools().await else { return };
    let set = Set::made("dark.mp4", BLACK_START);
    let facts = tools.probe(&set.film).await.unwrap();
    let poster = tools.poster(&set.film, &facts, &set.scratch).await.unwrap();
    assert!(brightness(&poster.path) > 60, "{poster:?}");
}

#[tokio::test]
async fn of_a_film_that_is_dark_throughout_the_brightest_frame_is_taken() {
    let Some(tools) = tools().await else { return };
    // Each frame a little brighter than the one before, none bright.
    let set = Set::made(
        "night.mp4",
        "-f lavfi -i color=black:s=64x64:r=10:d=4,geq=lum='16+T*2':cb=128:cr=128 -c:v libx264 -qp 0 -pix_fmt yuv420p",
    );
    let facts = tools.probe(&set.film).await.unwrap();
    let poster = tools.poster(&set.film, &facts, &set.scratch).await.unwrap();
    assert_eq!(poster.at_ms, 3400, "{poster:?}");
    assert!(poster.path.is_file());
}

/// A film whose left upper quarter is white, turned by a quarter with the clock when it is shown, as
/// phones do it: by the matrix in its track header (ISO/IEC 14496-12, 8.3.2).
fn turned() -> Set {
    let set = Set::made(
        "turned.mp4",
        "-f lavfi -i color=gray:s=160x96:r=10:d=1,drawbox=w=80:h=48:color=white:t=fill -c:v libx264 -pix_fmt yuv420p",
    );
    let mut bytes = std::fs::read(&set.film).unwrap();
    let words = |words: [u32; 9]| words.map(u32::to_be_bytes).concat();
    let straight = words([0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000]);
    let turned = words([0, 0x1_0000, 0, 0xffff_0000, 0, 0, 0, 0, 0x4000_0000]);
    let header = bytes.windows(4).position(|four| four == b"tkhd").unwrap();
    let matrix = header + bytes[header..].windows(36).position(|window| window == straight).unwrap();
    bytes[matrix..matrix + 36].copy_from_slice(&turned);
    write(&set.film, &bytes);
    set
}

#[expect(clippy::disallowed_methods, reason = "files of a test need not be durable")]
fn write(path: &Path, bytes: &[u8]) {
    std::fs::write(path, bytes).unwrap();
}

#[tokio::test]
async fn what_was_filmed_upright_is_shown_upright_everywhere() {
    let Some(tools) = tools().await else { return };
    let set = turned();
    let facts = tools.probe(&set.film).await.unwrap();
    assert_eq!((facts.rotation_degrees, facts.width, facts.height), (90, 96, 160));
    let poster = tools.poster(&set.film, &facts, &set.scratch).await.unwrap();
    let hover = tools.hover_clip(&set.film, &facts, &set.scratch).await.unwrap();
    // In a task of its own, as the hub does it.
    let (film, scratch) = (set.film.clone(), set.scratch.clone());
    let work = async move { tools.playback(&film, &facts, &scratch, |_| ()).await };
    let playback = tokio_util::task::TaskTracker::new().spawn(work).await.unwrap().unwrap();
    for made in [&poster.path, &hover.path, &playback.path] {
        let greys = greys(made);
        // Of 16 rows of 16: two corners on each side.
        let (left, right) = (greys[2 * 16 + 2], greys[2 * 16 + 13]);
        assert!(right > 230 && left < 160, "{}: {left} {right}", made.display());
    }
    for facts in [&hover.facts, &playback.facts] {
        assert_eq!((facts.rotation_degrees, facts.width, facts.height), (0, 96, 160));
    }
    assert_eq!(png_size(&std::fs::read(&poster.path).unwrap()), (96, 160));
}

#[tokio::test]
async fn a_film_for_bright_screens_is_toned_down_for_ordinary_ones() {
    let Some(tools) = tools().await else { return };
    let set = Set::made(
        "hdr.mp4",
        "-f lavfi -i testsrc2=s=320x180:r=10:d=1 -c:v libx264 -pix_fmt yuv420p10le -color_primaries bt2020 \
         -color_trc smpte2084 -colorspace bt2020nc -x264-params colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc",
    );
    let facts = tools.probe(&set.film).await.unwrap();
    assert!(facts.is_hdr && !plays_in_browsers(&facts), "{facts:?}");
    assert!(tools.can_tone_map());
    let poster = tools.poster(&set.film, &facts, &set.scratch).await.unwrap();
    let untouched = set.folder.path().join("untouched.png");
    ffmpeg(&format!("-i {} -frames:v 1", set.film.display()), &untouched);
    // The test picture's white stands for 10 000 cd/m²: bright light, which stays bright.
    let (toned, untouched) = (brightness(&poster.path), brightness(&untouched));
    assert!(toned > 30 && toned != untouched, "{toned} {untouched}");
    let playback = tools.playback(&set.film, &facts, &set.scratch, |_| ()).await.unwrap();
    assert!(!playback.facts.is_hdr && plays_in_browsers(&playback.facts), "{:?}", playback.facts);
}

#[tokio::test]
async fn a_long_film_has_a_short_preview_and_says_how_far_its_playback_is() {
    let Some(tools) = tools().await else { return };
    let set = Set::made(
        "long.mkv",
        "-f lavfi -i testsrc2=s=800x450:r=50:d=12 -f lavfi -i sine=d=12 -c:v libx264 -pix_fmt yuv444p -preset ultrafast -c:a aac \
         -metadata title=Holidays",
    );
    let facts = tools.probe(&set.film).await.unwrap();
    assert_eq!((facts.container, facts.has_audio), (Container::Matroska, true));
    assert!(!plays_in_browsers(&facts));
    let hover = tools.hover_clip(&set.film, &facts, &set.scratch).await.unwrap();
    let hover_ms = hover.facts.duration_ms.unwrap();
    assert!((3300..=3900).contains(&hover_ms), "{hover_ms}");
    assert_eq!((hover.facts.width, hover.facts.height, hover.facts.has_audio), (640, 360, false));
    assert!(hover.size_bytes < 500_000, "{}", hover.size_bytes);
    let mut heard = Vec::new();
    let playback = tools.playback(&set.film, &facts, &set.scratch, |ms| heard.push(ms)).await.unwrap();
    assert!(heard.is_sorted() && heard.last().is_some_and(|ms| (11_500..12_500).contains(ms)), "{heard:?}");
    assert!(plays_in_browsers(&playback.facts) && playback.facts.has_audio, "{:?}", playback.facts);
    for made in [&hover.path, &playback.path] {
        let bytes = std::fs::read(made).unwrap();
        assert!(begins_fast(&bytes) && !contains(&bytes, "Holidays"), "{}", made.display());
    }
}

#[tokio::test]
async fn pictures_that_browsers_know_are_taken_over_and_only_the_sound_is_made_anew() {
    let Some(tools) = tools().await else { return };
    let set = Set::made(
        "packed.mkv",
        "-f lavfi -i testsrc2=s=320x240:r=25:d=3 -f lavfi -i sine=d=3 -c:v libx264 -pix_fmt yuv420p -c:a pcm_s16le",
    );
    let facts = tools.probe(&set.film).await.unwrap();
    assert!(!plays_in_browsers(&facts));
    let playback = tools.playback(&set.film, &facts, &set.scratch, |_| ()).await.unwrap();
    assert!(plays_in_browsers(&playback.facts) && playback.facts.has_audio, "{:?}", playback.facts);
    let pictures = |film: &Path| {
        let sum = set.folder.path().join("sum");
        ffmpeg(&format!("-i {} -map 0:v -c copy -f md5", film.display()), &sum);
        std::fs::read_to_string(sum).unwrap()
    };
    assert_eq!(pictures(&playback.path), pictures(&set.film));
}

#[tokio::test]
async fn pixels_that_are_not_square_become_square() {
    let Some(tools) = tools().await else { return };
    let set = Set::made(
        "wide.mp4",
        "-f lavfi -i testsrc=s=720x576:r=5:d=1 -vf setsar=64/45 -c:v libx264 -pix_fmt yuv420p",
    );
    let facts = tools.probe(&set.film).await.unwrap();
    assert_eq!((facts.width, facts.height), (1024, 576));
    let poster = tools.poster(&set.film, &facts, &set.scratch).await.unwrap();
    assert_eq!(png_size(&std::fs::read(&poster.path).unwrap()), (1024, 576));
}

#[tokio::test]
async fn a_sound_is_no_film_and_a_film_of_one_frame_is_one() {
    let Some(tools) = tools().await else { return };
    let sound = Set::made("sound.mkv", "-f lavfi -i sine=d=1 -c:a aac");
    assert!(matches!(tools.probe(&sound.film).await, Err(VideoError::NoPicture)));
    let frame =
        Set::made("frame.mp4", "-f lavfi -i testsrc=s=64x48:r=25:d=0.04 -c:v libx264 -pix_fmt yuv420p");
    let facts = tools.probe(&frame.film).await.unwrap();
    tools.poster(&frame.film, &facts, &frame.scratch).await.unwrap();
    tools.hover_clip(&frame.film, &facts, &frame.scratch).await.unwrap();
    tools.playback(&frame.film, &facts, &frame.scratch, |_| ()).await.unwrap();
}

#[tokio::test]
async fn a_film_that_lies_about_its_length_still_has_a_preview() {
    let Some(tools) = tools().await else { return };
    let set = Set::made("short.mp4", "-f lavfi -i testsrc=s=64x48:r=10:d=2 -c:v libx264 -pix_fmt yuv420p");
    let mut facts = tools.probe(&set.film).await.unwrap();
    facts.duration_ms = Some(3_600_000);
    let hover = tools.hover_clip(&set.film, &facts, &set.scratch).await.unwrap();
    assert!(hover.facts.duration_ms.is_some_and(|ms| ms >= 1500), "{:?}", hover.facts);
    tools.poster(&set.film, &facts, &set.scratch).await.unwrap();
}

/// A film that takes long to work on.
fn laborious() -> Set {
    Set::made(
        "laborious.mkv",
        "-f lavfi -i testsrc2=s=1280x720:r=50:d=10 -pix_fmt yuv444p -c:v libx264 -preset ultrafast",
    )
}

fn with_limits(tools: &VideoTools, change: impl FnOnce(&mut media::video::VideoLimits)) -> VideoTools {
    let mut tools = tools.clone();
    change(&mut tools.limits);
    tools
}

#[tokio::test]
async fn work_is_held_to_its_limits() {
    let Some(tools) = tools().await else { return };
    let set = laborious();
    let facts = tools.probe(&set.film).await.unwrap();
    let hasty = with_limits(&tools, |limits| limits.playback_time = Duration::from_millis(200));
    let slow = hasty.playback(&set.film, &facts, &set.scratch, |_| ()).await.unwrap_err();
    assert!(matches!(slow, VideoError::TimedOut { .. }) && slow.may_retry(), "{slow:?}");
    let narrow = with_limits(&tools, |limits| limits.hover_bytes_max = 10_000);
    let large = narrow.hover_clip(&set.film, &facts, &set.scratch).await.unwrap_err();
    assert!(matches!(large, VideoError::TooLarge { limit_bytes: 10_000 }), "{large:?}");
    let poor = with_limits(&tools, |limits| limits.memory_bytes = 24 << 20);
    let refused = poor.playback(&set.film, &facts, &set.scratch, |_| ()).await.unwrap_err();
    assert!(matches!(refused, VideoError::Broken(_)), "{refused:?}");
}

/// Whether a program is at work that was told of this path.
fn is_worked_on(path: &Path) -> bool {
    let told_of = |folder: &Path| {
        std::fs::read(folder.join("cmdline")).is_ok_and(|words| contains(&words, path.to_str().unwrap()))
    };
    std::fs::read_dir("/proc").unwrap().flatten().any(|entry| told_of(&entry.path()))
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn dropping_the_work_ends_it() {
    let Some(tools) = tools().await else { return };
    let set = laborious();
    let facts = tools.probe(&set.film).await.unwrap();
    {
        let mut work = Box::pin(tools.playback(&set.film, &facts, &set.scratch, |_| ()));
        while !set.scratch.join("playback.mp4").exists() {
            assert!(work.as_mut().now_or_never().is_none(), "it should take longer");
            tokio::task::yield_now().await;
        }
        assert!(is_worked_on(&set.scratch));
    }
    while is_worked_on(&set.scratch) {
        tokio::task::yield_now().await;
    }
}
