//! Spaces and members.

use catalog::{Error, entries, spaces};
use domain::{SpaceId, SpaceKind, SpaceRole};

use crate::common::{flat, name};

contract! {
    async fn a_space_comes_with_its_root_folder(hub) {
        let user_id = hub.user("anna").await;
        let space = hub.my_space(user_id).await;
        assert_eq!(look!(hub, tx => spaces::get(tx, space.id)).unwrap().as_ref(), Some(&space));
        assert_eq!(look!(hub, tx => spaces::my_space(tx, user_id)).unwrap().as_ref(), Some(&space));
        let root = look!(hub, tx => entries::root_of(tx, space.id)).unwrap().unwrap();
        assert_eq!((root.id, root.parent_id, root.name.as_str()), (space.root_id, None, ""));
        assert_eq!(look!(hub, tx => spaces::public_space(tx)).unwrap(), None);
        let nothing: SpaceId = hub.ids.fresh();
        assert_eq!(look!(hub, tx => spaces::get(tx, nothing)).unwrap(), None);
        assert_eq!(look!(hub, tx => entries::root_of(tx, nothing)).unwrap(), None);
    }
}

contract! {
    async fn there_is_one_public_space_and_one_my_space_each(hub) {
        let user_id = hub.user("anna").await;
        hub.my_space(user_id).await;
        let public = hub.new_space(SpaceKind::Public, None);
        let id = public.id;
        put!(hub, tx => spaces::insert(tx, &public)).unwrap();
        assert_eq!(look!(hub, tx => spaces::public_space(tx)).unwrap().unwrap().id, id);
        for second in [hub.new_space(SpaceKind::Public, None), hub.new_space(SpaceKind::My, Some(user_id))] {
            let error = put!(hub, tx => spaces::insert(tx, &second)).unwrap_err();
            assert!(matches!(error, Error::Refused(_)), "{error:?}");
        }
        for _ in 0..2 {
            let group = hub.new_space(SpaceKind::Group, None);
            put!(hub, tx => spaces::insert(tx, &group)).unwrap();
        }
    }
}

contract! {
    async fn members_have_roles_and_see_their_spaces_only(hub) {
        let (anna, bob) = (hub.user("anna").await, hub.user("bob").await);
        let mine = hub.my_space(anna).await;
        hub.clock.advance(1);
        let group = hub.new_space(SpaceKind::Group, None);
        let id = group.id;
        put!(hub, tx => spaces::insert(tx, &group)).unwrap();
        assert!(put!(hub, tx => spaces::add_member(tx, id, anna, SpaceRole::Owner)).unwrap());
        assert!(put!(hub, tx => spaces::add_member(tx, id, bob, SpaceRole::Viewer)).unwrap());
        assert!(!put!(hub, tx => spaces::add_member(tx, id, bob, SpaceRole::Owner)).unwrap());
        let role = look!(hub, tx => spaces::get_with_role(tx, id, bob)).unwrap().unwrap().role;
        assert_eq!(role, SpaceRole::Viewer);
        assert_eq!(look!(hub, tx => spaces::get_with_role(tx, mine.id, bob)).unwrap(), None);
        let of_anna = look!(hub, tx => spaces::of_user(tx, anna)).unwrap();
        let listed: Vec<_> = of_anna.iter().map(|member| (member.space.id, member.role)).collect();
        assert_eq!(listed, [(mine.id, SpaceRole::Owner), (id, SpaceRole::Owner)]);
        assert!(put!(hub, tx => spaces::set_role(tx, id, bob, SpaceRole::Editor)).unwrap());
        assert!(put!(hub, tx => spaces::remove_member(tx, id, anna)).unwrap());
        assert!(!put!(hub, tx => spaces::remove_member(tx, id, anna)).unwrap());
        assert!(!put!(hub, tx => spaces::set_role(tx, id, anna, SpaceRole::Editor)).unwrap());
        let of_bob = look!(hub, tx => spaces::of_user(tx, bob)).unwrap();
        assert_eq!((of_bob.len(), of_bob[0].role), (1, SpaceRole::Editor));
        assert!(put!(hub, tx => spaces::rename(tx, id, &name("Friends"))).unwrap());
        assert_eq!(look!(hub, tx => spaces::get(tx, id)).unwrap().unwrap().name.as_str(), "Friends");
        let nothing: SpaceId = hub.ids.fresh();
        assert!(!put!(hub, tx => spaces::rename(tx, nothing, &name("x"))).unwrap());
    }
}

contract! {
    async fn members_are_listed_by_name(hub) {
        let group = hub.new_space(SpaceKind::Group, None);
        let id = group.id;
        put!(hub, tx => spaces::insert(tx, &group)).unwrap();
        for name in ["c", "e", "a", "d", "b"] {
            let user_id = hub.user(name).await;
            put!(hub, tx => spaces::add_member(tx, id, user_id, SpaceRole::Viewer)).unwrap();
        }
        let members = flat(pages!(hub, 2, page, tx => spaces::members(tx, id, &page)));
        assert_eq!(members.iter().map(|member| member.name.as_str()).collect::<String>(), "abcde");
    }
}
