//! Looking into pictures when nobody can: what is tried again, what is given up, and what is said.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use domain::Role;
use library::describe::{Again, MadeKind, MediaParts};
use library::{Caller, Error, Library, Parts};
use media::sandbox::{Launcher, Workers, WorkersSettings};
use testkit::HandClock;
use vault::{MemoryRenditions, Rendition, Renditions as _};

use crate::common::{Engine, World, file, on_both};

/// The smallest JPEG head: enough to be taken for a picture.
const PICTURE: &[u8] = b"\xff\xd8\xff\xe0 not much of a picture";

/// A library whose workers cannot be started, and what it is made of.
struct Blind {
    library: Arc<Library>,
    renditions: MemoryRenditions,
    clock: Arc<HandClock>,
    anna: Caller,
}

impl Blind {
    async fn over(world: &World) -> Self {
        let renditions = MemoryRenditions::default();
        let launcher = Launcher::new(PathBuf::from("/nowhere/albumen-hub"));
        let media = MediaParts {
            renditions: Arc::new(renditions.clone()),
            workers: Workers::new(WorkersSettings::new(launcher.clone())),
            launcher,
            video_tools: None,
            at_a_time: 1,
            yields_to_uploads: false,
        };
        let parts = Parts {
            catalog: world.catalog.clone(),
            vault: world.vault.clone(),
            clock: world.clock.clone(),
            random: Arc::new(domain::OsRandom),
            media: Some(media),
        };
        let library = Library::open(parts, world.settings.clone()).await.unwrap();
        let anna = world.person("anna", Role::Owner).await;
        Self { library, renditions, clock: world.clock.clone(), anna }
    }

    async fn problem(&self, id: domain::AssetId) -> Option<String> {
        let found = self.library.asset_facts(&self.anna, id).await.unwrap().found;
        found.and_then(|found| found.problem)
    }
}

on_both! {
    async fn what_cannot_be_looked_into_now_is_tried_again_and_then_says_why(world) {
        let blind = Blind::over(world).await;
        let (_, stored) = world.send(&blind.anna, file("Trip", "a.jpg"), PICTURE).await.unwrap();
        let id = stored.asset_id.unwrap();
        let mut tries = 0;
        while blind.problem(id).await.is_none() {
            assert_eq!(blind.library.describe_all_due().await.unwrap(), 1, "due at once, then after pauses");
            assert_eq!(blind.library.describe_all_due().await.unwrap(), 0, "never twice in a row");
            blind.clock.advance(Duration::from_mins(30));
            tries += 1;
            assert!(tries < 20, "it is given up some time");
        }
        assert!(tries > 2, "{tries}");
        let why = blind.problem(id).await.unwrap();
        assert!(why.contains("cannot be started"), "{why}");
        let totals = blind.library.description_totals().await.unwrap();
        assert_eq!((totals.assets, totals.described, totals.failed), (1, 1, 1));
        // Its bytes are as safe as ever, and it is asked for again when somebody wants that.
        assert_eq!(blind.library.describe_all_due().await.unwrap(), 0);
        assert_eq!(blind.library.describe_again(Again::Failed).await.unwrap().assets, 1);
        assert_eq!(blind.library.describe_all_due().await.unwrap(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_made_yet_and_what_never_will_be_are_told_apart() {
    let world = World::on_disk(Engine::Sqlite).await.unwrap();
    let blind = Blind::over(&world).await;
    let (_, stored) = world.send(&blind.anna, file("Trip", "a.jpg"), PICTURE).await.unwrap();
    let id = stored.asset_id.unwrap();
    let asked = || blind.library.made(&blind.anna, id, MadeKind::Thumbnail);
    assert!(matches!(asked().await, Err(Error::NotMade { is_final: false, .. })));
    let rendition = Rendition { of: stored.sha256, kind: MadeKind::Thumbnail };
    blind.renditions.keep(rendition, Bytes::from_static(b"small")).await.unwrap();
    let made = asked().await.unwrap();
    assert_eq!(
        (made.size_bytes, made.content_type.as_str(), made.name.as_str()),
        (5, "image/webp", "a.webp")
    );
    assert!(made.is_made() && made.tag() != stored.sha256.to_string());
    // Every browser shows a JPEG as it is.
    let whole = blind.library.made(&blind.anna, id, MadeKind::FullSize).await.unwrap();
    assert_eq!((whole.sha256, whole.is_made()), (stored.sha256, false));
    // Somebody else learns nothing.
    let bob = world.person("bob", Role::Member).await;
    assert!(matches!(blind.library.made(&bob, id, MadeKind::Thumbnail).await, Err(Error::NotFound(_))));
    world.end().await;
}
