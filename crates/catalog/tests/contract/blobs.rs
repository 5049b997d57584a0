//! Blobs.

use catalog::blobs::{Arrival, BlobState, BlobTotals};
use catalog::{assets, blobs, entries};
use domain::ContentHash;

use crate::common::{flat, hash};

contract! {
    async fn a_blob_arrives_once_and_comes_back_from_deleting_and_damage(hub) {
        let blob = hub.new_blob("a");
        let (sha256, again, third, fourth) = (blob.sha256, blob.clone(), blob.clone(), blob.clone());
        let fresh = Arrival { created: true, was_deleting: false, was_damaged: false };
        assert_eq!(put!(hub, tx => blobs::upsert_kept(tx, &blob)).unwrap(), fresh);
        let known = Arrival { created: false, ..fresh };
        assert_eq!(put!(hub, tx => blobs::upsert_kept(tx, &again)).unwrap(), known);
        assert_eq!(put!(hub, tx => blobs::mark_deleting(tx, &[sha256], 50)).unwrap(), [sha256]);
        assert!(put!(hub, tx => blobs::mark_damaged(tx, sha256, 60)).unwrap());
        assert!(!put!(hub, tx => blobs::mark_damaged(tx, sha256, 70)).unwrap());
        let row = look!(hub, tx => blobs::get(tx, sha256)).unwrap().unwrap();
        assert_eq!((row.state, row.damaged_at_ms), (BlobState::Deleting { since_ms: 50 }, Some(60)));
        let returned = put!(hub, tx => blobs::upsert_kept(tx, &third)).unwrap();
        assert_eq!(returned, Arrival { created: false, was_deleting: true, was_damaged: true });
        let row = look!(hub, tx => blobs::get(tx, sha256)).unwrap().unwrap();
        assert_eq!((row.state, row.damaged_at_ms, row.size_bytes), (BlobState::Kept, None, 1));
        assert_eq!((row.sha1, row.content_type), (fourth.sha1, fourth.content_type));
        assert_eq!(look!(hub, tx => blobs::get(tx, hash("nothing"))).unwrap(), None);
    }
}

contract! {
    async fn only_what_nothing_names_is_deleted(hub) {
        let (_, space) = hub.home().await;
        let (filed, shown, free) = (hub.blob("filed").await, hub.blob("shown").await, hub.blob("free").await);
        let file = hub.new_file(&space, space.root_id, "f", filed);
        put!(hub, tx => entries::insert_file(tx, &file)).unwrap();
        let asset = hub.new_asset(space.id, shown, 1);
        put!(hub, tx => assets::upsert(tx, &asset)).unwrap();
        let marked = put!(hub, tx => blobs::mark_deleting(tx, &[filed, shown, free], 10)).unwrap();
        assert_eq!(marked, [free]);
        assert!(look!(hub, tx => blobs::deleting_since(tx, 10, 5)).unwrap().is_empty());
        let waiting = look!(hub, tx => blobs::deleting_since(tx, 11, 5)).unwrap();
        assert_eq!(waiting.iter().map(|blob| blob.sha256).collect::<Vec<_>>(), [free]);
        assert!(!put!(hub, tx => blobs::remove_row(tx, filed)).unwrap());
        assert!(put!(hub, tx => blobs::remove_row(tx, free)).unwrap());
        assert_eq!(look!(hub, tx => blobs::get(tx, free)).unwrap(), None);
    }
}

contract! {
    async fn proof_ends_damage_and_totals_count(hub) {
        let hashes: Vec<ContentHash> =
            futures_util::future::join_all(["a", "bb", "ccc", "dddd"].map(|content| hub.blob(content))).await;
        let (a, b, d) = (hashes[0], hashes[1], hashes[3]);
        put!(hub, tx => blobs::mark_damaged(tx, a, 1)).unwrap();
        put!(hub, tx => blobs::mark_damaged(tx, b, 1)).unwrap();
        assert_eq!(put!(hub, tx => blobs::mark_proven(tx, &[a, hash("unknown")], 9)).unwrap(), 1);
        put!(hub, tx => blobs::mark_deleting(tx, &[d], 2)).unwrap();
        let row = look!(hub, tx => blobs::get(tx, a)).unwrap().unwrap();
        assert_eq!((row.proven_at_ms, row.damaged_at_ms), (Some(9), None));
        let expected = BlobTotals { kept: 3, kept_bytes: 6, deleting: 1, deleting_bytes: 4, damaged: 1 };
        assert_eq!(look!(hub, tx => blobs::totals(tx)).unwrap(), expected);
    }
}

contract! {
    async fn blobs_are_listed_by_hash(hub) {
        let mut expected = Vec::new();
        for index in 0..7 {
            expected.push(hub.blob(&format!("{index}")).await);
        }
        expected.sort();
        let listed = flat(pages!(hub, 3, page, tx => blobs::list(tx, &page)));
        assert_eq!(listed.iter().map(|blob| blob.sha256).collect::<Vec<_>>(), expected);
        let (second, rest) = (expected[1], &expected[2..]);
        let after = look!(hub, tx => blobs::list_after(tx, Some(second), 100)).unwrap();
        assert_eq!(after.iter().map(|blob| blob.sha256).collect::<Vec<_>>(), rest);
        assert_eq!(look!(hub, tx => blobs::list_after(tx, None, 2)).unwrap().len(), 2);
    }
}

contract! {
    async fn content_is_live_where_its_files_are(hub) {
        let (user_id, space) = hub.home().await;
        let other = hub.my_space(hub.user("bob").await).await;
        let filed = hub.picture(&space, space.root_id, "a", "x").await;
        hub.picture(&space, space.root_id, "b", "x").await;
        hub.picture(&other, other.root_id, "c", "x").await;
        let mut both = [space.id, other.id];
        both.sort();
        assert_eq!(look!(hub, tx => blobs::live_in(tx, hash("x"))).unwrap(), both);
        put!(hub, tx => catalog::trash::trash(tx, filed.id, user_id, 1)).unwrap();
        assert_eq!(look!(hub, tx => blobs::live_in(tx, hash("x"))).unwrap(), both);
    }
}
