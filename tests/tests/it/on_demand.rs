//! What is made only when somebody asks for it: it keeps to its budget, and is made anew after a redo.

use std::fs;
use std::path::Path;

use albumen_tests::{Account, Corpus, Device, Hub, until, until_some};
use client::Wanted;
use domain::AssetId;
use wire::RenditionKind;

/// A picture and a film that no browser shows as they are.
const PICTURE: &str = "heic/IMG_1034.heic";
const FILM: &str = "video/quicktime-hvc1.mov";

#[expect(clippy::disallowed_methods, reason = "a person's copies")]
fn copy_to(device: &Device, corpus: &Corpus, file: &str) {
    let name = Path::new(file).file_name().unwrap();
    fs::copy(corpus.folder.join(file), device.pictures().join(name)).unwrap();
}

/// A hub that may keep next to nothing of what is made on demand, with the two in it.
fn frugal_hub(corpus: &Corpus) -> (Hub, Device, AssetId, AssetId) {
    let hub = Hub::start_with("ALBUMEN_MEDIA_ON_DEMAND_MIB", "0");
    let device = hub.device("laptop");
    for file in [PICTURE, FILM] {
        copy_to(&device, corpus, file);
    }
    device.add_source(&device.pictures(), false);
    let _ = device.backup().expect_safe();
    let files = hub.owner().files();
    let id_of = |end: &str| {
        let (_, file) = files.iter().find(|(path, _)| path.ends_with(end)).unwrap();
        file.entry.asset_id.unwrap()
    };
    let (picture, film) = (id_of("IMG_1034.heic"), id_of("quicktime-hvc1.mov"));
    (hub, device, picture, film)
}

fn ask(owner: &Account, id: AssetId, kind: RenditionKind) {
    until_some("it is made", || {
        let asked = owner.client().download(Wanted::Rendition(id, kind), 0);
        owner.try_call(async { asked.await.map(drop) }).ok()
    });
}

fn made_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn what_is_made_on_demand_keeps_to_its_budget_and_is_made_anew_after_a_redo() {
    let Some(corpus) = Corpus::find() else { return };
    let (hub, _device, picture, film) = frugal_hub(&corpus);
    let (owner, folder) = (hub.owner(), hub.process.data_dir().join("vault/renditions/on-demand"));
    let described = |id| owner.call(owner.client().asset_facts(id));
    until("both are looked into", || described(picture).described && described(film).described);

    ask(owner, picture, RenditionKind::FullSize);
    let made = made_in(&folder);
    assert!(made.len() == 1 && made[0].ends_with(".full.jpg"), "the last one stays: {made:?}");
    ask(owner, film, RenditionKind::Playback);
    until("the older one makes way", || made_in(&folder).len() == 1);
    assert!(made_in(&folder)[0].ends_with(".playback.mp4"));

    let before = described(film).described_at_ms;
    let _ = hub.run(&["media", "redo", "--all"]).expect_code(0);
    until("both are looked into again", || described(film).described_at_ms != before);
    assert!(made_in(&folder).is_empty(), "what an older look made is gone");
    ask(owner, film, RenditionKind::Playback);
}
