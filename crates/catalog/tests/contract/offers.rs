//! Offers.

use catalog::offers::OfferRow;
use catalog::{blobs, offers, tombstones, trash};
use domain::ContentHash;

use crate::common::hash;

fn row(sha256: ContentHash) -> OfferRow {
    OfferRow { sha256, here: false, elsewhere: None, deleted_here: false, damaged: false }
}

contract! {
    async fn an_offer_tells_what_the_caller_may_know(hub) {
        let (user_id, space) = hub.home().await;
        let friend = hub.my_space(hub.user("bob").await).await;
        let stranger = hub.my_space(hub.user("cleo").await).await;
        hub.picture(&space, space.root_id, "a", "here").await;
        hub.picture(&friend, friend.root_id, "a", "here").await;
        hub.picture(&friend, friend.root_id, "b", "elsewhere").await;
        hub.picture(&stranger, stranger.root_id, "c", "secret").await;
        let deleted = hub.picture(&space, space.root_id, "d", "deleted").await;
        hub.picture(&friend, friend.root_id, "d", "deleted").await;
        put!(hub, tx => trash::trash(tx, deleted.id, user_id, 1)).unwrap();
        put!(hub, tx => blobs::mark_damaged(tx, hash("elsewhere"), 1)).unwrap();
        put!(hub, tx => blobs::mark_damaged(tx, hash("secret"), 1)).unwrap();
        let asked = ["secret", "here", "elsewhere", "deleted", "unknown", "here"].map(hash);
        let expected = [
            row(asked[0]),
            OfferRow { here: true, elsewhere: Some(friend.id), ..row(asked[1]) },
            OfferRow { elsewhere: Some(friend.id), damaged: true, ..row(asked[2]) },
            OfferRow { elsewhere: Some(friend.id), deleted_here: true, ..row(asked[3]) },
            row(asked[4]),
            OfferRow { here: true, elsewhere: Some(friend.id), ..row(asked[1]) },
        ];
        let (mine, readable) = (space.id, [friend.id, space.id]);
        assert_eq!(look!(hub, tx => offers::answers(tx, mine, &readable, &asked)).unwrap(), expected);
        let alone = look!(hub, tx => offers::answers(tx, mine, &[], &asked)).unwrap();
        assert_eq!(alone[1], OfferRow { here: true, ..row(asked[1]) });
        assert_eq!(alone[2], row(asked[2]));
        assert!(look!(hub, tx => offers::answers(tx, mine, &[], &[])).unwrap().is_empty());
    }
}

contract! {
    async fn a_thousand_hashes_are_answered_in_order(hub) {
        let (_, space) = hub.home().await;
        for index in [0, 499, 500, 998] {
            hub.picture(&space, space.root_id, &format!("{index}"), &format!("{index}")).await;
        }
        let asked: Vec<_> = (0..999).map(|index| hash(&format!("{index}"))).collect();
        let expected = asked.clone();
        let rows = look!(hub, tx => offers::answers(tx, space.id, &[], &asked)).unwrap();
        assert_eq!(rows.iter().map(|row| row.sha256).collect::<Vec<_>>(), expected);
        let held: Vec<_> = rows.iter().enumerate().filter(|(_, row)| row.here).map(|(index, _)| index).collect();
        assert_eq!(held, [0, 499, 500, 998]);
    }
}

contract! {
    async fn tombstones_are_listed_found_and_cleared(hub) {
        let (user_id, space) = hub.home().await;
        let mut hashes = Vec::new();
        for index in 0..5 {
            let filed = hub.picture(&space, space.root_id, &format!("n{index}"), &format!("{index}")).await;
            put!(hub, tx => trash::trash(tx, filed.id, user_id, 40 + index)).unwrap();
            hashes.push(hash(&format!("{index}")));
        }
        let mut expected = hashes.clone();
        expected.sort();
        let listed = crate::common::flat(pages!(hub, 2, page, tx => tombstones::list(tx, space.id, &page)));
        assert_eq!(listed.iter().map(|tombstone| tombstone.sha256).collect::<Vec<_>>(), expected);
        let first = hashes[0];
        let found = look!(hub, tx => tombstones::for_hashes(tx, space.id, &[first, hash("other")])).unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].name.as_str(), found[0].deleted_at_ms), ("n0", 40));
        assert_eq!(found[0].deleted_by, user_id);
        assert_eq!(put!(hub, tx => tombstones::clear(tx, space.id, &[first, hash("other")])).unwrap(), 1);
        assert_eq!(put!(hub, tx => tombstones::clear(tx, space.id, &[first])).unwrap(), 0);
    }
}
