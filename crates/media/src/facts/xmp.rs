//! XMP (ISO 16684-1): the metadata that editors write, inside pictures and in `.xmp` files beside them.
//!
//! Only properties of the picture itself count, not those of its parts and ancestors. Entities of a
//! document's own are not expanded. The overflow of a JPEG's XMP into further segments ("extended
//! XMP") is not read: writers keep what matters here in the main packet.

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{NamespaceResolver, QName, ResolveResult};
use quick_xml::reader::NsReader;

use super::clock::{self, Reading};
use super::exif::sound_place;
use super::found::{Text, fill_camera};
use super::ifd::text_of;
use super::turning::Turning;
use super::types::{Camera, Place};

/// Longer packets hold pictures, not words.
pub(super) const MOST_BYTES: usize = 2 * 1024 * 1024;
/// Deeper nesting means nothing to us.
const MOST_DEPTH: usize = 64;
const MOST_KEYWORDS: usize = 500;
const MOST_ITEMS: usize = 64;

/// The namespaces that are understood, with the prefixes that their specifications use.
const NAMESPACES: &[(&str, &str)] = &[
    ("http://www.w3.org/1999/02/22-rdf-syntax-ns#", "rdf"),
    ("http://purl.org/dc/elements/1.1/", "dc"),
    ("http://ns.adobe.com/xap/1.0/", "xmp"),
    ("http://ns.adobe.com/photoshop/1.0/", "photoshop"),
    ("http://ns.adobe.com/exif/1.0/", "exif"),
    ("http://cipa.jp/exif/1.0/", "exifEX"),
    ("http://ns.adobe.com/tiff/1.0/", "tiff"),
    ("http://ns.adobe.com/exif/1.0/aux/", "aux"),
    ("http://ns.google.com/photos/1.0/camera/", "GCamera"),
    ("http://ns.google.com/photos/1.0/container/", "Container"),
    ("http://ns.google.com/photos/1.0/container/item/", "Item"),
    ("http://ns.google.com/photos/1.0/panorama/", "GPano"),
    ("http://www.digikam.org/ns/1.0/", "digiKam"),
];

/// What XMP says.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Xmp {
    /// The best of `photoshop:DateCreated`, `exif:DateTimeOriginal` and `xmp:CreateDate`, in this order.
    pub(super) taken: Option<Reading>,
    pub(super) place: Option<Place>,
    pub(super) camera: Camera,
    pub(super) rating: Option<i8>,
    pub(super) caption: Option<String>,
    pub(super) keywords: Vec<String>,
    pub(super) turning: Option<Turning>,
    pub(super) motion: MotionMark,
    pub(super) burst_id: Option<String>,
    pub(super) is_panorama: bool,
}

/// How Google's formats mark a film in a still: "Micro Video" by its distance from the end, "Motion
/// Photo" by a list of what the file is made of (developer.android.com, Motion Photo format 1.0).
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct MotionMark {
    pub(super) is_marked: bool,
    /// Bytes from the start of the film to the end of the file.
    pub(super) from_end: Option<u64>,
    /// Picture, gain map, film … in the order in which they lie in the file.
    pub(super) items: Vec<Item>,
}

/// One part of a file, as its XMP lists it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Item {
    pub(super) semantic: String,
    pub(super) length: u64,
    pub(super) padding: u64,
}

impl Xmp {
    /// Fills gaps with what another packet of the same picture says.
    pub(super) fn fill(&mut self, more: Xmp) {
        self.taken = match (self.taken, more.taken) {
            // Of two words about the same moment, the one that knows the zone.
            (Some(own), Some(other)) if own.offset_minutes.is_none() && own.is_same_second(other) => {
                Some(Reading { offset_minutes: other.offset_minutes, ..own })
            }
            (own, other) => own.or(other),
        };
        self.place = self.place.or(more.place);
        fill_camera(&mut self.camera, more.camera);
        self.rating = self.rating.or(more.rating);
        self.caption = self.caption.take().or(more.caption);
        if self.keywords.is_empty() {
            self.keywords = more.keywords;
        }
        if !self.motion.is_marked {
            self.motion = more.motion;
        }
        self.burst_id = self.burst_id.take().or(more.burst_id);
        self.is_panorama |= more.is_panorama;
    }
}

/// Reads a packet, or a whole `.xmp` file. Where it breaks off, what came before it counts; `None` when
/// it is no XMP at all.
pub(super) fn read(bytes: &[u8]) -> Option<Xmp> {
    let bytes = &bytes[..bytes.len().min(MOST_BYTES)];
    // Windows writes side-cars in UTF-16.
    let text = crate::text::decode(bytes).unwrap_or_else(|| String::from_utf8_lossy(bytes).into_owned());
    let mut reader = NsReader::from_str(text.trim_start_matches('\u{feff}'));
    let mut walk = Walk::default();
    while let Ok(event) = reader.read_event() {
        let goes_on = match event {
            Event::Start(element) => walk.open(&element, reader.resolver()),
            Event::Empty(element) => walk.open(&element, reader.resolver()) && walk.close(),
            Event::End(_) => walk.close(),
            Event::Text(text) => walk.say(&text),
            Event::CData(text) => walk.say(&text),
            Event::GeneralRef(reference) => match reference.resolve_char_ref() {
                Ok(Some(character)) => walk.say(character.encode_utf8(&mut [0; 4])),
                _ => walk.say(quick_xml::escape::resolve_predefined_entity(&reference).unwrap_or_default()),
            },
            Event::Eof => false,
            _ => true,
        };
        if !goes_on {
            break;
        }
    }
    walk.has_begun.then(|| walk.finish())
}

/// The way through a packet.
#[derive(Default)]
struct Walk {
    /// Names of the elements around, outermost first.
    path: Vec<String>,
    text: String,
    has_begun: bool,
    xmp: Xmp,
    dates: [Option<Reading>; 3],
    latitude: Option<f64>,
    longitude: Option<f64>,
    altitude: Option<f64>,
    is_below_sea: bool,
}

impl Walk {
    /// An element begins. Answers whether to go on.
    fn open(&mut self, element: &BytesStart<'_>, resolver: &NamespaceResolver) -> bool {
        let name = known_name(resolver.resolve_element(element.name()).0, element.name());
        self.has_begun |= name == "rdf:RDF";
        if name == "Container:Item" && self.xmp.motion.items.len() < MOST_ITEMS {
            self.xmp.motion.items.push(Item::default());
        }
        self.path.push(name);
        self.text.clear();
        let is_description = self.root().is_some_and(|root| self.path.len() == root + 2);
        for attribute in element.attributes().flatten() {
            let name = known_name(resolver.resolve_attribute(attribute.key).0, attribute.key);
            let Ok(value) = attribute.normalized_value(XmlVersion::Implicit1_0) else { continue };
            if name.starts_with("Item:") {
                self.item(&name, &value);
            } else if is_description {
                self.property(&name, &value);
            }
        }
        self.path.len() < MOST_DEPTH
    }

    fn close(&mut self) -> bool {
        let text = std::mem::take(&mut self.text);
        let name = self.path.last().map_or("", String::as_str);
        if let Some(value) = text_of(text.as_bytes()) {
            if name.starts_with("Item:") {
                let name = name.to_owned();
                self.item(&name, &value);
            } else if let Some(property) = self.current_property() {
                self.property(&property, &value);
            }
        }
        self.path.pop();
        !self.path.is_empty()
    }

    fn say(&mut self, text: &str) -> bool {
        if self.text.len() < 64 * 1024 {
            self.text.push_str(text);
        }
        true
    }

    /// Where `rdf:RDF` stands: outermost, or right below the one element that may be around it.
    fn root(&self) -> Option<usize> {
        self.path.iter().take(2).position(|name| name == "rdf:RDF")
    }

    /// The property whose value ends here: right below a description, or the list item below that.
    fn current_property(&self) -> Option<String> {
        let below = self.path.get(self.root()? + 2..)?;
        match below {
            [property] => Some(property.clone()),
            [property, list, item] if list.starts_with("rdf:") && item == "rdf:li" => Some(property.clone()),
            _ => None,
        }
    }

    fn item(&mut self, name: &str, value: &str) {
        let Some(item) = self.xmp.motion.items.last_mut() else { return };
        match name {
            "Item:Semantic" => item.semantic = value.to_owned().shortened(),
            "Item:Length" => item.length = value.trim().parse().unwrap_or_default(),
            "Item:Padding" => item.padding = value.trim().parse().unwrap_or_default(),
            _ => {}
        }
    }

    fn property(&mut self, name: &str, value: &str) {
        let value = value.trim();
        if value.is_empty() {
            return;
        }
        let owned = || Some(value.to_owned().shortened());
        let xmp = &mut self.xmp;
        match name {
            "photoshop:DateCreated" => self.dates[0] = clock::iso(value),
            "exif:DateTimeOriginal" => self.dates[1] = clock::iso(value),
            "xmp:CreateDate" => self.dates[2] = clock::iso(value),
            "exif:GPSLatitude" => self.latitude = coordinate(value),
            "exif:GPSLongitude" => self.longitude = coordinate(value),
            "exif:GPSAltitude" => self.altitude = fraction(value),
            "exif:GPSAltitudeRef" => self.is_below_sea = value == "1",
            "tiff:Make" => xmp.camera.make = owned(),
            "tiff:Model" => xmp.camera.model = owned(),
            "exifEX:LensModel" => xmp.camera.lens = owned(),
            "aux:Lens" if xmp.camera.lens.is_none() => xmp.camera.lens = owned(),
            "tiff:Orientation" => xmp.turning = value.parse().ok().and_then(Turning::from_exif),
            "xmp:Rating" => xmp.rating = rating(value),
            // The first language of an alternative is its default.
            "dc:description" if xmp.caption.is_none() => xmp.caption = owned(),
            "dc:subject" => self.keyword(value),
            "GCamera:MotionPhoto" | "GCamera:MicroVideo" => xmp.motion.is_marked |= value == "1",
            "GCamera:MicroVideoOffset" => xmp.motion.from_end = value.parse().ok(),
            "GCamera:BurstID" => xmp.burst_id = owned(),
            "GPano:UsePanoramaViewer" => xmp.is_panorama |= value.eq_ignore_ascii_case("true"),
            "GPano:ProjectionType" | "GPano:FullPanoWidthPixels" => xmp.is_panorama = true,
            _ => {}
        }
    }

    fn keyword(&mut self, value: &str) {
        let keywords = &mut self.xmp.keywords;
        if keywords.len() < MOST_KEYWORDS && !keywords.iter().any(|known| known == value) {
            keywords.push(value.to_owned().shortened());
        }
    }

    fn finish(mut self) -> Xmp {
        let dates = self.dates.iter().flatten().copied();
        // A day with its time is worth more than a day.
        self.xmp.taken = dates.clone().find(|date| !date.is_day_only).or_else(|| dates.clone().next());
        if let (Some(latitude), Some(longitude)) = (self.latitude, self.longitude) {
            let altitude = self.altitude.map(|metres| if self.is_below_sea { -metres } else { metres });
            self.xmp.place = sound_place(latitude, longitude, altitude);
        }
        self.xmp
    }
}

/// A name under the prefix that its specification uses. A prefix that was never declared is believed:
/// cut-out packets exist.
fn known_name(namespace: ResolveResult<'_>, name: QName<'_>) -> String {
    let prefix = match &namespace {
        ResolveResult::Bound(bound) => {
            NAMESPACES.iter().find(|(address, _)| *address == bound.as_ref()).map_or("", |(_, prefix)| prefix)
        }
        ResolveResult::Unknown(prefix) => prefix,
        ResolveResult::Unbound => "",
    };
    format!("{prefix}:{}", name.local_name().as_ref())
}

/// `52,27.576N` or `52,27,34.5N`; some write plain degrees.
fn coordinate(value: &str) -> Option<f64> {
    let (number, sign) = match value.chars().last()? {
        'N' | 'n' | 'E' | 'e' => (&value[..value.len() - 1], 1.0),
        'S' | 's' | 'W' | 'w' => (&value[..value.len() - 1], -1.0),
        _ => (value, 1.0),
    };
    let mut parts =
        number.split(',').map(|part| part.trim().parse::<f64>().ok().filter(|part| part.is_finite()));
    let degrees = parts.next()??;
    let minutes = parts.next().map_or(Some(0.0), |part| part)?;
    let seconds = parts.next().map_or(Some(0.0), |part| part)?;
    Some(sign * (degrees + minutes / 60.0 + seconds / 3600.0))
}

/// `1234/10`, or a plain number.
fn fraction(value: &str) -> Option<f64> {
    let (over, under) = value.split_once('/').unwrap_or((value, "1"));
    let (over, under): (f64, f64) = (over.trim().parse().ok()?, under.trim().parse().ok()?);
    Some(over / under).filter(|fraction| fraction.is_finite())
}

/// Stars; none are no rating.
fn rating(value: &str) -> Option<i8> {
    let stars: f64 = value.parse().ok()?;
    [-1, 1, 2, 3, 4, 5].into_iter().find(|known| (f64::from(*known) - stars).abs() < 0.5)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HEAD: &str = r#"<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">
        <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
            xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xap="http://ns.adobe.com/xap/1.0/"
            xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:exif="http://ns.adobe.com/exif/1.0/"
            xmlns:GCamera="http://ns.google.com/photos/1.0/camera/" xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/"
            xmlns:Container="http://ns.google.com/photos/1.0/container/"
            xmlns:Item="http://ns.google.com/photos/1.0/container/item/"
            xmlns:GPano="http://ns.google.com/photos/1.0/panorama/">"#;
    const TAIL: &str = "</rdf:RDF></x:xmpmeta><?xpacket end=\"w\"?>";

    fn xmp(inside: &str) -> Xmp {
        read([HEAD, inside, TAIL].concat().as_bytes()).unwrap()
    }

    #[test]
    fn properties_are_read_as_attributes_and_as_elements() {
        let attributes =
            xmp(r#"<rdf:Description xap:Rating="4" xap:CreateDate="2024-01-31T23:59:59+01:00"/>"#);
        let elements = xmp("<rdf:Description><xap:Rating> 4 </xap:Rating>
             <xap:CreateDate>2024-01-31T23:59:59+01:00</xap:CreateDate></rdf:Description>");
        assert_eq!(attributes, elements);
        assert_eq!(attributes.rating, Some(4));
        assert_eq!(attributes.taken.unwrap().offset_minutes, Some(60));
    }

    #[test]
    fn captions_and_keywords_are_lists() {
        let found = xmp(
            r#"<rdf:Description><dc:description><rdf:Alt><rdf:li xml:lang="x-default">Fish &amp; chips &#x263a;</rdf:li>
               <rdf:li xml:lang="de">Fisch</rdf:li></rdf:Alt></dc:description>
               <dc:subject><rdf:Bag><rdf:li>sea</rdf:li><rdf:li>food</rdf:li><rdf:li>sea</rdf:li></rdf:Bag></dc:subject>
               </rdf:Description>"#,
        );
        assert_eq!(found.caption.unwrap(), "Fish & chips ☺");
        assert_eq!(found.keywords, ["sea", "food"]);
    }

    #[test]
    fn dates_are_trusted_in_their_order_and_a_time_before_a_day() {
        let with = |created: &str| {
            xmp(&format!(
                r#"<rdf:Description photoshop:DateCreated="{created}" exif:DateTimeOriginal="2023-01-01T10:00:00"
                   xap:CreateDate="2022-01-01T10:00:00"/>"#
            ))
            .taken
        };
        assert_eq!(with("2024-01-31T23:59:59"), clock::iso("2024-01-31T23:59:59"));
        assert_eq!(with("2024-01-31"), clock::iso("2023-01-01T10:00:00"));
        assert_eq!(with("nonsense"), clock::iso("2023-01-01T10:00:00"));
    }

    #[test]
    fn places_are_read_in_both_ways_of_writing() {
        let place = |latitude: &str, longitude: &str| {
            xmp(&format!(
                r#"<rdf:Description exif:GPSLatitude="{latitude}" exif:GPSLongitude="{longitude}"
                   exif:GPSAltitude="1234/10" exif:GPSAltitudeRef="1"/>"#
            ))
            .place
        };
        let found = place("52,30.0N", "13,15,36W").unwrap();
        assert!((found.latitude - 52.5).abs() < 1e-9 && (found.longitude + 13.26).abs() < 1e-9);
        assert_eq!(found.altitude_m, Some(-123.4));
        assert_eq!(place("95,0N", "13,0E"), None);
        assert_eq!(place("ünd", "13,0E"), None);
        assert_eq!(place("", "13,0E"), None);
    }

    #[test]
    fn ancestors_and_parts_do_not_speak_for_the_picture() {
        let found = xmp(r"<rdf:Description><xmpMM:Pantry><rdf:Bag><rdf:li><rdf:Description>
               <exif:DateTimeOriginal>2001-01-01T00:00:00</exif:DateTimeOriginal><xap:Rating>1</xap:Rating>
               </rdf:Description></rdf:li></rdf:Bag></xmpMM:Pantry></rdf:Description>");
        assert_eq!(found, Xmp::default());
    }

    #[test]
    fn motion_photos_list_their_parts() {
        let found = xmp(
            r#"<rdf:Description GCamera:MotionPhoto="1" GCamera:BurstID="b-1"><Container:Directory><rdf:Seq>
               <rdf:li rdf:parseType="Resource"><Container:Item Item:Mime="image/jpeg" Item:Semantic="Primary"
                 Item:Length="0" Item:Padding="8"/></rdf:li>
               <rdf:li rdf:parseType="Resource"><Container:Item><Item:Semantic>MotionPhoto</Item:Semantic>
                 <Item:Length>1234</Item:Length></Container:Item></rdf:li>
               </rdf:Seq></Container:Directory></rdf:Description>"#,
        );
        let item = |semantic: &str, length, padding| Item { semantic: semantic.to_owned(), length, padding };
        assert!(found.motion.is_marked);
        assert_eq!(found.motion.items, [item("Primary", 0, 8), item("MotionPhoto", 1234, 0)]);
        assert_eq!(found.burst_id.unwrap(), "b-1");
    }

    #[test]
    fn panoramas_and_ratings() {
        assert!(xmp(r#"<rdf:Description GPano:ProjectionType="equirectangular"/>"#).is_panorama);
        assert!(!xmp(r#"<rdf:Description GPano:UsePanoramaViewer="False"/>"#).is_panorama);
        for (text, stars) in
            [("5", Some(5)), ("3.0", Some(3)), ("0", None), ("-1", Some(-1)), ("99", None), ("x", None)]
        {
            assert_eq!(rating(text), stars, "{text}");
        }
    }

    #[test]
    fn a_bomb_of_entities_stays_small_and_a_broken_packet_keeps_its_beginning() {
        let bomb = format!(
            "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>{HEAD}<rdf:Description
             xap:Rating=\"2\"><dc:description>&b;text</dc:description></rdf:Description>{TAIL}"
        );
        let found = read(bomb.as_bytes()).unwrap();
        assert_eq!((found.rating, found.caption.as_deref()), (Some(2), Some("text")));
        let broken = format!("{HEAD}<rdf:Description xap:Rating=\"2\"><dc:subject></wrong>");
        assert_eq!(read(broken.as_bytes()).unwrap().rating, Some(2));
        assert_eq!(read(b"no xml"), None);
        let units = format!("\u{feff}{broken}").encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
        assert_eq!(read(&units).unwrap().rating, Some(2));
        assert_eq!(read("<a>".repeat(100_000).as_bytes()), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read_to_its_end(text in "[<>/&;a-z:= \"#x0-9]{0,200}", at in 0..900_usize) {
            let whole = [HEAD, &text, TAIL].concat();
            let _ = read(whole.as_bytes());
            let _ = read(&whole.as_bytes()[at.min(whole.len())..]);
        }
    }
}
