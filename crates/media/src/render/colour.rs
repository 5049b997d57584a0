//! From a file's own colours to sRGB, which browsers and phones show right without being told.

use moxcms::{
    CicpColorPrimaries, CicpProfile, ColorProfile, DataColorSpace, Layout as Channels, MatrixCoefficients,
    TransferCharacteristics, TransformOptions,
};

use super::raster::{Canvas, Colours, Layout, Raster, Samples};
use super::shrink::unpadded;

/// The raster in sRGB with 8 bits a sample. A profile that cannot be read, or that is made for other
/// samples than these, is passed over: a picture in slightly wrong colours is better than none.
pub(super) fn to_srgb(raster: Raster) -> Canvas {
    let raster = without_padding(raster);
    let (width, height) = (raster.width, raster.height);
    let has_alpha = raster.layout.has_alpha();
    let profile = profile(&raster.colours).filter(|profile| suits(profile, raster.layout));
    let converted = profile.and_then(|profile| convert(&raster, &profile));
    let pixels = converted.unwrap_or_else(|| unmanaged(raster.layout, &eight_bits(raster.samples)));
    opaque_if_it_is(Canvas { width, height, has_alpha, pixels })
}

/// Alpha that hides nothing is left out: most pictures that have the channel do not use it.
fn opaque_if_it_is(canvas: Canvas) -> Canvas {
    let (pixels, _) = canvas.pixels.as_chunks::<4>();
    if !canvas.has_alpha || pixels.iter().any(|pixel| pixel[3] != u8::MAX) {
        return canvas;
    }
    let pixels = unpadded(&canvas.pixels);
    Canvas { has_alpha: false, pixels, ..canvas }
}

fn without_padding(raster: Raster) -> Raster {
    if raster.layout != Layout::Rgbx {
        return raster;
    }
    let samples = match &raster.samples {
        Samples::Eight(samples) => Samples::Eight(unpadded(samples)),
        Samples::Sixteen(samples) => Samples::Sixteen(unpadded(samples)),
    };
    Raster { layout: Layout::Rgb, samples, ..raster }
}

fn profile(colours: &Colours) -> Option<ColorProfile> {
    match colours {
        Colours::Srgb => None,
        Colours::Profile(bytes) => ColorProfile::new_from_slice(bytes).ok(),
        Colours::CodePoints { primaries, transfer } => by_code_points(*primaries, *transfer),
    }
}

/// Code points of ITU-T H.273. What a file leaves unsaid (2) is sRGB; so is the transfer of BT.601, BT.709
/// and BT.2020, which cameras write and mean to be shown as it is.
fn by_code_points(primaries: u8, transfer: u8) -> Option<ColorProfile> {
    let primaries = match primaries {
        0 | 2 => CicpColorPrimaries::Bt709,
        known => CicpColorPrimaries::try_from(known).ok()?,
    };
    let transfer = match transfer {
        0..=2 | 6 | 13 | 14 | 15 => TransferCharacteristics::Srgb,
        known => TransferCharacteristics::try_from(known).ok()?,
    };
    if matches!(primaries, CicpColorPrimaries::Bt709) && matches!(transfer, TransferCharacteristics::Srgb) {
        return None;
    }
    Some(ColorProfile::new_from_cicp(CicpProfile {
        color_primaries: primaries,
        transfer_characteristics: transfer,
        matrix_coefficients: MatrixCoefficients::Identity,
        full_range: true,
    }))
}

fn suits(profile: &ColorProfile, layout: Layout) -> bool {
    match layout {
        Layout::Grey | Layout::GreyAlpha => profile.color_space == DataColorSpace::Gray,
        Layout::Rgb | Layout::Rgba | Layout::Rgbx => profile.color_space == DataColorSpace::Rgb,
        Layout::Cmyk => profile.color_space == DataColorSpace::Cmyk,
    }
}

/// `None` when the profile is of a kind that cannot be computed with.
fn convert(raster: &Raster, profile: &ColorProfile) -> Option<Vec<u8>> {
    let (from, to) = match raster.layout {
        Layout::Grey => (Channels::Gray, Channels::Rgb),
        Layout::GreyAlpha => (Channels::GrayAlpha, Channels::Rgba),
        Layout::Rgb => (Channels::Rgb, Channels::Rgb),
        Layout::Rgba | Layout::Rgbx => (Channels::Rgba, Channels::Rgba),
        // Four samples without alpha have no name of their own there.
        Layout::Cmyk => (Channels::Rgba, Channels::Rgb),
    };
    let srgb = ColorProfile::new_srgb();
    let options = TransformOptions::default();
    let pixels = raster.width as usize * raster.height as usize;
    let length = pixels * if raster.layout.has_alpha() { 4 } else { 3 };
    match &raster.samples {
        Samples::Eight(samples) => {
            let transform = profile.create_transform_8bit(from, &srgb, to, options).ok()?;
            let mut made = vec![0; length];
            transform.transform(samples, &mut made).ok()?;
            Some(made)
        }
        Samples::Sixteen(samples) => {
            let transform = profile.create_transform_16bit(from, &srgb, to, options).ok()?;
            let mut made = vec![0; length];
            transform.transform(samples, &mut made).ok()?;
            Some(eight_bits(Samples::Sixteen(made)))
        }
    }
}

fn eight_bits(samples: Samples) -> Vec<u8> {
    match samples {
        Samples::Eight(samples) => samples,
        Samples::Sixteen(samples) => samples.into_iter().map(eight_of_sixteen).collect(),
    }
}

/// The nearest: 257 steps of the finer scale are one of the coarser.
fn eight_of_sixteen(sample: u16) -> u8 {
    u8::try_from((u32::from(sample) + 128) / 257).unwrap_or(u8::MAX)
}

/// As the numbers stand.
fn unmanaged(layout: Layout, samples: &[u8]) -> Vec<u8> {
    match layout {
        Layout::Grey => samples.iter().flat_map(|&grey| [grey; 3]).collect(),
        Layout::GreyAlpha => {
            let (pixels, _) = samples.as_chunks::<2>();
            pixels.iter().flat_map(|&[grey, alpha]| [grey, grey, grey, alpha]).collect()
        }
        Layout::Rgb | Layout::Rgba | Layout::Rgbx => samples.to_vec(),
        Layout::Cmyk => {
            let (pixels, _) = samples.as_chunks::<4>();
            pixels
                .iter()
                .flat_map(|&[cyan, magenta, yellow, black]| {
                    [cyan, magenta, yellow].map(|ink| printed(ink, black))
                })
                .collect()
        }
    }
}

/// What white light is left by one ink and black on paper, without knowing the inks.
fn printed(ink: u8, black: u8) -> u8 {
    let left = (255 - u32::from(ink)) * (255 - u32::from(black));
    u8::try_from((left + 127) / 255).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raster(layout: Layout, samples: Samples, colours: Colours) -> Raster {
        let count = match &samples {
            Samples::Eight(samples) => samples.len(),
            Samples::Sixteen(samples) => samples.len(),
        };
        let width = u32::try_from(count / layout.channels()).unwrap();
        Raster { width, height: 1, layout, samples, colours }
    }

    fn shown(layout: Layout, samples: &[u8], colours: Colours) -> Vec<u8> {
        to_srgb(raster(layout, Samples::Eight(samples.to_vec()), colours)).pixels
    }

    fn encoded(profile: &ColorProfile) -> Colours {
        Colours::Profile(profile.encode().unwrap())
    }

    #[track_caller]
    fn assert_near(found: &[u8], expected: &[u8]) {
        assert_eq!(found.len(), expected.len());
        assert!(found.iter().zip(expected).all(|(a, b)| a.abs_diff(*b) <= 2), "{found:?} {expected:?}");
    }

    #[test]
    fn display_p3_and_adobe_rgb_become_srgb() {
        // A colour that both hold, computed from the definitions of both.
        let p3 = encoded(&ColorProfile::new_display_p3());
        assert_near(&shown(Layout::Rgb, &[200, 100, 50], p3), &[215, 93, 31]);
        let adobe = encoded(&ColorProfile::new_adobe_rgb());
        assert_near(&shown(Layout::Rgb, &[200, 100, 50], adobe), &[227, 100, 42]);
    }

    #[test]
    fn an_srgb_profile_changes_nothing() {
        let samples = [0, 1, 2, 100, 150, 200, 253, 254, 255];
        assert_near(&shown(Layout::Rgb, &samples, encoded(&ColorProfile::new_srgb())), &samples);
    }

    #[test]
    fn sixteen_bits_keep_what_eight_would_lose_before_the_conversion() {
        // Linear light: dark tones lie within a few of 255 steps there.
        let linear = Colours::CodePoints { primaries: 1, transfer: 8 };
        let samples = Samples::Sixteen([20u16, 40, 60].map(|step| step * 8).to_vec());
        let canvas = to_srgb(raster(Layout::Rgb, samples, linear));
        assert_near(&canvas.pixels, &[8, 15, 21]);
        let plain = Samples::Sixteen(vec![0, 32_896, 65_535]);
        assert_eq!(to_srgb(raster(Layout::Rgb, plain, Colours::Srgb)).pixels, [0, 128, 255]);
    }

    #[test]
    fn grey_is_grey_with_and_without_a_profile() {
        assert_eq!(shown(Layout::Grey, &[7, 200], Colours::Srgb), [7, 7, 7, 200, 200, 200]);
        let gamma = encoded(&ColorProfile::new_gray_with_gamma(1.0));
        let found = shown(Layout::Grey, &[55], gamma.clone());
        assert_near(&found, &[128, 128, 128]);
        let found = shown(Layout::GreyAlpha, &[55, 9], gamma);
        assert_near(&found, &[128, 128, 128, 9]);
    }

    #[test]
    fn ink_is_subtracted_from_white() {
        let inks = [0, 0, 0, 0, 255, 0, 0, 0, 0, 255, 255, 0, 0, 0, 0, 255];
        assert_eq!(
            shown(Layout::Cmyk, &inks, Colours::Srgb),
            [255, 255, 255, 0, 255, 255, 255, 0, 0, 0, 0, 0]
        );
    }

    #[test]
    fn a_profile_for_other_samples_or_of_nonsense_is_passed_over() {
        let p3 = encoded(&ColorProfile::new_display_p3());
        assert_eq!(shown(Layout::Grey, &[100], p3), [100; 3]);
        assert_eq!(shown(Layout::Rgb, &[1, 2, 3], Colours::Profile(b"no profile".to_vec())), [1, 2, 3]);
    }

    #[test]
    fn alpha_is_kept_where_it_hides_something_and_dropped_where_not() {
        let seen = to_srgb(raster(Layout::Rgba, Samples::Eight(vec![1, 2, 3, 254]), Colours::Srgb));
        assert!(seen.has_alpha);
        let opaque = to_srgb(raster(Layout::Rgba, Samples::Eight(vec![1, 2, 3, 255]), Colours::Srgb));
        assert_eq!((opaque.has_alpha, opaque.pixels.as_slice()), (false, &[1, 2, 3][..]));
        assert_eq!(shown(Layout::Rgbx, &[1, 2, 3, 0], Colours::Srgb), [1, 2, 3]);
    }
}
