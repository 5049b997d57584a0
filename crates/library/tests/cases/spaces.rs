//! Who belongs to a Space, and who may change that.

use domain::{Role, SpaceKind, SpaceRole};
use library::{Caller, Error, Page, SpaceOfUser};

use crate::common::{World, name, on_both};

async fn space_of(world: &World, caller: &Caller, kind: SpaceKind) -> SpaceOfUser {
    world.library.spaces(caller).await.unwrap().into_iter().find(|space| space.space.kind == kind).unwrap()
}

on_both! {
    async fn everybody_starts_with_a_space_of_their_own_and_a_place_in_the_public_one(world) {
        let table = [
            ("olga", Role::Owner, SpaceRole::Owner),
            ("mia", Role::Manager, SpaceRole::Editor),
            ("sam", Role::Member, SpaceRole::Viewer),
        ];
        for (who, role, in_public) in table {
            let caller = world.person(who, role).await;
            assert_eq!(world.library.spaces(&caller).await.unwrap().len(), 2);
            assert_eq!(space_of(world, &caller, SpaceKind::Public).await.role, in_public);
            assert_eq!(space_of(world, &caller, SpaceKind::My).await.role, SpaceRole::Owner);
        }
    }
}

on_both! {
    async fn a_my_space_is_never_shared_and_never_left(world) {
        let sam = world.person("sam", Role::Member).await;
        let kim = world.person("kim", Role::Member).await;
        let mine = space_of(world, &sam, SpaceKind::My).await.space.id;
        for role in [SpaceRole::Viewer, SpaceRole::Editor, SpaceRole::Owner] {
            let shared = world.library.set_member(&sam, mine, kim.user_id, role).await.unwrap_err();
            assert!(matches!(shared, Error::Forbidden(_)), "{shared:?}");
        }
        let left = world.library.remove_member(&sam, mine, sam.user_id).await.unwrap_err();
        assert!(matches!(left, Error::Forbidden(_)), "{left:?}");
        let entered = world.library.set_member(&kim, mine, kim.user_id, SpaceRole::Owner).await.unwrap_err();
        assert!(matches!(entered, Error::NotFound("Space")), "{entered:?}");
        let members = world.library.space_members(&sam, mine, Page::first(10)).await.unwrap().items;
        assert_eq!(members.len(), 1);
    }
}

on_both! {
    async fn a_group_always_has_somebody_who_governs_it(world) {
        let mia = world.person("mia", Role::Manager).await;
        let sam = world.person("sam", Role::Member).await;
        let refused = world.library.add_space(&sam, name("Mine")).await.unwrap_err();
        assert!(matches!(refused, Error::Forbidden(_)), "{refused:?}");
        let group = world.library.add_space(&mia, name("Trips")).await.unwrap().space.id;
        let set = |caller: &Caller, who: &Caller, role| {
            let (library, caller, who) = (world.library.clone(), caller.clone(), who.user_id);
            async move { library.set_member(&caller, group, who, role).await }
        };
        let leave = |caller: &Caller, who: &Caller| {
            let (library, caller, who) = (world.library.clone(), caller.clone(), who.user_id);
            async move { library.remove_member(&caller, group, who).await }
        };
        let stranger = set(&sam, &sam, SpaceRole::Owner).await.unwrap_err();
        assert!(matches!(stranger, Error::NotFound("Space")), "{stranger:?}");
        for error in [leave(&mia, &mia).await.unwrap_err(), set(&mia, &mia, SpaceRole::Viewer).await.unwrap_err()] {
            assert!(matches!(error, Error::Conflict(_)), "the last owner stays: {error:?}");
        }
        set(&mia, &sam, SpaceRole::Editor).await.unwrap();
        let raised = set(&sam, &sam, SpaceRole::Owner).await.unwrap_err();
        assert!(matches!(raised, Error::Forbidden(_)), "{raised:?}");
        let thrown_out = leave(&sam, &mia).await.unwrap_err();
        assert!(matches!(thrown_out, Error::Forbidden(_)), "{thrown_out:?}");
        set(&mia, &sam, SpaceRole::Owner).await.unwrap();
        leave(&mia, &mia).await.unwrap();
        assert!(matches!(leave(&sam, &sam).await.unwrap_err(), Error::Conflict(_)));
        let gone = world.library.rename_space(&mia, group, name("Ours")).await.unwrap_err();
        assert!(matches!(gone, Error::NotFound("Space")), "{gone:?}");
        let nobody = domain::UserId::from_bytes([9; 16]);
        let unknown = world.library.set_member(&sam, group, nobody, SpaceRole::Viewer).await.unwrap_err();
        assert!(matches!(unknown, Error::NotFound("person")), "{unknown:?}");
    }
}

on_both! {
    async fn who_loses_a_space_in_mid_upload_stores_nothing_there(world) {
        let mia = world.person("mia", Role::Manager).await;
        let sam = world.person("sam", Role::Member).await;
        let group = world.library.add_space(&mia, name("Trips")).await.unwrap().space;
        world.library.set_member(&mia, group.id, sam.user_id, SpaceRole::Editor).await.unwrap();
        let bytes = crate::common::picture(1, 500);
        let new = crate::common::upload(crate::common::file_in(group.id, "A", "a.jpg"), 500);
        let id = world.library.begin(&sam, new).await.unwrap().id;
        world.library.set_member(&mia, group.id, sam.user_id, SpaceRole::Viewer).await.unwrap();
        let sent = crate::common::body(&[&bytes]);
        let error = world.library.append(&sam, id, 0, None, sent).await.unwrap_err();
        assert!(matches!(error, Error::Forbidden(_)), "{error:?}");
        assert!(world.tree_below(&mia, group.root_id).await.is_empty());
        assert!(world.proven_blobs().await.is_empty());
    }
}
