//! Filing content that is held already: no bytes travel.

use domain::{Role, Sha1Hash};
use library::{Error, FileDeclaration, FilingOutcome, HeldFile, Page, Stored};

use crate::common::{file, in_album, name, on_both, path, picture, sha256};

fn stored(outcome: &FilingOutcome) -> &Stored {
    match outcome {
        FilingOutcome::Stored(stored) => stored,
        other => panic!("{other:?}"),
    }
}

on_both! {
    async fn a_batch_is_answered_in_its_order(world) {
        let sam = world.person("sam", Role::Member).await;
        let phone = world.device("sam", "phone").await;
        let (one, two, gone) = (picture(1, 500), picture(2, 500), picture(3, 500));
        world.put(&sam, file("A", "one.jpg"), &one).await;
        world.put(&sam, file("A", "two.jpg"), &two).await;
        let trashed = world.put(&sam, file("A", "gone.jpg"), &gone).await;
        world.library.trash(&sam, trashed.entry_id).await.unwrap();

        let held = |bytes: &[u8], file| HeldFile { sha256: sha256(bytes), file };
        let raw = FileDeclaration { name_raw: Some(b"\xff.jpg".to_vec()), ..file("B", "raw.jpg") };
        let batch = vec![
            held(&one, in_album(file("B", "x.jpg"), "Trips/2026")),
            held(&one, in_album(file("B", "x.jpg"), "Trips/2026")),
            held(&two, in_album(file("B", "x.jpg"), "Trips/2026")),
            held(b"nobody has this", file("C", "y.jpg")),
            held(&gone, file("B", "gone.jpg")),
            held(&two, raw),
            held(&two, in_album(FileDeclaration::named(name("z.jpg")), "Pets")),
        ];
        let answers = world.library.file(&phone, None, batch.clone()).await.unwrap();
        assert_eq!(stored(&answers[0]).entry_id, stored(&answers[1]).entry_id, "twice in one batch is once");
        assert_eq!(stored(&answers[2]).name, "x (2).jpg");
        assert_eq!(answers[3], FilingOutcome::NotHeld);
        assert_eq!(answers[4], FilingOutcome::DeletedEarlier);
        let tree = world.tree(&sam).await;
        let paths: Vec<&str> = tree.keys().map(String::as_str).collect();
        assert_eq!(
            paths,
            ["A/one.jpg", "A/two.jpg", "Album Backup/phone/Pets/z.jpg", "B/raw.jpg", "B/x (2).jpg", "B/x.jpg"]
        );
        let entry = world.library.entry(&sam, stored(&answers[5]).entry_id).await.unwrap().entry;
        assert_eq!(entry.name_raw.as_deref(), Some(&b"\xff.jpg"[..]));
        let albums = world.library.albums(&sam, None, Page::first(10)).await.unwrap().items;
        let names: Vec<&str> = albums.iter().map(|album| album.name.as_str()).collect();
        assert_eq!(names, ["Pets", "Trips \u{2215} 2026"]);
        let items = world.library.album_assets(&sam, albums[1].id, Page::first(10)).await.unwrap().items;
        assert_eq!(items.len(), 2);
        assert_eq!(world.assets(&sam).await.len(), 2);
        // The same again changes nothing.
        let newest = world.library.changes(&sam, 0, false, 1000).await.unwrap().newest;
        assert_eq!(world.library.file(&phone, None, batch).await.unwrap(), answers);
        assert_eq!(world.library.changes(&sam, 0, false, 1000).await.unwrap().newest, newest);
    }
}

on_both! {
    async fn what_was_deleted_is_filed_again_only_on_purpose(world) {
        let sam = world.person("sam", Role::Member).await;
        let phone = world.device("sam", "phone").await;
        let bytes = picture(1, 500);
        let space = world.my_space(&sam).await;
        let first = world.put(&sam, file("A", "a.jpg"), &bytes).await;
        // Held in the Public Space as well, so that filing needs no bytes.
        let public = world.person("olga", Role::Owner).await;
        let spaces = world.library.spaces(&public).await.unwrap();
        let everybody = spaces.iter().find(|space| space.space.kind == domain::SpaceKind::Public).unwrap();
        world.put(&public, crate::common::file_in(everybody.space.id, "", "p.jpg"), &bytes).await;
        world.library.trash(&sam, first.entry_id).await.unwrap();

        let again = HeldFile { sha256: first.sha256, file: file("B", "b.jpg") };
        let refused = world.library.file(&phone, None, vec![again.clone()]).await.unwrap();
        assert_eq!(refused, [FilingOutcome::DeletedEarlier]);
        let on_purpose = FileDeclaration { send_again: true, ..again.file };
        let wanted = HeldFile { file: on_purpose, ..again };
        let filed = world.library.file(&phone, None, vec![wanted.clone(), wanted]).await.unwrap();
        assert_eq!(world.download(&sam, stored(&filed[0]).entry_id).await, bytes);
        let feed = world.library.changes(&sam, 0, true, 100).await.unwrap().changes;
        let kinds: Vec<_> = feed.iter().filter(|change| change.change.space_id == Some(space.id)).map(|c| c.change.kind).collect();
        assert_eq!(kinds, [library::ChangeKind::ContentTrashed, library::ChangeKind::ContentRestored]);
    }
}

on_both! {
    /// A file stands where some of them want a folder: these hear why, the others are filed.
    async fn what_is_in_the_way_of_one_item_keeps_no_other_from_being_filed(world) {
        let sam = world.person("sam", Role::Member).await;
        let phone = world.device("sam", "phone").await;
        let (one, two, gone) = (picture(1, 500), picture(2, 500), picture(3, 500));
        world.put(&sam, file("A", "B"), &one).await;
        world.put(&sam, file("", "two.jpg"), &two).await;
        // Held elsewhere, deleted here: a filing that is refused must not make the hub forget that.
        let olga = world.person("olga", Role::Owner).await;
        let spaces = world.library.spaces(&olga).await.unwrap();
        let everybody = spaces.iter().find(|space| space.space.kind == domain::SpaceKind::Public).unwrap();
        world.put(&olga, crate::common::file_in(everybody.space.id, "", "p.jpg"), &gone).await;
        let deleted = world.put(&sam, file("", "gone.jpg"), &gone).await;
        world.library.trash(&sam, deleted.entry_id).await.unwrap();

        let held = |bytes: &[u8], folder: &str, name: &str| HeldFile { sha256: sha256(bytes), file: file(folder, name) };
        let again = FileDeclaration { send_again: true, ..file("A/B", "g.jpg") };
        let deep = ["x"; 65].join("/");
        let batch = vec![
            held(&two, "C", "first.jpg"),
            held(&two, "A/B/C", "x.jpg"),
            held(&one, "A/B", "y.jpg"),
            held(b"nobody has this", "A/B", "z.jpg"),
            HeldFile { sha256: sha256(&gone), file: again },
            held(&one, "A", "last.jpg"),
        ];
        assert!(deep.parse::<domain::FolderPath>().is_err(), "deeper paths cannot even be asked for");
        let answers = world.library.file(&phone, None, batch).await.unwrap();
        assert_eq!((stored(&answers[0]).name.as_str(), stored(&answers[5]).name.as_str()), ("first.jpg", "last.jpg"));
        let refused = FilingOutcome::Refused(library::Refusal::NameTaken("B".to_owned()));
        assert_eq!(answers[1], refused);
        assert_eq!(answers[2], refused);
        assert_eq!(answers[3], FilingOutcome::NotHeld);
        assert_eq!(answers[4], refused);
        let tree = world.tree(&sam).await;
        let paths: Vec<&str> = tree.keys().map(String::as_str).collect();
        assert_eq!(paths, ["A/B", "A/last.jpg", "C/first.jpg", "two.jpg"]);
        let answers = world.library.offer(&phone, None, vec![sha256(&gone)]).await.unwrap();
        assert_eq!(answers, [library::OfferAnswer::DeletedEarlier]);
    }
}

on_both! {
    async fn odd_declarations_are_refused_in_words(world) {
        let sam = world.person("sam", Role::Member).await;
        let bytes = picture(1, 500);
        let sha256 = world.put(&sam, file("A", "a.jpg"), &bytes).await.sha256;
        for raw in [&b""[..], b"a/b", b"a\0b", &[b'x'; 1001]] {
            let bad = FileDeclaration { name_raw: Some(raw.to_vec()), ..file("B", "b.jpg") };
            let error = world.library.file(&sam, None, vec![HeldFile { sha256, file: bad }]).await.unwrap_err();
            assert!(matches!(error, Error::Invalid { field: "filename-raw", .. }), "{error:?}");
        }
        let item = HeldFile { sha256, file: file("B", "b.jpg") };
        let error = world.library.file(&sam, None, vec![item; 1001]).await.unwrap_err();
        assert!(matches!(error, Error::Invalid { field: "items", .. }), "{error:?}");
        // Other hashes that a filing declares are not looked at.
        let odd = FileDeclaration { sha1: Some(Sha1Hash::from_bytes([1; 20])), ..file("B", "b.jpg") };
        let filed = world.library.file(&sam, None, vec![HeldFile { sha256, file: odd }]).await.unwrap();
        assert_eq!(stored(&filed[0]).sha256, sha256);
        assert!(path("B").names().len() == 1 && world.tree(&sam).await.contains_key("B/b.jpg"));
    }
}
