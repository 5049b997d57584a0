//! Filing: the same thing once, other things under numbered names.

use std::collections::HashSet;

use catalog::entries::NewFile;
use catalog::{Error, Page, entries, trash};
use proptest::prelude::*;

use crate::common::{Engine, Hub, Place, hash, name, runtime};

contract! {
    async fn the_same_file_is_filed_once_and_other_bytes_get_a_number(hub) {
        let (_, space) = hub.home().await;
        let first = hub.picture(&space, space.root_id, "a.jpg", "1").await;
        assert!(first.created && first.name == "a.jpg");
        let again = hub.picture(&space, space.root_id, "a.jpg", "1").await;
        assert_eq!((again.id, again.created), (first.id, false));
        let second = hub.picture(&space, space.root_id, "a.jpg", "2").await;
        assert_eq!((second.name.as_str(), second.created), ("a (2).jpg", true));
        let second_again = hub.picture(&space, space.root_id, "a.jpg", "2").await;
        assert_eq!((second_again.id, second_again.created), (second.id, false));
        assert_eq!(hub.picture(&space, space.root_id, "a.jpg", "3").await.name, "a (3).jpg");
        // In another folder the same picture is another entry.
        let folder = hub.folder(space.root_id, "f").await;
        let elsewhere = hub.picture(&space, folder, "a.jpg", "1").await;
        assert!(elsewhere.created && elsewhere.name == "a.jpg");
    }
}

contract! {
    async fn a_renamed_file_is_still_known_by_the_name_it_was_sent_with(hub) {
        let (user_id, space) = hub.home().await;
        let first = hub.picture(&space, space.root_id, "a.jpg", "1").await;
        put!(hub, tx => entries::rename(tx, first.id, &name("beach.jpg"), 1)).unwrap();
        let again = hub.picture(&space, space.root_id, "a.jpg", "1").await;
        assert_eq!((again.id, again.name.as_str(), again.created), (first.id, "beach.jpg", false));
        // Its name is free for others, and what is in the trash does not count.
        assert_eq!(hub.picture(&space, space.root_id, "a.jpg", "2").await.name, "a.jpg");
        put!(hub, tx => trash::trash(tx, first.id, user_id, 1)).unwrap();
        let back = hub.picture(&space, space.root_id, "a.jpg", "1").await;
        assert_eq!((back.name.as_str(), back.created), ("a (2).jpg", true));
    }
}

contract! {
    async fn numbers_that_others_have_are_jumped_over(hub) {
        let (_, space) = hub.home().await;
        for number in 2..40 {
            hub.picture(&space, space.root_id, &format!("a ({number}).jpg"), &format!("literal {number}")).await;
        }
        assert_eq!(hub.picture(&space, space.root_id, "a.jpg", "1").await.name, "a.jpg");
        assert_eq!(hub.picture(&space, space.root_id, "a.jpg", "2").await.name, "a (40).jpg");
        hub.folder(space.root_id, "b.jpg").await;
        assert_eq!(hub.picture(&space, space.root_id, "b.jpg", "3").await.name, "b (2).jpg");
    }
}

contract! {
    async fn a_batch_files_what_is_new_and_names_what_is_there(hub) {
        let (_, space) = hub.home().await;
        let folder = hub.folder(space.root_id, "f").await;
        let old = hub.picture(&space, folder, "a.jpg", "old").await;
        let mut batch = Vec::new();
        for (parent, file, content) in [
            (folder, "a.jpg", "old"),
            (folder, "a.jpg", "x"),
            (folder, "a.jpg", "y"),
            (folder, "a.jpg", "x"),
            (folder, "a (2).jpg", "z"),
            (space.root_id, "a.jpg", "x"),
            (space.root_id, "a.jpg", "y"),
        ] {
            batch.push(hub.new_file(&space, parent, file, hub.blob(content).await));
        }
        let ids: Vec<_> = batch.iter().map(|file| file.id).collect();
        let filed = put!(hub, tx => entries::insert_files(tx, &batch)).unwrap();
        let found: Vec<_> = filed.iter().map(|filed| (filed.id, filed.name.as_str(), filed.created)).collect();
        assert_eq!(found, [
            (old.id, "a.jpg", false),
            (ids[1], "a (3).jpg", true),
            (ids[2], "a (4).jpg", true),
            (ids[1], "a (3).jpg", false),
            (ids[4], "a (2).jpg", true),
            (ids[5], "a.jpg", true),
            (ids[6], "a (2).jpg", true),
        ]);
        assert!(put!(hub, tx => entries::insert_files(tx, &[])).unwrap().is_empty());
    }
}

contract! {
    async fn a_thousand_files_of_one_name_need_no_thousand_queries(hub) {
        let (_, space) = hub.home().await;
        let blobs: Vec<_> = (0..1000).map(|index| hub.new_blob(&format!("{index}"))).collect();
        let files: Vec<_> =
            blobs.iter().map(|blob| hub.new_file(&space, space.root_id, "IMG.jpg", blob.sha256)).collect();
        put!(hub, tx => async {
            for blob in &blobs {
                catalog::blobs::upsert_kept(tx, blob).await?;
            }
            Ok::<_, Error>(())
        })
        .unwrap();
        let filed = put!(hub, tx => entries::insert_files(tx, &files)).unwrap();
        let names: HashSet<_> = filed.iter().map(|filed| filed.name.clone()).collect();
        assert_eq!(names.len(), 1000);
        assert!(names.contains("IMG.jpg") && names.contains("IMG (1000).jpg"));
        assert_eq!(hub.picture(&space, space.root_id, "IMG.jpg", "one more").await.name, "IMG (1001).jpg");
    }
}

contract! {
    async fn two_writers_of_one_name_both_find_a_place(hub) {
        let (_, space) = hub.home().await;
        let tasks = (0..24).map(|index| {
            let (hub, space) = (hub.clone(), space.clone());
            async move { hub.picture(&space, space.root_id, "same.jpg", &format!("{}", index % 12)).await }
        });
        let filed = futures_util::future::join_all(tasks).await;
        let names: HashSet<_> = filed.iter().map(|filed| filed.name.clone()).collect();
        assert_eq!(names.len(), 12);
        assert_eq!(filed.iter().filter(|filed| filed.created).count(), 12);
        let listed = look!(hub, tx => entries::list_children(tx, space.root_id, &Page::first(100))).unwrap();
        assert_eq!(listed.items.len(), 12);
    }
}

contract! {
    async fn a_file_goes_into_a_live_folder_of_its_space_only(hub) {
        let (user_id, space) = hub.home().await;
        let other = hub.my_space(hub.user("bob").await).await;
        let gone = hub.folder(space.root_id, "gone").await;
        put!(hub, tx => trash::trash(tx, gone, user_id, 1)).unwrap();
        let sha256 = hub.blob("x").await;
        for parent in [gone, other.root_id, hub.ids.fresh()] {
            let file = hub.new_file(&space, parent, "f", sha256);
            let error = put!(hub, tx => entries::insert_file(tx, &file)).unwrap_err();
            assert!(matches!(error, Error::NotFound("folder")), "{error:?}");
        }
        let file = hub.new_file(&space, space.root_id, "f", hash("no such blob"));
        let error = put!(hub, tx => entries::insert_file(tx, &file)).unwrap_err();
        assert!(matches!(error, Error::Refused(_)), "{error:?}");
    }
}

/// What a device sends: a name out of few, and bytes out of few.
fn sendings() -> impl Strategy<Value = Vec<(usize, usize)>> {
    proptest::collection::vec((0_usize..5, 0_usize..6), 1..40)
}

const NAMES: [&str; 5] = ["a.jpg", "a (2).jpg", "a (3).jpg", "b", "b (2)"];

/// However files are sent and in whatever batches: one entry per folder, sent name and bytes;
/// unique names; and sending all of it again changes nothing.
async fn filed_once(hub: &Hub, sendings: &[(usize, usize)], batch: usize) {
    let user_id = hub.user(&hub.ids.fresh::<domain::UserId>().to_string()).await;
    let space = hub.my_space(user_id).await;
    let mut files: Vec<NewFile> = Vec::new();
    for &(name, content) in sendings {
        let sha256 = hub.blob(&format!("{content}")).await;
        files.push(hub.new_file(&space, space.root_id, NAMES[name], sha256));
    }
    let distinct: HashSet<_> = sendings.iter().collect();
    for round in 0..2 {
        let mut created = 0;
        for chunk in files.chunks(batch) {
            let chunk = chunk.to_vec();
            let filed = put!(hub, tx => entries::insert_files(tx, &chunk)).unwrap();
            created += filed.iter().filter(|filed| filed.created).count();
        }
        assert_eq!(created, if round == 0 { distinct.len() } else { 0 });
        let listed =
            look!(hub, tx => entries::list_children(tx, space.root_id, &Page::first(1000))).unwrap().items;
        assert_eq!(listed.len(), distinct.len());
        let keys: HashSet<_> = listed.iter().map(|entry| entry.name.clone()).collect();
        assert_eq!(keys.len(), distinct.len());
    }
}

#[test]
fn whatever_is_sent_is_filed_once_under_its_own_name() {
    let runtime = runtime();
    let place = runtime.block_on(Place::new(Engine::Sqlite)).unwrap();
    let hub = runtime.block_on(Hub::open(Engine::Sqlite, &place.url));
    let mut runner =
        proptest::test_runner::TestRunner::new(ProptestConfig { cases: 24, ..ProptestConfig::default() });
    runner
        .run(&(sendings(), 1_usize..9), |(sendings, batch)| {
            runtime.block_on(filed_once(&hub, &sendings, batch));
            Ok(())
        })
        .unwrap();
    runtime.block_on(hub.catalog.close());
}
