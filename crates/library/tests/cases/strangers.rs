//! Every method against everybody: a stranger, a viewer, an editor, an owner of the Space.

use domain::{AlbumId, AssetId, EntryId, Role, SpaceId, SpaceRole, UploadId, UserId};
use library::{Caller, Error, FileDeclaration, HeldFile, Page, Stored};

use crate::common::{World, body, file_in, name, on_both, path, picture, upload};

/// How far a call came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Came {
    Through,
    Forbidden,
    /// As if it were not there.
    Nowhere,
}

fn came<T>(result: Result<T, Error>) -> Came {
    match result {
        Ok(_) => Came::Through,
        Err(Error::Forbidden(_)) => Came::Forbidden,
        Err(Error::NotFound(_)) => Came::Nowhere,
        Err(error) => panic!("neither allowed nor refused: {error:?}"),
    }
}

/// To be told that there is nothing to split is to have come through.
fn alone<T>(result: Result<T, Error>) -> Result<(), Error> {
    match result {
        Ok(_) | Err(Error::Conflict(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// What there is in the Space.
struct Place {
    space: SpaceId,
    root: EntryId,
    stored: Stored,
    asset: AssetId,
    album: AlbumId,
    guest: UserId,
}

/// Whoever may look.
async fn looking(world: &World, who: &Caller, place: &Place) -> Vec<(&'static str, Came)> {
    let (library, page) = (&world.library, || Page::first(10));
    let entry = place.stored.entry_id;
    let mut all = vec![
        ("space_members", came(library.space_members(who, place.space, page()).await)),
        ("entry", came(library.entry(who, entry).await)),
        ("entry_at", came(library.entry_at(who, place.space, path("A")).await)),
        ("children", came(library.children(who, place.root, page()).await)),
        ("files_below", came(library.files_below(who, place.root, page()).await)),
        ("list_trash", came(library.list_trash(who, place.space, page()).await)),
        ("assets", came(library.assets(who, Some(place.space), page()).await)),
        ("asset", came(library.asset(who, place.asset).await)),
        ("entry_content", came(library.entry_content(who, entry).await)),
        ("asset_content", came(library.asset_content(who, place.asset).await)),
        ("albums", came(library.albums(who, Some(place.space), page()).await)),
        ("album", came(library.album(who, place.album).await)),
        ("album_assets", came(library.album_assets(who, place.album, page()).await)),
    ];
    let seen = library.assets(who, None, page()).await.unwrap().items;
    all.push(("all assets", if seen.is_empty() { Came::Nowhere } else { Came::Through }));
    let seen = library.albums(who, None, page()).await.unwrap().items;
    all.push(("all albums", if seen.is_empty() { Came::Nowhere } else { Came::Through }));
    let seen = library.changes(who, 0, false, 1000).await.unwrap().changes;
    let seen = seen.iter().any(|change| change.change.space_id == Some(place.space));
    all.push(("changes", if seen { Came::Through } else { Came::Nowhere }));
    all
}

/// Whoever may change.
async fn changing(world: &World, who: &Caller, place: &Place) -> Vec<(&'static str, Came)> {
    let library = &world.library;
    let entry = place.stored.entry_id;
    let bytes = picture(1, 500);
    let there = || file_in(place.space, "A", "a.jpg");
    let held = HeldFile { sha256: place.stored.sha256, file: FileDeclaration { space_id: None, ..there() } };
    let fresh = name(&format!("{}", who.user_id));
    vec![
        ("offer", came(library.offer(who, Some(place.space), vec![place.stored.sha256]).await)),
        ("begin", came(library.begin(who, upload(there(), 500)).await)),
        ("put", came(library.put(who, there(), None, body(&[&bytes])).await)),
        ("whole", came(library.receive_whole(who, upload(there(), 500), None, body(&[&bytes])).await)),
        ("file", came(library.file(who, Some(place.space), vec![held]).await)),
        ("add_folder", came(library.add_folder(who, place.root, fresh.clone()).await)),
        ("rename", came(library.change_entry(who, entry, Some(name("a.jpg")), None).await)),
        ("add_album", came(library.add_album(who, Some(place.space), fresh).await)),
        ("rename_album", came(library.rename_album(who, place.album, name("Album")).await)),
        ("add_to_album", came(library.add_to_album(who, place.album, vec![place.asset]).await)),
        ("remove_from_album", came(library.remove_from_album(who, place.album, vec![place.asset]).await)),
        ("lead_item", came(library.lead_item(who, place.asset).await)),
        ("join_item", came(library.join_item(who, place.asset, vec![place.asset]).await)),
        ("split_item", came(alone(library.split_item(who, place.asset).await))),
        ("trash", came(library.trash(who, entry).await)),
        ("restore", came(library.restore(who, entry).await)),
    ]
}

/// Whoever may govern.
async fn governing(world: &World, who: &Caller, place: &Place) -> Vec<(&'static str, Came)> {
    let library = &world.library;
    vec![
        ("rename_space", came(library.rename_space(who, place.space, name("Trips")).await)),
        ("set_member", came(library.set_member(who, place.space, place.guest, SpaceRole::Viewer).await)),
        ("remove_member", came(library.remove_member(who, place.space, place.guest).await)),
    ]
}

fn all_are(calls: &[(&'static str, Came)], expected: Came, who: &str) {
    let others: Vec<_> = calls.iter().filter(|(_, came)| *came != expected).collect();
    assert!(others.is_empty(), "{who} should have come {expected:?}: {others:?}");
}

on_both! {
    async fn the_whole_matrix(world) {
        // The hub's owner is a stranger here: being one opens nobody's Space.
        let stranger = world.person("olga", Role::Owner).await;
        let mia = world.person("mia", Role::Manager).await;
        let viewer = world.person("vera", Role::Member).await;
        let editor = world.person("edda", Role::Member).await;
        let guest = world.person("gus", Role::Member).await;
        let space = world.library.add_space(&mia, name("Trips")).await.unwrap().space;
        world.library.set_member(&mia, space.id, viewer.user_id, SpaceRole::Viewer).await.unwrap();
        world.library.set_member(&mia, space.id, editor.user_id, SpaceRole::Editor).await.unwrap();
        let stored = world.put(&mia, file_in(space.id, "A", "a.jpg"), &picture(1, 500)).await;
        let album = world.library.add_album(&mia, Some(space.id), name("Album")).await.unwrap();
        let asset = stored.asset_id.unwrap();
        world.library.add_to_album(&mia, album.id, vec![asset]).await.unwrap();
        let place =
            Place { space: space.id, root: space.root_id, stored, asset, album: album.id, guest: guest.user_id };
        let table = [
            ("a stranger", &stranger, Came::Nowhere, Came::Nowhere, Came::Nowhere),
            ("a viewer", &viewer, Came::Through, Came::Forbidden, Came::Forbidden),
            ("an editor", &editor, Came::Through, Came::Through, Came::Forbidden),
            ("an owner", &mia, Came::Through, Came::Through, Came::Through),
        ];
        for (who, caller, look, change, govern) in table {
            all_are(&looking(world, caller, &place).await, look, who);
            all_are(&changing(world, caller, &place).await, change, who);
            all_are(&governing(world, caller, &place).await, govern, who);
        }
        // What cannot be undone, last.
        for (who, caller, _, change, _) in table {
            assert_eq!(came(world.library.delete_album(caller, place.album).await), change, "{who}");
            if change == Came::Through {
                break;
            }
        }
        world.library.trash(&mia, place.stored.entry_id).await.unwrap();
        assert_eq!(came(world.library.restore(&viewer, place.stored.entry_id).await), Came::Forbidden);
        assert_eq!(came(world.library.purge(&stranger, place.stored.entry_id).await), Came::Nowhere);
        assert_eq!(came(world.library.purge(&viewer, place.stored.entry_id).await), Came::Forbidden);
        assert_eq!(came(world.library.purge(&editor, place.stored.entry_id).await), Came::Through);
    }
}

on_both! {
    async fn an_upload_is_its_persons_own(world) {
        let mia = world.person("mia", Role::Manager).await;
        let sam = world.person("sam", Role::Member).await;
        let space = world.library.add_space(&mia, name("Trips")).await.unwrap().space;
        world.library.set_member(&mia, space.id, sam.user_id, SpaceRole::Editor).await.unwrap();
        let bytes = picture(1, 500);
        let id = world.library.begin(&mia, upload(file_in(space.id, "A", "a.jpg"), 500)).await.unwrap().id;
        for id in [id, UploadId::from_bytes([9; 16])] {
            let outcomes = [
                came(world.library.upload_state(&sam, id).await),
                came(world.library.append(&sam, id, 0, None, body(&[&bytes])).await),
                came(world.library.terminate(&sam, id).await),
            ];
            assert_eq!(outcomes, [Came::Nowhere; 3]);
        }
        world.library.append(&mia, id, 0, None, body(&[&bytes])).await.unwrap();
        assert_eq!(came(world.library.upload_state(&sam, id).await), Came::Nowhere);
    }
}
