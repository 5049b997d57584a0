use std::io::Cursor;

use image::codecs::png::PngEncoder;
use image::codecs::tiff::TiffEncoder;
use image::codecs::webp::WebPEncoder;
use image::{ExtendedColorType, ImageDecoder as _, ImageEncoder as _};
use moxcms::ColorProfile;
use proptest::prelude::*;

use super::*;

const RED: [u8; 3] = [200, 30, 30];
const GREEN: [u8; 3] = [30, 160, 30];
const BLUE: [u8; 3] = [30, 30, 200];
const GOLD: [u8; 3] = [220, 180, 20];

const EVERY_TYPE: [&str; 24] = [
    "image/jpeg",
    "image/heic",
    "image/heif",
    "image/avif",
    "image/png",
    "image/apng",
    "image/gif",
    "image/webp",
    "image/tiff",
    "image/bmp",
    "image/jxl",
    "image/jp2",
    "image/j2c",
    "image/x-adobe-dng",
    "image/x-canon-cr2",
    "image/x-canon-cr3",
    "image/x-canon-crw",
    "image/x-fujifilm-raf",
    "image/x-nikon-nef",
    "image/x-olympus-orf",
    "image/x-panasonic-rw2",
    "image/x-sigma-x3f",
    "image/x-sony-arw",
    "image/heic-sequence",
];

fn shown(bytes: &[u8], content_type: &str) -> Result<Rendered, Unrenderable> {
    render(bytes, content_type, &RenderLimits::default())
}

/// Four fields of one colour each: red and green above, blue and gold below.
fn quarters(width: u32, height: u32) -> Vec<u8> {
    let field = |x: u32, y: u32| match (x < width / 2, y < height / 2) {
        (true, true) => RED,
        (false, true) => GREEN,
        (true, false) => BLUE,
        (false, false) => GOLD,
    };
    (0..height).flat_map(|y| (0..width).flat_map(move |x| field(x, y))).collect()
}

/// What is seen in the four corners of a picture whose tag has the value 1 to 8.
const CORNERS: [(u16, [[u8; 3]; 4]); 8] = [
    (1, [RED, GREEN, BLUE, GOLD]),
    (2, [GREEN, RED, GOLD, BLUE]),
    (3, [GOLD, BLUE, GREEN, RED]),
    (4, [BLUE, GOLD, RED, GREEN]),
    (5, [RED, BLUE, GREEN, GOLD]),
    (6, [BLUE, RED, GOLD, GREEN]),
    (7, [GOLD, GREEN, BLUE, RED]),
    (8, [GREEN, GOLD, RED, BLUE]),
];

fn jpeg_of(width: u32, height: u32, pixels: Vec<u8>) -> Vec<u8> {
    let writing = Writing { quality: 95, is_progressive: false, halves_colours: false };
    jpeg::encode(&Canvas { width, height, has_alpha: false, pixels }, writing).unwrap()
}

/// The JPEG with a marker before all others.
fn with_segment(jpeg: &[u8], segment: &[u8]) -> Vec<u8> {
    [&jpeg[..2], segment, &jpeg[2..]].concat()
}

fn exif_segment(orientation: u16) -> Vec<u8> {
    jpeg::segment(0xe1, &[b"Exif\0\0", tags::tests::exif(orientation).as_slice()].concat())
}

fn png_of(width: u32, height: u32, samples: &[u8], color: ExtendedColorType) -> Vec<u8> {
    let mut bytes = Vec::new();
    PngEncoder::new(&mut bytes).write_image(samples, width, height, color).unwrap();
    bytes
}

/// The PNG with a chunk behind its header or, when `at_end`, before its last one.
fn with_chunk(png: &[u8], name: &[u8], content: &[u8], at_end: bool) -> Vec<u8> {
    let at = if at_end { png.len() - 12 } else { 33 };
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    let checksum = checksum(&[name, content].concat()).to_be_bytes();
    [&png[..at], &length, name, content, &checksum, &png[at..]].concat()
}

/// CRC-32 as PNG wants it (annex D).
fn checksum(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, &byte| {
        (0..8).fold(sum ^ u32::from(byte), |sum, _| (sum >> 1) ^ (0xedb8_8320 * (sum & 1)))
    })
}

/// Width, height, bytes per pixel and pixels.
fn decoded_webp(bytes: &[u8]) -> (u32, u32, usize, Vec<u8>) {
    let decoder = image::codecs::webp::WebPDecoder::new(Cursor::new(bytes)).unwrap();
    let (width, height) = decoder.dimensions();
    let channels = usize::from(decoder.color_type().bytes_per_pixel());
    let mut pixels = vec![0; usize::try_from(decoder.total_bytes()).unwrap()];
    decoder.read_image(&mut pixels).unwrap();
    (width, height, channels, pixels)
}

fn decoded_jpeg(bytes: &[u8]) -> Canvas {
    colour::to_srgb(jpeg::decode(bytes, Wanted::Everything, &RenderLimits::default()).unwrap().raster)
}

fn is_near(found: &[u8], expected: &[u8]) -> bool {
    found.iter().zip(expected).all(|(a, b)| a.abs_diff(*b) < 30)
}

/// Looks at the middles of the four fields of both renditions.
#[track_caller]
fn assert_corners(rendered: &Rendered, corners: [[u8; 3]; 4], what: &str) {
    let (width, height, channels, pixels) = decoded_webp(&rendered.thumbnail);
    let preview = decoded_jpeg(&rendered.preview);
    for (index, corner) in corners.iter().enumerate() {
        let (right, below) = (index % 2 * 2 + 1, index / 2 * 2 + 1);
        let place = |width: u32, height: u32| {
            height as usize * below / 4 * width as usize + width as usize * right / 4
        };
        let small = &pixels[place(width, height) * channels..];
        let large = &preview.pixels[place(preview.width, preview.height) * 3..];
        assert!(is_near(&small[..3], corner), "{what}, corner {index} of the thumbnail: {:?}", &small[..3]);
        assert!(is_near(&large[..3], corner), "{what}, corner {index} of the preview: {:?}", &large[..3]);
    }
}

#[test]
fn a_jpeg_stands_upright_whatever_its_tag_says() {
    let plain = jpeg_of(320, 200, quarters(320, 200));
    for (value, corners) in CORNERS {
        let rendered = shown(&with_segment(&plain, &exif_segment(value)), "image/jpeg").unwrap();
        let expected = if value < 5 { (320, 200) } else { (200, 320) };
        assert_eq!((rendered.width, rendered.height), expected, "{value}");
        assert_corners(&rendered, corners, &format!("orientation {value}"));
    }
}

#[test]
fn png_webp_and_tiff_stand_upright_by_their_exif() {
    let pixels = quarters(320, 200);
    let png = png_of(320, 200, &pixels, ExtendedColorType::Rgb8);
    for (value, corners) in CORNERS {
        let exif = tags::tests::exif(value);
        for at_end in [false, true] {
            let rendered = shown(&with_chunk(&png, b"eXIf", &exif, at_end), "image/png").unwrap();
            assert_corners(&rendered, corners, &format!("PNG {value}, at the end: {at_end}"));
        }
        let mut webp = Vec::new();
        let mut encoder = WebPEncoder::new_lossless(&mut webp);
        encoder.set_exif_metadata(exif).unwrap();
        encoder.write_image(&pixels, 320, 200, ExtendedColorType::Rgb8).unwrap();
        assert_corners(&shown(&webp, "image/webp").unwrap(), corners, &format!("WebP {value}"));
        assert_corners(
            &shown(&tiff_of(&pixels, value), "image/tiff").unwrap(),
            corners,
            &format!("TIFF {value}"),
        );
    }
}

/// The encoder writes no orientation: a resolution's tag makes room for it.
fn tiff_of(pixels: &[u8], orientation: u16) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    TiffEncoder::new(&mut bytes).write_image(pixels, 320, 200, ExtendedColorType::Rgb8).unwrap();
    let mut bytes = bytes.into_inner();
    // "Number of rows in a strip" of a single strip may be missing.
    let entry = bytes
        .windows(4)
        .position(|four| four == [0x16, 0x01, 4, 0])
        .or_else(|| bytes.windows(4).position(|four| four == [0x16, 0x01, 3, 0]));
    let entry = entry.expect("a tag to overwrite");
    let value = orientation.to_le_bytes();
    bytes[entry..entry + 12].copy_from_slice(&[0x12, 0x01, 3, 0, 1, 0, 0, 0, value[0], value[1], 0, 0]);
    bytes
}

#[test]
fn what_is_see_through_stays_so_in_the_thumbnail_and_lies_on_white_in_the_preview() {
    let pixels: Vec<u8> = quarters(64, 64)
        .chunks(3)
        .enumerate()
        .flat_map(|(index, pixel)| {
            let alpha = if index % 64 < 32 { 0 } else { 255 };
            [pixel[0], pixel[1], pixel[2], alpha]
        })
        .collect();
    let rendered = shown(&png_of(64, 64, &pixels, ExtendedColorType::Rgba8), "image/png").unwrap();
    let (_, _, channels, thumbnail) = decoded_webp(&rendered.thumbnail);
    assert_eq!(channels, 4);
    let middle = 16 * 64;
    assert_eq!((thumbnail[(middle + 16) * 4 + 3], thumbnail[(middle + 48) * 4 + 3]), (0, 255));
    let preview = decoded_jpeg(&rendered.preview);
    assert!(is_near(&preview.pixels[(middle + 16) * 3..][..3], &[255; 3]));
    assert!(is_near(&preview.pixels[(middle + 48) * 3..][..3], &GREEN));
    let (_, _, hash_alpha, _) = fast_thumbhash_average(&rendered.thumbhash);
    assert!(hash_alpha < 0.9, "the placeholder is see-through, too: {hash_alpha}");
}

fn fast_thumbhash_average(hash: &[u8]) -> (f32, f32, f32, f32) {
    fast_thumbhash::thumb_hash_to_average_rgba(hash).unwrap()
}

#[test]
fn alpha_that_hides_nothing_is_not_kept() {
    let pixels: Vec<u8> =
        quarters(32, 32).chunks(3).flat_map(|pixel| [pixel[0], pixel[1], pixel[2], 255]).collect();
    let rendered = shown(&png_of(32, 32, &pixels, ExtendedColorType::Rgba8), "image/png").unwrap();
    assert_eq!(decoded_webp(&rendered.thumbnail).2, 3);
}

#[test]
fn a_profile_is_applied_to_jpeg_and_png() {
    // What Display P3's 200, 100, 50 is in sRGB.
    let (stored, seen) = ([200, 100, 50], [215, 93, 31]);
    let profile = ColorProfile::new_display_p3().encode().unwrap();
    let pixels = stored.repeat(32 * 32);
    let icc = jpeg::segment(0xe2, &[b"ICC_PROFILE\0\x01\x01", profile.as_slice()].concat());
    let jpeg = with_segment(&jpeg_of(32, 32, pixels.clone()), &icc);
    let mut png = Vec::new();
    let mut encoder = PngEncoder::new(&mut png);
    encoder.set_icc_profile(profile).unwrap();
    encoder.write_image(&pixels, 32, 32, ExtendedColorType::Rgb8).unwrap();
    for (bytes, content_type) in [(jpeg, "image/jpeg"), (png, "image/png")] {
        let preview = decoded_jpeg(&shown(&bytes, content_type).unwrap().preview);
        let found = &preview.pixels[..3];
        assert!(found.iter().zip(seen).all(|(a, b)| a.abs_diff(b) <= 4), "{content_type}: {found:?}");
    }
}

#[test]
fn sixteen_bits_and_grey_are_shown() {
    let wide: Vec<u8> =
        [51_400u16, 7_710, 7_710].repeat(32 * 32).into_iter().flat_map(u16::to_be_bytes).collect();
    let native: Vec<u8> =
        wide.chunks(2).flat_map(|two| u16::from_be_bytes([two[0], two[1]]).to_ne_bytes()).collect();
    let rendered = shown(&png_of(32, 32, &native, ExtendedColorType::Rgb16), "image/png").unwrap();
    assert!(is_near(&decoded_jpeg(&rendered.preview).pixels[..3], &RED));
    let rendered = shown(&png_of(32, 32, &[90; 32 * 32], ExtendedColorType::L8), "image/png").unwrap();
    assert!(is_near(&decoded_jpeg(&rendered.preview).pixels[..3], &[90; 3]));
}

#[test]
fn nothing_is_enlarged_and_extremes_are_shown() {
    for size in [(1, 1), (2, 1), (1, 10_000), (10_000, 1), (249, 251), (1440, 1441)] {
        let pixels = quarters(size.0, size.1);
        let sources = [
            (png_of(size.0, size.1, &pixels, ExtendedColorType::Rgb8), "image/png"),
            (jpeg_of(size.0, size.1, pixels.clone()), "image/jpeg"),
        ];
        for (bytes, content_type) in sources {
            let rendered = shown(&bytes, content_type).unwrap();
            assert_eq!((rendered.width, rendered.height), size);
            let preview = decoded_jpeg(&rendered.preview);
            assert_eq!((preview.width, preview.height), shrink::fit_within(size, PREVIEW_SIDE));
            let (width, height, ..) = decoded_webp(&rendered.thumbnail);
            assert_eq!((width, height), shrink::fit_around(size, THUMBNAIL_SIDE, PREVIEW_SIDE));
            assert!((3..40).contains(&rendered.thumbhash.len()), "{size:?}: {:?}", rendered.thumbhash);
        }
    }
}

#[test]
fn a_large_picture_gives_both_sizes_and_a_progressive_preview() {
    let rendered = shown(&jpeg_of(3000, 2000, quarters(3000, 2000)), "image/jpeg").unwrap();
    assert_eq!((rendered.width, rendered.height), (3000, 2000));
    let markers = jpeg::Markers::read(&rendered.preview).unwrap();
    assert_eq!((markers.size, markers.coding), ((1440, 960), 2));
    let (width, height, ..) = decoded_webp(&rendered.thumbnail);
    assert_eq!((width, height), (375, 250));
    assert!(!rendered.is_partial);
    assert_corners(&rendered, CORNERS[0].1, "large");
}

#[test]
fn the_full_size_is_every_pixel_upright() {
    let bytes = with_segment(&jpeg_of(3000, 20, quarters(3000, 20)), &exif_segment(8));
    let full = decoded_jpeg(&full_size(&bytes, "image/jpeg", &RenderLimits::default()).unwrap());
    assert_eq!((full.width, full.height), (20, 3000));
    assert!(is_near(&full.pixels[..3], &GREEN));
}

/// A raw file in the form of a TIFF whose first folder holds an orientation.
fn raw_with(orientation: u16, inside: &[&[u8]]) -> Vec<u8> {
    let mut bytes = tags::tests::exif(orientation);
    for jpeg in inside {
        bytes.extend([0x55; 64]);
        bytes.extend_from_slice(jpeg);
    }
    bytes
}

#[test]
fn a_raw_file_is_shown_by_its_largest_jpeg_turned_as_the_raw_file_says() {
    let small = jpeg_of(160, 120, quarters(160, 120));
    let large = jpeg_of(800, 600, quarters(800, 600));
    for (value, corners) in CORNERS {
        let rendered = shown(&raw_with(value, &[&small, &large, &small]), "image/x-nikon-nef").unwrap();
        let expected = if value < 5 { (800, 600) } else { (600, 800) };
        assert_eq!((rendered.width, rendered.height), expected);
        assert_corners(&rendered, corners, &format!("raw {value}"));
    }
    // A JPEG that knows better is believed, and the raw file's word not applied on top.
    let knows = with_segment(&large, &exif_segment(6));
    let rendered = shown(&raw_with(3, &[&knows]), "image/x-sony-arw").unwrap();
    assert_corners(&rendered, CORNERS[5].1, "a JPEG with a tag of its own");
}

#[test]
fn a_raw_file_without_a_jpeg_large_enough_says_so() {
    let small = jpeg_of(160, 120, quarters(160, 120));
    for (inside, words) in [(vec![], "none"), (vec![small.as_slice()], "160 pixels")] {
        match shown(&raw_with(1, &inside), "image/x-adobe-dng") {
            Err(Unrenderable::Unsupported(why)) => assert!(why.contains(words), "{why}"),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_large_jpeg_inside_that_is_broken_leaves_the_next_one() {
    let good = jpeg_of(800, 600, quarters(800, 600));
    let mut broken = jpeg_of(900, 700, quarters(900, 700));
    let scan = broken.windows(2).position(|pair| pair == [0xff, 0xda]).unwrap();
    // Huffman tables that nobody defined.
    broken[scan + 6] = 0x33;
    let rendered = shown(&raw_with(1, &[&good, &broken]), "image/x-canon-cr2").unwrap();
    assert_eq!((rendered.width, rendered.height), (800, 600));
}

#[test]
fn a_png_that_is_cut_off_shows_what_came() {
    let noise: Vec<u8> =
        (0..200_000u32).map(|index| u8::try_from(index.wrapping_mul(2_654_435_761) >> 24).unwrap()).collect();
    let png = png_of(200, 300, &noise[..200 * 300 * 3], ExtendedColorType::Rgb8);
    let rendered = shown(&png[..png.len() / 2], "image/png").unwrap();
    assert!(rendered.is_partial);
    assert!(matches!(shown(&png[..40], "image/png"), Err(Unrenderable::Broken(_))));
}

#[test]
fn limits_hold_before_anything_is_decoded() {
    let limits = RenderLimits { max_pixels: 99, ..RenderLimits::default() };
    let pixels = quarters(10, 10);
    let jpeg = jpeg_of(10, 10, pixels.clone());
    let png = png_of(10, 10, &pixels, ExtendedColorType::Rgb8);
    for (bytes, content_type) in [(jpeg, "image/jpeg"), (png, "image/png")] {
        assert_eq!(
            render(&bytes, content_type, &limits),
            Err(Unrenderable::TooLarge { width: 10, height: 10 })
        );
        assert!(full_size(&bytes, content_type, &limits).is_err());
    }
}

#[test]
fn what_has_no_decoder_says_so() {
    for content_type in ["image/vnd.adobe.photoshop", "image/svg+xml", "video/mp4", ""] {
        assert!(matches!(shown(b"8BPS", content_type), Err(Unrenderable::Unsupported(_))), "{content_type}");
    }
}

#[test]
fn nothing_and_next_to_nothing_is_broken_for_every_type() {
    for content_type in EVERY_TYPE {
        for bytes in [
            &b""[..],
            b"\0",
            b"\xff\xd8",
            b"II*\0\x08\0\0\0",
            b"\x89PNG\r\n\x1a\n",
            b"GIF89a",
            b"BM",
            b"RIFF",
        ] {
            assert!(shown(bytes, content_type).is_err(), "{content_type} {bytes:?}");
        }
    }
}

#[test]
fn a_decoder_that_panics_costs_one_picture() {
    let outcome: Result<(), Unrenderable> = guarded(|| panic!("a decoder's mistake"));
    assert!(matches!(outcome, Err(Unrenderable::Broken(_))));
}

proptest! {
    /// A whole picture with bytes changed and cut off: an answer of either kind, and soon.
    #[test]
    fn damaged_pictures_end(
        content_type in prop::sample::select(EVERY_TYPE.to_vec()),
        is_png in any::<bool>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
        cut in any::<prop::sample::Index>(),
    ) {
        let limits = RenderLimits { max_pixels: 1_000_000, ..RenderLimits::default() };
        let pixels = quarters(48, 32);
        let mut bytes =
            if is_png { png_of(48, 32, &pixels, ExtendedColorType::Rgb8) } else { jpeg_of(48, 32, pixels) };
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        bytes.truncate(cut.index(bytes.len()) + 1);
        if let Ok(rendered) = render(&bytes, content_type, &limits) {
            prop_assert!(u64::from(rendered.width) * u64::from(rendered.height) <= 1_000_000);
        }
    }
}
