//! The change feed.

use catalog::changes;
use catalog::changes::{ChangeKind, NewChange, Viewer};
use domain::{SpaceId, UserId};

use crate::common::hash;

fn viewer(user_id: UserId, spaces: &[SpaceId]) -> Viewer<'_> {
    Viewer { user_id, spaces, content_only: false }
}

contract! {
    async fn changes_have_places_in_the_order_of_commits(hub) {
        assert_eq!(look!(hub, tx => changes::newest(tx)).unwrap(), 0);
        let writers = (0..32).map(|_| async {
            put!(hub, tx => changes::append(tx, &NewChange::new(ChangeKind::SpaceChanged, 1))).unwrap()
        });
        let mut places = futures_util::future::join_all(writers).await;
        places.sort_unstable();
        assert_eq!(places, (1..=32).collect::<Vec<_>>());
        let rolled_back: Result<i64, _> = hub.catalog.write(|tx| Box::pin(async move {
            changes::append(tx, &NewChange::new(ChangeKind::SpaceChanged, 1)).await?;
            Err(catalog::Error::TooDeep)
        })).await;
        assert!(rolled_back.is_err());
        assert_eq!(look!(hub, tx => changes::newest(tx)).unwrap(), 32);
        let many: Vec<_> = (0..150).map(|at_ms| NewChange::new(ChangeKind::AlbumChanged, at_ms)).collect();
        assert_eq!(put!(hub, tx => changes::append_many(tx, &many)).unwrap(), 182);
        assert_eq!(put!(hub, tx => changes::append_many(tx, &[])).unwrap(), 182);
        let user_id: UserId = hub.ids.fresh();
        let page = look!(hub, tx => changes::after(tx, 32, 1000, &viewer(user_id, &[]))).unwrap();
        assert_eq!(page.changes.iter().map(|change| change.change.at_ms).collect::<Vec<_>>(), (0..150).collect::<Vec<_>>());
        assert_eq!(page.changes[0].sequence, 33);
    }
}

contract! {
    async fn everybody_sees_what_concerns_them(hub) {
        let (anna, bob): (UserId, UserId) = (hub.ids.fresh(), hub.ids.fresh());
        let (shared, private): (SpaceId, SpaceId) = (hub.ids.fresh(), hub.ids.fresh());
        let mut full = NewChange::new(ChangeKind::ContentTrashed, 9);
        full.space_id = Some(shared);
        full.entry_id = Some(hub.ids.fresh());
        full.asset_id = Some(hub.ids.fresh());
        full.album_id = Some(hub.ids.fresh());
        full.device_id = Some(hub.ids.fresh());
        full.sha256 = Some(hash("x"));
        let in_private = NewChange { space_id: Some(private), ..NewChange::new(ChangeKind::EntryAdded, 1) };
        let of_anna = NewChange { user_id: Some(anna), ..NewChange::new(ChangeKind::DeviceChanged, 2) };
        let of_all = NewChange::new(ChangeKind::SpaceChanged, 3);
        let written = vec![full.clone(), in_private, of_anna, of_all];
        put!(hub, tx => changes::append_many(tx, &written)).unwrap();
        let seen = async |user_id, spaces: Vec<SpaceId>, content_only| {
            let page = look!(hub, tx => async {
                changes::after(tx, 0, 100, &Viewer { user_id, spaces: &spaces, content_only }).await
            });
            page.unwrap().changes.into_iter().map(|change| change.sequence).collect::<Vec<_>>()
        };
        assert_eq!(seen(anna, vec![private, shared], false).await, [1, 2, 3, 4]);
        assert_eq!(seen(bob, vec![shared], false).await, [1, 4]);
        assert_eq!(seen(bob, vec![], false).await, [4]);
        assert_eq!(seen(anna, vec![private, shared], true).await, [1]);
        let page = look!(hub, tx => changes::after(tx, 0, 1, &viewer(bob, &[shared]))).unwrap();
        assert_eq!(page.changes[0].change, full);
    }
}

contract! {
    async fn the_feed_is_read_to_its_end_in_pieces(hub) {
        let (user_id, mine, other): (UserId, SpaceId, SpaceId) = (hub.ids.fresh(), hub.ids.fresh(), hub.ids.fresh());
        let written: Vec<_> = (0..100)
            .map(|at_ms| NewChange {
                space_id: Some(if at_ms % 10 == 0 { mine } else { other }),
                ..NewChange::new(ChangeKind::EntryAdded, at_ms)
            })
            .collect();
        put!(hub, tx => changes::append_many(tx, &written)).unwrap();
        let (mut after, mut seen, mut pieces) = (0, Vec::new(), 0);
        loop {
            let page = look!(hub, tx => changes::after(tx, after, 3, &viewer(user_id, &[mine]))).unwrap();
            assert!(page.next_after > after && page.newest == 100);
            seen.extend(page.changes.iter().map(|change| change.change.at_ms));
            after = page.next_after;
            pieces += 1;
            if !page.more {
                break;
            }
        }
        assert_eq!(seen, (0..10).map(|tenth| tenth * 10).collect::<Vec<_>>());
        assert!(pieces >= 3);
        assert_eq!(after, 100);
        let end = look!(hub, tx => changes::after(tx, 100, 3, &viewer(user_id, &[mine]))).unwrap();
        assert_eq!((end.changes.len(), end.next_after, end.more), (0, 100, false));
        // A device that saw more than there is (the hub was restored from an older copy) can tell.
        let ahead = look!(hub, tx => changes::after(tx, 500, 3, &viewer(user_id, &[mine]))).unwrap();
        assert_eq!((ahead.next_after, ahead.newest, ahead.more), (500, 100, false));
    }
}
