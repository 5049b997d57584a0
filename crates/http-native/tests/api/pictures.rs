//! What is known of a picture, and what it is shown with.

use domain::Role;
use library::RenditionKind;
use library::facts::{Camera, Exposure, Facts, MotionPhoto, Place, Taken, TakenFrom, VideoFacts};
use serde_json::{Value, json};
use testkit::samples;
use wire::ProblemCode;

use crate::support::people::text;
use crate::support::pictures::{JULY_2024_MS, looked_at};
use crate::support::{Doors, NOBODYS_ID, Person};

const SMALL: &[u8] = b"0123456789 a small picture";
const FOR_EVER: &str = "private, max-age=31536000, immutable";

/// A picture, and what `PUT` answered.
async fn kept(bytes: &[u8]) -> (Doors, Person, Value) {
    let doors = Doors::open().await;
    let sam = doors.person("sam", Role::Member).await;
    let stored = doors.store(&sam, "beach.jpg", bytes).await;
    (doors, sam, stored)
}

/// The address of what an asset has.
fn of(stored: &Value, what: &str) -> String {
    format!("/api/v1/assets/{}/{what}", text(&stored["asset_id"]))
}

async fn facts(doors: &Doors, person: &Person, stored: &Value) -> Value {
    doors.get(of(stored, "facts")).by(person).send().await.expect(200).json()
}

fn rich_facts() -> Facts {
    Facts {
        taken: Some(Taken {
            local_ms: JULY_2024_MS + 7_200_000,
            utc_ms: Some(JULY_2024_MS),
            offset_minutes: Some(120),
            is_day_only: false,
            source: TakenFrom::ExifOffset,
        }),
        place: Some(Place { latitude: -33.8568, longitude: 151.2153, altitude_m: Some(4.5) }),
        camera: Some(Camera { make: Some("Leica".into()), model: Some("Q3".into()), lens: None }),
        exposure: Some(Exposure {
            time_s: Some(0.004),
            f_number: Some(1.8),
            iso: Some(100),
            ..Exposure::default()
        }),
        rating: Some(-1),
        caption: Some("At the beach".into()),
        keywords: vec!["beach".into(), "Ünïcode".into()],
        motion: Some(MotionPhoto { offset: 1, length: 2 }),
        is_panorama: true,
        ..Facts::default()
    }
}

#[tokio::test]
async fn until_somebody_has_looked_nothing_is_known_and_the_answer_says_so() {
    let (doors, sam, stored) = kept(&samples::jpeg(1)).await;
    let expected = json!({
        "asset_id": stored["asset_id"], "kind": "picture", "described": false, "keywords": [],
        "is_panorama": false, "is_motion_photo": false, "renditions": {},
    });
    assert_eq!(facts(&doors, &sam, &stored).await, expected);
}

#[tokio::test]
async fn facts_of_a_picture() {
    let (doors, sam, stored) = kept(&samples::jpeg(1)).await;
    let mut found = looked_at(JULY_2024_MS);
    found.facts = serde_json::to_string(&rich_facts()).unwrap();
    doors.describe(&stored, found).await;
    let mut told = facts(&doors, &sam, &stored).await;
    let links = told.as_object_mut().unwrap().remove("renditions").unwrap();
    let expected = json!({
        "asset_id": stored["asset_id"], "kind": "picture", "described": true, "described_at_ms": 77,
        "width": 4000, "height": 3000,
        "taken": {
            "at_ms": JULY_2024_MS, "local_ms": JULY_2024_MS + 7_200_000, "offset_minutes": 120,
            "is_day_only": false, "known_from": "exif-offset",
        },
        "place": {
            "latitude": -33.8568, "longitude": 151.2153, "altitude_m": 4.5,
            "name": {
                "place": "The Rocks", "city": "Sydney", "region": "New South Wales", "country": "Australia", "country_code": "AU",
                "label": "Sydney, New South Wales, Australia",
            },
        },
        "camera": {"make": "Leica", "model": "Q3"},
        "exposure": {"time_s": 0.004, "f_number": 1.8, "iso": 100},
        "rating": -1, "caption": "At the beach", "keywords": ["beach", "Ünïcode"],
        "is_panorama": true, "is_motion_photo": true, "thumbhash": "AAABkHf9MAA=",
    });
    assert_eq!(told, expected);
    let kinds: Vec<&String> = links.as_object().unwrap().keys().collect();
    assert_eq!(kinds, ["full-size", "preview", "thumbnail"]);
}

#[tokio::test]
async fn facts_of_a_video_and_of_what_cannot_be_shown() {
    let (doors, sam, stored) = kept(&samples::mp4(1, 5000)).await;
    let film = VideoFacts {
        frame_rate: Some(29.97),
        video_codec: Some("hevc".into()),
        audio_codec: Some("aac".into()),
        has_audio: true,
        ..VideoFacts::default()
    };
    let mut found = looked_at(JULY_2024_MS);
    found.facts = serde_json::to_string(&Facts { video: Some(film), ..Facts::default() }).unwrap();
    found.duration_ms = Some(2500);
    doors.describe(&stored, found.clone()).await;
    let told = facts(&doors, &sam, &stored).await;
    assert_eq!((&told["kind"], &told["duration_ms"]), (&json!("video"), &json!(2500)));
    let film = json!({"frame_rate": 29.97, "video_codec": "hevc", "audio_codec": "aac", "has_audio": true});
    assert_eq!(told["video"], film);
    assert_eq!(told["taken"]["known_from"], "device", "the file said nothing");
    let kinds: Vec<&String> = told["renditions"].as_object().unwrap().keys().collect();
    assert_eq!(kinds, ["hover-clip", "playback", "preview", "thumbnail"]);

    found.problem = Some("it ends in the middle".to_owned());
    doors.describe(&stored, found).await;
    let told = facts(&doors, &sam, &stored).await;
    assert_eq!((&told["problem"], &told["renditions"]), (&json!("it ends in the middle"), &json!({})));
}

#[tokio::test]
async fn the_links_lead_to_the_renditions_and_may_be_kept_for_ever() {
    let (doors, sam, stored) = kept(&samples::jpeg(1)).await;
    doors.describe(&stored, looked_at(JULY_2024_MS)).await;
    doors.show(&stored, RenditionKind::Thumbnail, SMALL).await;
    let first = facts(&doors, &sam, &stored).await["renditions"].clone();
    let reply = doors.get(text(&first["thumbnail"])).by(&sam).send().await.expect(200);
    assert_eq!((reply.body.as_ref(), reply.header("content-type")), (SMALL, "image/webp"));
    assert_eq!(reply.header("cache-control"), FOR_EVER);
    assert_eq!(reply.header("content-length"), SMALL.len().to_string());
    assert_eq!(reply.header("content-disposition"), "inline; filename*=UTF-8''beach.webp");
    assert_eq!(reply.header("x-content-type-options"), "nosniff");
    assert!(reply.header("content-security-policy").contains("sandbox"));
    let head = doors.ask("HEAD", text(&first["thumbnail"])).by(&sam).send().await.expect(200);
    assert!(head.body.is_empty());
    for name in ["content-length", "etag", "cache-control"] {
        assert_eq!(head.header(name), reply.header(name), "{name}");
    }

    // A picture that looks different after another look has other links; the same one keeps them.
    doors.describe(&stored, looked_at(JULY_2024_MS)).await;
    assert_eq!(facts(&doors, &sam, &stored).await["renditions"], first);
    let mut turned = looked_at(JULY_2024_MS);
    turned.thumbhash = Some(vec![1, 2, 3]);
    doors.describe(&stored, turned).await;
    let second = facts(&doors, &sam, &stored).await["renditions"].clone();
    for kind in ["thumbnail", "preview", "full-size"] {
        assert_ne!(second[kind], first[kind]);
    }
}

#[tokio::test]
async fn caching_says_ask_first_without_a_version_and_conditions_hold() {
    let (doors, sam, stored) = kept(&samples::jpeg(1)).await;
    doors.show(&stored, RenditionKind::Thumbnail, SMALL).await;
    let path = of(&stored, "renditions/thumbnail");
    for (path, caching) in [(path.clone(), "private, no-cache"), (format!("{path}?v=1"), FOR_EVER)] {
        let whole = doors.get(&path).by(&sam).send().await.expect(200);
        assert_eq!(whole.header("cache-control"), caching);
        let tag = whole.header("etag").to_owned();
        let expected = format!("\"{}-thumbnail-{}\"", text(&stored["sha256"]), SMALL.len());
        assert_eq!(tag, expected, "never the tag of the original");
        let ask = |name: &str, value: &str| doors.get(&path).by(&sam).header(name, value);

        let known = ask("If-None-Match", &tag).send().await.expect(304);
        assert!(known.body.is_empty());
        assert_eq!((known.header("etag"), known.header("cache-control")), (tag.as_str(), caching));
        let original = format!("\"{}\"", text(&stored["sha256"]));
        ask("If-None-Match", &original).send().await.expect(200);
        ask("If-Match", &original).send().await.problem(412, ProblemCode::ConditionFailed);

        let part = ask("Range", "bytes=2-4").send().await.expect(206);
        assert_eq!((part.text().as_str(), part.header("content-range")), ("234", "bytes 2-4/26"));
        assert_eq!(part.header("cache-control"), caching);
        let outside = ask("Range", "bytes=26-").send().await;
        outside.problem(416, ProblemCode::RangeOutside);
        assert_eq!(outside.header("content-range"), "bytes */26");
        assert_eq!(outside.header("cache-control"), "no-store", "a refusal is never kept");
    }
}

#[tokio::test]
async fn what_browsers_show_as_it_is_comes_as_the_original() {
    let bytes = samples::jpeg(1);
    let (doors, sam, stored) = kept(&bytes).await;
    let reply = doors.get(of(&stored, "renditions/full-size?v=1")).by(&sam).send().await.expect(200);
    assert_eq!((reply.body.as_ref(), reply.header("content-type")), (bytes.as_slice(), "image/jpeg"));
    assert_eq!(reply.header("cache-control"), FOR_EVER);
    assert_eq!(reply.header("etag"), format!("\"{}\"", text(&stored["sha256"])));
}

#[tokio::test]
async fn what_is_not_made_yet_says_when_to_ask_again() {
    let (doors, sam, stored) = kept(&samples::jpeg(1)).await;
    for kind in ["thumbnail", "preview", "preview?v=1"] {
        let reply = doors.get(of(&stored, &format!("renditions/{kind}"))).by(&sam).send().await;
        let problem = reply.problem(503, ProblemCode::NotMadeYet);
        assert!(problem.retryable && problem.detail.contains("just arrived"), "{}", problem.detail);
        assert_eq!((problem.retry_after_seconds, reply.header("retry-after")), (Some(2), "2"));
        assert_eq!(reply.header("cache-control"), "no-store", "{kind}: it will be there soon");
    }
}

#[tokio::test]
async fn what_will_never_be_shown_says_why() {
    let (doors, sam, stored) = kept(&samples::jpeg(1)).await;
    let mut found = looked_at(JULY_2024_MS);
    found.problem = Some("it ends in the middle".to_owned());
    doors.describe(&stored, found).await;
    let reply = doors.get(of(&stored, "renditions/thumbnail?v=1")).by(&sam).send().await;
    let problem = reply.problem(404, ProblemCode::NotShown);
    assert!(!problem.retryable && problem.detail.contains("it ends in the middle"), "{}", problem.detail);
    assert_eq!(reply.header("cache-control"), "no-store", "a later program may see more");

    let blind = Doors::open_without_media().await;
    let sam = blind.person("sam", Role::Member).await;
    let stored = blind.store(&sam, "beach.jpg", &samples::jpeg(1)).await;
    blind.get(of(&stored, "renditions/preview")).by(&sam).send().await.problem(404, ProblemCode::NotShown);
}

#[tokio::test]
async fn kinds_and_assets_that_are_none() {
    let (doors, sam, stored) = kept(&samples::jpeg(1)).await;
    doors.show(&stored, RenditionKind::Thumbnail, SMALL).await;
    for kind in ["Thumbnail", "full_size", "original", "thumbnail/x", ".."] {
        let reply = doors.get(of(&stored, &format!("renditions/{kind}"))).by(&sam).send().await;
        reply.problem(404, ProblemCode::NotFound);
    }
    let nothing = json!({"asset_id": NOBODYS_ID});
    for what in ["facts", "renditions/thumbnail", "renditions/full-size?v=1"] {
        doors.get(of(&nothing, what)).by(&sam).send().await.problem(404, ProblemCode::NotFound);
    }
}
