//! Real files that belong together are one item, whichever half comes first; a guess that was undone stays undone;
//! the trash takes an item whole.

use std::fs;
use std::path::Path;

use albumen_tests::{Account, Corpus, Hub, engines, put_file, set_modified, until};
use client::Wanted;
use domain::{AssetId, EntryId};
use wire::{Asset, AssetQuery, ItemMarks, JoinItem, Page, PartRole, PartRule, TimelineQuery};

/// What comes first, and what comes when that was looked into: the name in the album and the real file.
const FIRST: &[(&str, &str)] = &[
    ("IMG_5195.MOV", "live/IMG_5195.MOV"),
    ("canon_eos_6d.dng", "raw/canon_eos_6d.dng"),
    ("desire.jpg", "cameras/HTC_Desire.jpg"),
    ("IMG_20200101_120000_BURST002.jpg", "orientation/portrait_2.jpg"),
    ("IMG_20200101_120000_BURST003.jpg", "orientation/portrait_3.jpg"),
    ("Other/IMG_5195.JPG", "cameras/Apple_iPhone_4.jpg"),
];
const LATER: &[(&str, &str)] = &[
    ("IMG_5195.HEIC", "live/IMG_5195.HEIC"),
    ("canon_eos_6d.JPG", "lies/UPPER.JPG"),
    ("canon_eos_6d.xmp", "heic/canon_eos_6d.xmp"),
    ("desire-edited.jpg", "broken/trailing_256KiB.jpg"),
    ("IMG_20200101_120000_BURST001_COVER.jpg", "orientation/portrait_1.jpg"),
    ("IMG_5195.PNG", "orientation/6.png"),
];

/// When all of them were written, by their file system.
const WRITTEN_MS: i64 = 1_720_000_000_000;

/// Puts real files into the album under these names, all written at the same second.
fn put(corpus: &Corpus, album: &Path, files: &[(&str, &str)]) {
    for (name, real) in files {
        put_file(album.join(name), &fs::read(corpus.folder.join(real)).unwrap());
        set_modified(album.join(name), WRITTEN_MS);
    }
}

/// What the owner sees, by name.
struct Eyes<'a>(&'a Account);

impl Eyes<'_> {
    fn all(&self) -> Vec<Asset> {
        let query = AssetQuery { limit: Some(1000), ..AssetQuery::default() };
        let Page { items, next } = self.0.call(self.0.client().assets(&query));
        assert_eq!(next, None);
        items
    }

    fn wait_until_looked_into(&self) {
        until("everything is looked into", || {
            self.all().iter().all(|asset| self.0.call(self.0.client().asset_facts(asset.id)).described)
        });
    }

    /// The file of the album with this name, and its asset.
    fn find(&self, name: &str) -> (EntryId, AssetId) {
        let files = self.0.files();
        let (_, file) = files.iter().find(|(path, _)| path.ends_with(&format!("/{name}"))).unwrap();
        (file.entry.id, file.entry.asset_id.unwrap())
    }

    fn id(&self, name: &str) -> AssetId {
        self.find(name).1
    }

    fn asset(&self, name: &str) -> Asset {
        self.0.call(self.0.client().asset(self.id(name)))
    }

    /// What this is a part of, as what, and how that was found.
    fn part_of(&self, name: &str) -> Option<(AssetId, PartRole, PartRule)> {
        self.asset(name).part_of.map(|part| (part.lead_id, part.role, part.found_by))
    }

    /// What the timeline shows, which its months count.
    fn timeline(&self) -> Vec<(AssetId, Option<ItemMarks>)> {
        let mut shown = Vec::new();
        for counted in self.0.call(self.0.client().months(&TimelineQuery::default())).items {
            let month = counted.month.as_ref().map(|month| month.parse().unwrap());
            let query = AssetQuery { limit: Some(1000), ..AssetQuery::default() };
            let page = self.0.call(self.0.client().month(month, &query));
            assert_eq!((page.id.len() as u64, page.marks.len()), (counted.assets, page.id.len()));
            shown.extend(page.id.into_iter().zip(page.marks));
        }
        shown
    }

    fn marks(&self, name: &str) -> Option<ItemMarks> {
        let id = self.id(name);
        self.timeline().into_iter().find(|(shown, _)| *shown == id).unwrap().1
    }

    fn bytes(&self, id: AssetId) -> Vec<u8> {
        self.0.call(async {
            let mut download = self.0.client().download(Wanted::Asset(id), 0).await?;
            let mut bytes = Vec::new();
            while let Some(piece) = download.next().await? {
                bytes.extend_from_slice(&piece);
            }
            Ok(bytes)
        })
    }
}

#[test]
fn real_files_that_belong_together_are_one_item() {
    let Some(corpus) = Corpus::find() else { return };
    for engine in engines() {
        let hub = Hub::start(engine);
        let device = hub.device("laptop");
        let album = device.pictures().join("Camera");
        put(&corpus, &album, FIRST);
        device.add_source(&device.pictures(), true);
        let _ = device.backup().expect_safe();
        let eyes = Eyes(hub.owner());
        eyes.wait_until_looked_into();
        // The burst is one already; everything else waits for its other half.
        assert_eq!(eyes.timeline().len(), FIRST.len() - 1);
        put(&corpus, &album, LATER);
        let _ = device.backup().expect_safe();
        eyes.wait_until_looked_into();
        the_items_are_right(&eyes, &corpus);
        what_was_undone_stays_undone(&hub, &eyes);
        the_trash_takes_an_item_whole(&eyes);
    }
}

fn the_items_are_right(eyes: &Eyes<'_>, corpus: &Corpus) {
    let (still, film) = (eyes.id("IMG_5195.HEIC"), eyes.id("IMG_5195.MOV"));
    assert_eq!(eyes.part_of("IMG_5195.MOV"), Some((still, PartRole::Film, PartRule::LiveId)));
    let jpeg = eyes.id("canon_eos_6d.JPG");
    assert_eq!(eyes.part_of("canon_eos_6d.dng"), Some((jpeg, PartRole::Raw, PartRule::RawName)));
    let edited = eyes.id("desire-edited.jpg");
    assert_eq!(eyes.part_of("desire.jpg"), Some((edited, PartRole::Original, PartRule::EditedName)));
    let cover = eyes.id("IMG_20200101_120000_BURST001_COVER.jpg");
    for frame in ["IMG_20200101_120000_BURST002.jpg", "IMG_20200101_120000_BURST003.jpg"] {
        assert_eq!(eyes.part_of(frame), Some((cover, PartRole::Burst, PartRule::Burst)), "{frame}");
    }
    // The same name in another folder, and of another picture, is something else.
    let mut shown: Vec<AssetId> = eyes.timeline().into_iter().map(|(id, _)| id).collect();
    let mut expected =
        vec![still, jpeg, edited, cover, eyes.id("Other/IMG_5195.JPG"), eyes.id("IMG_5195.PNG")];
    shown.sort();
    expected.sort();
    assert_eq!(shown, expected);
    assert_eq!(eyes.marks("IMG_5195.HEIC"), Some(ItemMarks { film_id: Some(film), ..ItemMarks::default() }));
    assert_eq!(eyes.marks("canon_eos_6d.JPG"), Some(ItemMarks { raw: true, ..ItemMarks::default() }));
    assert_eq!(eyes.marks("desire-edited.jpg"), Some(ItemMarks { versions: true, ..ItemMarks::default() }));
    let burst = Some(ItemMarks { burst: Some(3), ..ItemMarks::default() });
    assert_eq!(
        (eyes.marks("IMG_20200101_120000_BURST001_COVER.jpg"), eyes.marks("IMG_5195.PNG")),
        (burst, None)
    );
    // Every part says what it is, and is the whole file that came.
    let parts = eyes.asset("IMG_5195.HEIC").parts;
    let real = fs::read(corpus.folder.join("live/IMG_5195.MOV")).unwrap();
    assert_eq!((parts.len(), parts[0].id, parts[0].name.as_str()), (1, film, "IMG_5195.MOV"));
    assert_eq!((parts[0].size_bytes, parts[0].content_type.as_str()), (real.len() as u64, "video/quicktime"));
    assert_eq!(eyes.bytes(film), real);
    let facts = eyes.0.call(eyes.0.client().asset_facts(jpeg));
    assert_eq!((facts.parts.len(), facts.parts[0].id), (1, eyes.id("canon_eos_6d.dng")));
    assert_eq!(facts.adjustments.len(), 1);
    assert_eq!(facts.adjustments[0].name, "canon_eos_6d.xmp");
}

fn what_was_undone_stays_undone(hub: &Hub, eyes: &Eyes<'_>) {
    let (still, film) = (eyes.id("IMG_5195.HEIC"), eyes.id("IMG_5195.MOV"));
    let before = eyes.timeline().len();
    let alone = eyes.0.call(eyes.0.client().split_item(film));
    assert_eq!((alone.id, alone.part_of), (film, None));
    assert_eq!(eyes.timeline().len(), before + 1);
    let looked_at = |id: AssetId| eyes.0.call(eyes.0.client().asset_facts(id)).described_at_ms;
    let old = (looked_at(still), looked_at(film));
    let _ = hub.run(&["media", "redo", "--all", "--json"]).expect_code(0);
    until("both are looked into again", || looked_at(still) > old.0 && looked_at(film) > old.1);
    assert_eq!(eyes.timeline().len(), before + 1, "the guess came again");
    let joined = eyes.0.call(eyes.0.client().join_item(still, &JoinItem { asset_ids: vec![film] }));
    assert_eq!((joined.id, joined.parts[0].found_by), (still, PartRule::Person));
    let led = eyes.0.call(eyes.0.client().lead_item(film));
    assert_eq!((led.id, led.parts[0].id, led.parts[0].role), (film, still, PartRole::Version));
    let led = eyes.0.call(eyes.0.client().lead_item(still));
    assert_eq!((led.id, led.parts[0].role), (still, PartRole::Film));
    assert_eq!(eyes.timeline().len(), before);
}

fn the_trash_takes_an_item_whole(eyes: &Eyes<'_>) {
    let (entry, lead) = eyes.find("canon_eos_6d.JPG");
    let (shown, files) = (eyes.timeline().len(), eyes.0.files().len());
    eyes.0.call(eyes.0.client().trash_entry(entry));
    assert_eq!((eyes.timeline().len(), eyes.0.files().len()), (shown - 1, files - 3));
    let _ = eyes.0.call(eyes.0.client().restore_entry(entry));
    assert_eq!((eyes.timeline().len(), eyes.0.files().len()), (shown, files));
    assert_eq!(eyes.0.call(eyes.0.client().asset(lead)).parts.len(), 1);
}
