//! JPEG XL (ISO/IEC 18181). The decoder turns pictures itself.

use jxl::api::{
    AlphaMode, Endianness, Event, JxlBasicInfo, JxlColorProfile, JxlColorType, JxlDataFormat, JxlDecoder,
    JxlDecoderOptions, JxlOutputBuffer, JxlPixelFormat, ProfileLevel,
};

use super::limits::RenderLimits;
use super::orientation::Orientation;
use super::raster::{Colours, Decoded, Layout, Raster, Samples};
use super::unrenderable::Unrenderable;

/// What the decoder keeps for each pixel while it works: three colours and alpha, of 32 bits each, for the
/// frame and for one that later ones refer to.
const BYTES_PER_PIXEL: u64 = 24;

/// Decodes the first frame. What is cut off is answered as far as it goes.
pub(super) fn decode(bytes: &[u8], limits: &RenderLimits) -> Result<Decoded, Unrenderable> {
    let mut decoder = JxlDecoder::new(options(limits));
    let mut input = bytes;
    if !matches!(decoder.process(&mut input, None, None).map_err(Unrenderable::broken)?, Event::BasicInfo) {
        return Err(Unrenderable::broken("it ends before the picture begins"));
    }
    let header = decoder.basic_info().ok_or_else(|| Unrenderable::broken("it has no header"))?;
    let size = size(header)?;
    limits.check_size(size)?;
    limits.check_memory(size, BYTES_PER_PIXEL)?;
    let has_many_bits = header.bit_depth.bits_per_sample() > 8;
    let layout = layout(&decoder, header)?;
    let extra_channels = header.extra_channels.len();
    let format = pixel_format(layout, has_many_bits, extra_channels);
    decoder.set_pixel_format(format).map_err(Unrenderable::broken)?;

    let row_samples = size.0 as usize * layout.channels();
    let (samples, is_partial) = if has_many_bits {
        let mut samples = vec![0u16; row_samples * size.1 as usize];
        let is_partial = fill(&mut decoder, input, bytemuck::cast_slice_mut(&mut samples), size.1)?;
        (Samples::Sixteen(samples), is_partial)
    } else {
        let mut samples = vec![0u8; row_samples * size.1 as usize];
        let is_partial = fill(&mut decoder, input, &mut samples, size.1)?;
        (Samples::Eight(samples), is_partial)
    };
    let profile = decoder.output_color_profile().and_then(JxlColorProfile::try_as_icc);
    let colours = profile.map_or(Colours::Srgb, |profile| Colours::Profile(profile.into_owned()));
    let raster = Raster { width: size.0, height: size.1, layout, samples, colours };
    Ok(Decoded { raster, full: size, orientation: Orientation::Upright, is_partial })
}

fn options(limits: &RenderLimits) -> JxlDecoderOptions {
    let mut options = JxlDecoderOptions::default();
    options.adjust_orientation = true;
    options.alpha_mode = AlphaMode::Unpremultiplied;
    options.max_profile_level = ProfileLevel::Main10;
    // Counts channels, too, of which four are ours.
    options.sample_limit = usize::try_from(limits.max_pixels.saturating_mul(8)).ok();
    options
}

fn size(header: &JxlBasicInfo) -> Result<(u32, u32), Unrenderable> {
    let [width, height] = [header.size.0, header.size.1].map(u32::try_from);
    Ok((width.map_err(Unrenderable::broken)?, height.map_err(Unrenderable::broken)?))
}

fn layout(decoder: &JxlDecoder, header: &JxlBasicInfo) -> Result<Layout, Unrenderable> {
    let is_grey = decoder.current_pixel_format().is_some_and(|format| format.color_type.is_grayscale());
    if decoder.embedded_color_profile().is_some_and(JxlColorProfile::is_cmyk) {
        return Err(Unrenderable::Unsupported("JPEG XL for print, in four inks".to_owned()));
    }
    let has_alpha =
        header.extra_channels.iter().any(|channel| channel.ec_type == jxl::api::ExtraChannel::Alpha);
    Ok(match (is_grey, has_alpha) {
        (true, false) => Layout::Grey,
        (true, true) => Layout::GreyAlpha,
        (false, false) => Layout::Rgb,
        (false, true) => Layout::Rgba,
    })
}

fn pixel_format(layout: Layout, has_many_bits: bool, extra_channels: usize) -> JxlPixelFormat {
    let color_type = match layout {
        Layout::Grey => JxlColorType::Grayscale,
        Layout::GreyAlpha => JxlColorType::GrayscaleAlpha,
        Layout::Rgba => JxlColorType::Rgba,
        _ => JxlColorType::Rgb,
    };
    let format = if has_many_bits {
        JxlDataFormat::U16 { endianness: Endianness::native(), bit_depth: 16 }
    } else {
        JxlDataFormat::U8 { bit_depth: 8 }
    };
    let extra_channel_format = vec![None; extra_channels];
    JxlPixelFormat { color_type, color_data_format: Some(format), extra_channel_format }
}

/// Decodes the first frame into the samples. Answers whether it is cut off.
fn fill(decoder: &mut JxlDecoder, input: &[u8], samples: &mut [u8], rows: u32) -> Result<bool, Unrenderable> {
    let rows = rows as usize;
    let row_bytes = samples.len() / rows.max(1);
    let mut input = input;
    let mut output = [JxlOutputBuffer::new(samples, rows, row_bytes)];
    loop {
        match decoder.process(&mut input, Some(&mut output), None).map_err(Unrenderable::broken)? {
            Event::FrameComplete { .. } | Event::Complete => return Ok(false),
            Event::NeedMoreInput { .. } => break,
            Event::BasicInfo | Event::FrameHeader => {}
        }
    }
    let has_something = decoder.flush_pixels(&mut output, None).map_err(Unrenderable::broken)?;
    if has_something { Ok(true) } else { Err(Unrenderable::broken("it ends before the picture begins")) }
}
