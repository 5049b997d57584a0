//! The tree.

use catalog::entries::{EntryKind, SpaceTotals};
use catalog::{Error, Page, entries, trash};
use domain::path::PATH_MAX_DEPTH;
use domain::{EntryId, FolderPath};

use crate::common::{Hub, flat, hash, name};

fn path(text: &str) -> FolderPath {
    text.parse().unwrap()
}

async fn ensure(hub: &Hub, from: EntryId, text: &str) -> catalog::Result<Vec<entries::EnsuredFolder>> {
    let (ids, path, now_ms) = (hub.ids.clone(), path(text), hub.now());
    put!(hub, tx => entries::ensure_folder_path(tx, &ids, from, &path, None, now_ms))
}

async fn names_in(hub: &Hub, folder: EntryId) -> Vec<String> {
    let listed = look!(hub, tx => entries::list_children(tx, folder, &Page::first(1000))).unwrap();
    listed.items.into_iter().map(|entry| entry.name).collect()
}

contract! {
    async fn folders_are_made_once_however_they_are_asked_for(hub) {
        let (_, space) = hub.home().await;
        let made = ensure(&hub, space.root_id, "Trips/Cafe\u{301}/2026").await.unwrap();
        assert!(made.len() == 3 && made.iter().all(|step| step.created));
        let again = ensure(&hub, space.root_id, "Trips/Caf\u{e9}/2027").await.unwrap();
        assert_eq!(again.iter().map(|step| step.created).collect::<Vec<_>>(), [false, false, true]);
        assert_eq!((again[0].id, again[1].id), (made[0].id, made[1].id));
        assert!(ensure(&hub, space.root_id, "").await.unwrap().is_empty());
        let last = made[2].id;
        let located = look!(hub, tx => entries::get_with_path(tx, last)).unwrap().unwrap();
        assert_eq!((located.entry.name.as_str(), located.folder), ("2026", path("Trips/Cafe\u{301}")));
        let root = look!(hub, tx => entries::get_with_path(tx, space.root_id)).unwrap().unwrap();
        assert_eq!((root.entry.kind(), root.folder), (EntryKind::Folder, FolderPath::default()));
        let found = look!(hub, tx => entries::at_path(tx, space.root_id, &path("Trips/Café"))).unwrap().unwrap();
        assert_eq!(found.id, made[1].id);
        assert_eq!(look!(hub, tx => entries::at_path(tx, space.root_id, &path("Trips/x/y"))).unwrap(), None);
        let same = look!(hub, tx => entries::at_path(tx, found.id, &path(""))).unwrap().unwrap();
        assert_eq!(same.id, found.id);
    }
}

contract! {
    async fn two_tasks_that_need_the_same_folders_share_them(hub) {
        let (_, space) = hub.home().await;
        let tasks = (0..16).map(|_| ensure(&hub, space.root_id, "a/b/c"));
        let made = futures_util::future::join_all(tasks).await;
        let made: Vec<_> = made.into_iter().map(Result::unwrap).collect();
        assert!(made.iter().all(|way| way[2].id == made[0][2].id));
        assert_eq!(made.iter().filter(|way| way[0].created).count(), 1);
    }
}

contract! {
    async fn a_path_through_a_file_or_too_deep_is_refused(hub) {
        let (_, space) = hub.home().await;
        hub.picture(&space, space.root_id, "file", "x").await;
        let error = ensure(&hub, space.root_id, "file/below").await.unwrap_err();
        assert!(matches!(error, Error::NameTaken(ref name) if name == "file"), "{error:?}");
        let deep = vec!["d"; PATH_MAX_DEPTH].join("/");
        let way = ensure(&hub, space.root_id, &deep).await.unwrap();
        let last = way.last().unwrap().id;
        assert!(matches!(ensure(&hub, last, "e").await.unwrap_err(), Error::TooDeep));
        let (id, nothing) = (hub.ids.fresh(), hub.ids.fresh());
        let error = put!(hub, tx => entries::create_folder(tx, id, last, &name("e"), None, 1)).unwrap_err();
        assert!(matches!(error, Error::TooDeep), "{error:?}");
        assert!(matches!(ensure(&hub, nothing, "e").await.unwrap_err(), Error::NotFound("folder")));
    }
}

contract! {
    async fn a_folder_is_made_where_a_folder_is(hub) {
        let (_, space) = hub.home().await;
        let device_id = hub.device(space.owner_id.unwrap(), "phone").await;
        let id = hub.ids.fresh();
        let made =
            put!(hub, tx => entries::create_folder(tx, id, space.root_id, &name("New"), Some(device_id), 5)).unwrap();
        assert_eq!((made.id, made.parent_id, made.device_id), (id, Some(space.root_id), Some(device_id)));
        assert_eq!((made.kind(), made.created_at_ms), (EntryKind::Folder, 5));
        assert_eq!(look!(hub, tx => entries::get(tx, id)).unwrap(), Some(made));
        let twin = hub.ids.fresh();
        let error =
            put!(hub, tx => entries::create_folder(tx, twin, space.root_id, &name("New"), None, 5)).unwrap_err();
        assert!(matches!(error, Error::NameTaken(_)), "{error:?}");
        let file = hub.picture(&space, id, "f", "x").await.id;
        let error = put!(hub, tx => entries::create_folder(tx, twin, file, &name("x"), None, 5)).unwrap_err();
        assert!(matches!(error, Error::NotAFolder), "{error:?}");
    }
}

contract! {
    async fn children_come_folders_first_and_each_by_name(hub) {
        let (user_id, space) = hub.home().await;
        for file in ["b.jpg", "a.jpg", "Z.jpg", "é.jpg", "c.jpg"] {
            hub.picture(&space, space.root_id, file, file).await;
        }
        for folder in ["z", "y", "x"] {
            hub.folder(space.root_id, folder).await;
        }
        let gone = hub.folder(space.root_id, "gone").await;
        put!(hub, tx => trash::trash(tx, gone, user_id, 1)).unwrap();
        let listed = flat(pages!(hub, 3, page, tx => entries::list_children(tx, space.root_id, &page)));
        let names: Vec<_> = listed.iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(names, ["x", "y", "z", "Z.jpg", "a.jpg", "b.jpg", "c.jpg", "é.jpg"]);
        let file = listed[4].file.as_ref().unwrap();
        assert_eq!((file.sha256, file.size_bytes, file.modified_at_ms), (hash("a.jpg"), 5, Some(7)));
        let child = look!(hub, tx => entries::child_by_key(tx, space.root_id, &name("e\u{301}.jpg"))).unwrap();
        assert_eq!(child.unwrap().id, listed[7].id);
        assert_eq!(look!(hub, tx => entries::child_by_key(tx, space.root_id, &name("gone"))).unwrap(), None);
    }
}

contract! {
    async fn a_cursor_of_another_list_is_refused(hub) {
        let (_, space) = hub.home().await;
        for index in 0..3 {
            hub.picture(&space, space.root_id, &format!("{index}"), &format!("{index}")).await;
        }
        let page = look!(hub, tx => entries::list_children(tx, space.root_id, &Page::first(1))).unwrap();
        let next = Page::after(page.next.unwrap(), 1);
        let error = look!(hub, tx => catalog::users::list(tx, &next)).unwrap_err();
        assert!(matches!(error, Error::BadCursor), "{error:?}");
        let short = Page::after("72ff".parse().unwrap(), 1);
        assert!(matches!(look!(hub, tx => trash::list(tx, space.id, &short)).unwrap_err(), Error::BadCursor));
        assert!("not hex".parse::<catalog::Cursor>().is_err());
    }
}

contract! {
    async fn raw_bytes_are_kept_only_where_they_say_more_than_the_name(hub) {
        let (_, space) = hub.home().await;
        let mut told = Vec::new();
        for (sent, content) in [("caf\u{e9}.jpg", "x"), ("cafe\u{301}.jpg", "y")] {
            let mut file = hub.new_file(&space, space.root_id, sent, hub.blob(content).await);
            file.name_raw = Some(sent.as_bytes().to_vec());
            let id = put!(hub, tx => entries::insert_file(tx, &file)).unwrap().id;
            let entry = look!(hub, tx => entries::get(tx, id)).unwrap().unwrap();
            told.push((entry.name, entry.name_raw));
        }
        // The second is the same name in another form, so it got a number.
        let twin = ("cafe\u{301} (2).jpg".to_owned(), Some("cafe\u{301}.jpg".as_bytes().to_vec()));
        assert_eq!(told, [("caf\u{e9}.jpg".to_owned(), None), twin]);
    }
}

contract! {
    async fn renaming_keeps_names_unique_and_forgets_raw_bytes(hub) {
        let (user_id, space) = hub.home().await;
        let mut file = hub.new_file(&space, space.root_id, "old.jpg", hub.blob("x").await);
        file.name_raw = Some(vec![0xff, 0xfe]);
        let id = put!(hub, tx => entries::insert_file(tx, &file)).unwrap().id;
        hub.picture(&space, space.root_id, "taken.jpg", "y").await;
        let raw = look!(hub, tx => entries::get(tx, id)).unwrap().unwrap().name_raw;
        assert_eq!(raw, Some(vec![0xff, 0xfe]));
        let error = put!(hub, tx => entries::rename(tx, id, &name("taken.jpg"), 9)).unwrap_err();
        assert!(matches!(error, Error::NameTaken(_)), "{error:?}");
        put!(hub, tx => entries::rename(tx, id, &name("new.jpg"), 9)).unwrap();
        let entry = look!(hub, tx => entries::get(tx, id)).unwrap().unwrap();
        assert_eq!((entry.name.as_str(), entry.name_raw, entry.changed_at_ms), ("new.jpg", None, 9));
        // The same name in another form of Unicode is a rename, not a clash with itself.
        put!(hub, tx => entries::rename(tx, id, &name("e\u{301}"), 9)).unwrap();
        put!(hub, tx => entries::rename(tx, id, &name("\u{e9}"), 9)).unwrap();
        let error = put!(hub, tx => entries::rename(tx, space.root_id, &name("x"), 9)).unwrap_err();
        assert!(matches!(error, Error::RootStays), "{error:?}");
        put!(hub, tx => trash::trash(tx, id, user_id, 10)).unwrap();
        let error = put!(hub, tx => entries::rename(tx, id, &name("x"), 9)).unwrap_err();
        assert!(matches!(error, Error::NotFound("entry")), "{error:?}");
    }
}

contract! {
    async fn moving_stays_in_the_space_and_out_of_itself(hub) {
        let (_, space) = hub.home().await;
        let other = hub.my_space(hub.user("bob").await).await;
        let (a, b) = (hub.folder(space.root_id, "a").await, hub.folder(space.root_id, "b").await);
        let inner = hub.folder(a, "inner").await;
        let file = hub.picture(&space, inner, "f", "x").await.id;
        let attempt = async |id, to, new: Option<&str>| {
            let new = new.map(name);
            put!(hub, tx => entries::move_to(tx, id, to, new.as_ref(), 5))
        };
        assert!(matches!(attempt(a, inner, None).await.unwrap_err(), Error::FolderInItself));
        assert!(matches!(attempt(a, a, Some("x")).await.unwrap_err(), Error::FolderInItself));
        assert!(matches!(attempt(a, file, None).await.unwrap_err(), Error::NotAFolder));
        assert!(matches!(attempt(a, other.root_id, None).await.unwrap_err(), Error::NotFound("folder")));
        assert!(matches!(attempt(space.root_id, b, None).await.unwrap_err(), Error::RootStays));
        attempt(a, b, None).await.unwrap();
        let located = look!(hub, tx => entries::get_with_path(tx, file)).unwrap().unwrap();
        assert_eq!(located.folder, path("b/a/inner"));
        attempt(a, b, None).await.unwrap();
        hub.folder(space.root_id, "a").await;
        assert!(matches!(attempt(a, space.root_id, None).await.unwrap_err(), Error::NameTaken(_)));
        attempt(a, space.root_id, Some("a2")).await.unwrap();
        assert_eq!(names_in(&hub, space.root_id).await, ["a", "a2", "b"]);
        attempt(a, space.root_id, Some("a3")).await.unwrap();
        assert_eq!(names_in(&hub, space.root_id).await, ["a", "a3", "b"]);
    }
}

contract! {
    async fn moving_cannot_make_the_tree_too_deep(hub) {
        let (_, space) = hub.home().await;
        let deep = ensure(&hub, space.root_id, &vec!["d"; PATH_MAX_DEPTH - 1].join("/")).await.unwrap();
        let last = deep.last().unwrap().id;
        let two = ensure(&hub, space.root_id, "x/y").await.unwrap();
        let (x, y) = (two[0].id, two[1].id);
        let error = put!(hub, tx => entries::move_to(tx, x, last, None, 5)).unwrap_err();
        assert!(matches!(error, Error::TooDeep), "{error:?}");
        put!(hub, tx => entries::move_to(tx, y, last, None, 5)).unwrap();
        let located = look!(hub, tx => entries::get_with_path(tx, y)).unwrap().unwrap();
        assert_eq!(located.folder.names().len(), PATH_MAX_DEPTH - 1);
    }
}

contract! {
    async fn all_files_below_a_folder_come_with_their_way(hub) {
        let (user_id, space) = hub.home().await;
        let top = hub.folder(space.root_id, "top").await;
        let way = ensure(&hub, top, "a/b").await.unwrap();
        let other = hub.folder(top, "o").await;
        let places = [(top, ""), (way[0].id, "a"), (way[1].id, "a/b"), (other, "o")];
        let mut expected = Vec::new();
        for (folder, text) in places {
            for index in 0..3 {
                let filed = hub.picture(&space, folder, &format!("f{index}"), &format!("{text}{index}")).await;
                expected.push((filed.id, path(text)));
            }
        }
        hub.picture(&space, space.root_id, "outside", "outside").await;
        let gone = hub.picture(&space, other, "gone", "gone").await.id;
        put!(hub, tx => trash::trash(tx, gone, user_id, 1)).unwrap();
        for limit in [1, 2, 3, 5] {
            let listed = flat(pages!(hub, limit, page, tx => entries::files_below(tx, top, &page)));
            let mut found: Vec<_> = listed.into_iter().map(|file| (file.entry.id, file.folder)).collect();
            found.sort();
            expected.sort();
            assert_eq!(found, expected, "pages of {limit}");
        }
        let empty = hub.folder(top, "empty").await;
        assert!(look!(hub, tx => entries::files_below(tx, empty, &Page::first(3))).unwrap().items.is_empty());
    }
}

contract! {
    async fn a_spaces_files_are_counted(hub) {
        let (user_id, space) = hub.home().await;
        assert_eq!(look!(hub, tx => entries::totals(tx, space.id)).unwrap(), SpaceTotals::default());
        let folder = hub.folder(space.root_id, "f").await;
        hub.picture(&space, folder, "a", "x").await;
        hub.picture(&space, folder, "b", "x").await;
        let gone = hub.picture(&space, folder, "c", "y").await.id;
        put!(hub, tx => trash::trash(tx, gone, user_id, 1)).unwrap();
        let expected = SpaceTotals { files: 2, file_bytes: 10, folders: 1, trashed_files: 1 };
        assert_eq!(look!(hub, tx => entries::totals(tx, space.id)).unwrap(), expected);
    }
}
