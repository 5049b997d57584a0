//! How well pictures are kept.

use catalog::protection::Protection;
use catalog::{blobs, protection, trash};

use crate::common::hash;

contract! {
    async fn live_pictures_are_counted_with_what_is_known_of_their_bytes(hub) {
        let (user_id, space) = hub.home().await;
        let other = hub.my_space(hub.user("bob").await).await;
        let (one, both) = ([space.id], [space.id, other.id]);
        assert_eq!(look!(hub, tx => protection::count(tx, &both)).unwrap(), Protection::default());
        let came_ms = hub.now();
        hub.picture(&space, space.root_id, "a", "first").await;
        hub.picture(&space, space.root_id, "copy of a", "first").await;
        hub.clock.advance(10);
        hub.picture(&other, other.root_id, "b", "the second").await;
        let gone = hub.picture(&space, space.root_id, "gone", "gone").await;
        put!(hub, tx => trash::trash(tx, gone.id, user_id, 1)).unwrap();
        let counted = look!(hub, tx => protection::count(tx, &both)).unwrap();
        let expected =
            Protection { assets: 2, size_bytes: 15, damaged_assets: 0, oldest_check_ms: Some(came_ms) };
        assert_eq!(counted, expected);
        // Read again, and found right: the other one is now the one that waits longest.
        put!(hub, tx => blobs::mark_proven(tx, &[hash("first")], came_ms + 100)).unwrap();
        let counted = look!(hub, tx => protection::count(tx, &both)).unwrap();
        assert_eq!(counted.oldest_check_ms, Some(came_ms + 10));
        put!(hub, tx => blobs::mark_damaged(tx, hash("first"), came_ms + 200)).unwrap();
        let counted = look!(hub, tx => protection::count(tx, &one)).unwrap();
        assert_eq!((counted.assets, counted.damaged_assets), (1, 1));
        assert_eq!(look!(hub, tx => protection::count(tx, &[])).unwrap(), Protection::default());
    }
}
