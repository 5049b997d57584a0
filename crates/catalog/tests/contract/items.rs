//! Pictures and videos that are one item.

use catalog::assets::AssetKind;
use catalog::items::{self, Decision, ItemMarks, PartOf, PartRole, PartRule, Verdict};
use catalog::spaces::Space;
use catalog::{Page, albums, assets, entries, timeline, trash};
use domain::{AlbumId, AssetId, DecisionId, EntryId};

use crate::common::{Hub, hash, name};

const FILM: PartRole = PartRole::Film;
const RULE: PartRule = PartRule::LiveId;

/// A picture in a folder, and its asset.
async fn picture(hub: &Hub, space: &Space, folder_id: EntryId, file: &str) -> (EntryId, AssetId) {
    let filed = hub.picture(space, folder_id, file, file).await;
    let found = look!(hub, tx => entries::get(tx, filed.id)).unwrap().unwrap();
    (filed.id, found.file.unwrap().asset_id.unwrap())
}

async fn follow(hub: &Hub, id: AssetId, lead_id: AssetId, role: PartRole) {
    let part = PartOf { lead_id, role, rule: RULE };
    assert!(put!(hub, tx => items::set_part(tx, id, Some(part))).unwrap());
}

/// Who may belong to an asset, each once, in the order of ids.
async fn relatives(hub: &Hub, id: AssetId) -> Vec<AssetId> {
    let pairs = look!(hub, tx => items::relatives(tx, &[id])).unwrap();
    assert!(pairs.iter().all(|&(of, other)| of == id && other != id));
    let mut found: Vec<AssetId> = pairs.into_iter().map(|(_, other)| other).collect();
    found.sort_unstable();
    found.dedup();
    found
}

async fn album(hub: &Hub, space: &Space, album: &str) -> AlbumId {
    let (id, space_id, name) = (hub.ids.fresh(), space.id, name(album));
    put!(hub, tx => albums::create(tx, id, space_id, &name, 1)).unwrap().id
}

async fn shown(hub: &Hub, id: AlbumId) -> Vec<AssetId> {
    let listed = look!(hub, tx => albums::items(tx, id, &Page::first(50))).unwrap();
    let count = look!(hub, tx => albums::get(tx, id)).unwrap().unwrap().asset_count;
    assert_eq!(count, listed.items.len() as u64);
    listed.items.into_iter().map(|asset| asset.id).collect()
}

contract! {
    async fn files_of_one_folder_and_stem_may_belong_together(hub) {
        let (user_id, space) = hub.home().await;
        let elsewhere = hub.folder(space.root_id, "elsewhere").await;
        let (_, still) = picture(&hub, &space, space.root_id, "IMG_1.HEIC").await;
        let (film_file, film) = picture(&hub, &space, space.root_id, "img_1.mov").await;
        let (edit_file, edit) = picture(&hub, &space, space.root_id, "IMG_1-edited.jpg").await;
        picture(&hub, &space, elsewhere, "IMG_1.JPG").await;
        picture(&hub, &space, space.root_id, "IMG_2.HEIC").await;
        let mut beside = vec![film, edit];
        beside.sort_unstable();
        assert_eq!(relatives(&hub, still).await, beside);
        // A name that was changed counts as it is now.
        put!(hub, tx => entries::rename(tx, edit_file, &name("other.jpg"), 3)).unwrap();
        assert_eq!(relatives(&hub, still).await, [film]);
        put!(hub, tx => entries::move_to(tx, film_file, elsewhere, None, 4)).unwrap();
        assert_eq!(relatives(&hub, still).await, []);
        put!(hub, tx => entries::move_to(tx, film_file, space.root_id, None, 5)).unwrap();
        assert_eq!(relatives(&hub, still).await, [film]);
        put!(hub, tx => trash::trash(tx, film_file, user_id, 6)).unwrap();
        assert_eq!(relatives(&hub, still).await, []);
        let ids = hub.ids.clone();
        put!(hub, tx => trash::restore(tx, &ids, film_file, 7)).unwrap();
        assert_eq!(relatives(&hub, still).await, [film]);
    }
}

contract! {
    async fn those_that_share_an_identifier_may_belong_together_in_one_space_only(hub) {
        let (_, space) = hub.home().await;
        let other = hub.user("bob").await;
        let theirs = hub.my_space(other).await;
        let (_, still) = picture(&hub, &space, space.root_id, "a.heic").await;
        let (_, film) = picture(&hub, &space, space.root_id, "b.mov").await;
        let (_, frame) = picture(&hub, &space, space.root_id, "c.heic").await;
        let (_, stranger) = picture(&hub, &theirs, theirs.root_id, "a.heic").await;
        for id in [still, film, stranger] {
            assert!(put!(hub, tx => items::set_keys(tx, id, Some("57"), Some("B"))).unwrap());
        }
        put!(hub, tx => items::set_keys(tx, frame, None, Some("B"))).unwrap();
        let mut all = vec![film, frame];
        all.sort_unstable();
        assert_eq!(relatives(&hub, still).await, all);
        assert_eq!(relatives(&hub, stranger).await, []);
        // What is no identifier is none, and an asset that is gone has none.
        let long = "x".repeat(items::KEY_MAX_BYTES + 1);
        put!(hub, tx => items::set_keys(tx, frame, Some(&long), Some("nul\0"))).unwrap();
        let kept = &look!(hub, tx => items::members(tx, &[frame])).unwrap()[0];
        assert_eq!((&kept.live_key, &kept.burst_key), (&None, &None));
        put!(hub, tx => items::set_keys(tx, frame, Some(""), None)).unwrap();
        assert_eq!(relatives(&hub, frame).await, []);
        let nobody = hub.ids.fresh();
        assert!(!put!(hub, tx => items::set_keys(tx, nobody, None, None)).unwrap());
        assert!(!put!(hub, tx => items::set_part(tx, nobody, None)).unwrap());
    }
}

contract! {
    async fn lists_show_an_item_once_and_name_its_parts(hub) {
        let (user_id, space) = hub.home().await;
        let (_, lead) = picture(&hub, &space, space.root_id, "IMG_1.HEIC").await;
        let (film_file, film) = picture(&hub, &space, space.root_id, "IMG_1.MOV").await;
        let (_, raw) = picture(&hub, &space, space.root_id, "IMG_1.DNG").await;
        let (_, frame) = picture(&hub, &space, space.root_id, "IMG_2.HEIC").await;
        let (_, alone) = picture(&hub, &space, space.root_id, "alone.jpg").await;
        follow(&hub, film, lead, FILM).await;
        follow(&hub, raw, lead, PartRole::Raw).await;
        follow(&hub, frame, lead, PartRole::Burst).await;
        let spaces = [space.id];
        let months = look!(hub, tx => timeline::months(tx, &spaces)).unwrap();
        assert_eq!(months.iter().map(|month| month.assets).sum::<u64>(), 2);
        let month = months[0].month;
        let page = look!(hub, tx => timeline::month(tx, &spaces, month, &Page::first(9))).unwrap().items;
        let marks = ItemMarks { film_id: Some(film), has_raw: true, has_versions: false, burst_pictures: 2 };
        let mut told: Vec<_> = page.iter().map(|moment| (moment.id, moment.marks)).collect();
        told.sort_unstable_by_key(|&(id, _)| id);
        let mut expected = vec![(lead, Some(marks)), (alone, None)];
        expected.sort_unstable_by_key(|&(id, _)| id);
        assert_eq!(told, expected);
        // The flat list has every asset, and each says whose it is.
        let flat = look!(hub, tx => assets::by_time(tx, &spaces, &Page::first(9))).unwrap().items;
        let film_asset = flat.iter().find(|asset| asset.id == film).unwrap();
        assert_eq!((flat.len(), film_asset.part_of), (5, Some(PartOf { lead_id: lead, role: FILM, rule: RULE })));
        let parts = look!(hub, tx => items::parts_of(tx, &[lead, alone])).unwrap();
        assert_eq!(parts.len(), 1);
        let named: Vec<_> = parts[&lead].iter().map(|part| (part.name.as_str(), part.role, part.size_bytes)).collect();
        let sized = |file: &str| file.len() as u64;
        assert!(named.contains(&("IMG_1.MOV", FILM, sized("IMG_1.MOV"))), "{named:?}");
        assert_eq!((named.len(), parts[&lead][0].kind), (3, AssetKind::Picture));
        let of_item = look!(hub, tx => items::same_item(tx, &[film, alone])).unwrap();
        let mut found: Vec<AssetId> = of_item.into_iter().map(|(_, id)| id).collect();
        let mut all = vec![lead, raw, frame];
        found.sort_unstable();
        all.sort_unstable();
        assert_eq!(found, all);
        // What is in the trash is no part meanwhile.
        put!(hub, tx => trash::trash(tx, film_file, user_id, 6)).unwrap();
        assert_eq!(look!(hub, tx => items::parts_of(tx, &[lead])).unwrap()[&lead].len(), 2);
        assert_eq!(look!(hub, tx => items::marks(tx, &[lead])).unwrap()[&lead].film_id, None);
        follow(&hub, raw, lead, PartRole::Version).await;
        let marks = look!(hub, tx => items::marks(tx, &[lead, alone])).unwrap();
        assert!(marks[&lead].has_versions && !marks[&lead].has_raw && !marks.contains_key(&alone));
    }
}

contract! {
    async fn an_item_is_in_an_album_once_whichever_of_it_is_named(hub) {
        let (_, space) = hub.home().await;
        let (_, lead) = picture(&hub, &space, space.root_id, "IMG_1.HEIC").await;
        let (_, film) = picture(&hub, &space, space.root_id, "IMG_1.MOV").await;
        let first = album(&hub, &space, "first").await;
        let second = album(&hub, &space, "second").await;
        put!(hub, tx => albums::add_assets(tx, first, &[film], 5)).unwrap();
        follow(&hub, film, lead, FILM).await;
        assert_eq!(shown(&hub, first).await, []);
        assert_eq!(put!(hub, tx => items::inherit_albums(tx, film, lead, 6)).unwrap(), [first]);
        assert_eq!(put!(hub, tx => items::inherit_albums(tx, film, lead, 6)).unwrap(), []);
        assert_eq!(shown(&hub, first).await, [lead]);
        assert_eq!(put!(hub, tx => albums::add_assets(tx, second, &[film, lead, film], 7)).unwrap(), 1);
        assert_eq!(shown(&hub, second).await, [lead]);
        assert_eq!(put!(hub, tx => albums::remove_assets(tx, first, &[film, lead], 8)).unwrap(), 1);
        // No row of a part is left that would bring the item back.
        put!(hub, tx => items::set_part(tx, film, None)).unwrap();
        assert_eq!(shown(&hub, first).await, []);
        assert_eq!(shown(&hub, second).await, [lead]);
    }
}

contract! {
    async fn decisions_are_kept_until_they_are_changed_or_their_asset_goes(hub) {
        let (user_id, space) = hub.home().await;
        let (file, a) = picture(&hub, &space, space.root_id, "a.jpg").await;
        let (_, b) = picture(&hub, &space, space.root_id, "b.jpg").await;
        let (together, apart): (DecisionId, DecisionId) = (hub.ids.fresh(), hub.ids.fresh());
        put!(hub, tx => items::decide(tx, together, Verdict::Together, &[(a, 0), (b, 0)], 1)).unwrap();
        put!(hub, tx => items::decide(tx, apart, Verdict::Apart, &[(a, 1), (b, 2)], 2)).unwrap();
        assert_eq!(relatives(&hub, a).await, [b], "a person's word brings them together");
        let mut found = look!(hub, tx => items::decisions(tx, &[a, b])).unwrap();
        found.sort_unstable_by_key(|row| (row.verdict == Verdict::Apart, row.side));
        assert_eq!(found.len(), 4);
        assert_eq!(found[3], Decision { id: apart, asset_id: b, verdict: Verdict::Apart, side: 2 });
        put!(hub, tx => items::same_side(tx, apart, &[a, b], 1)).unwrap();
        put!(hub, tx => items::forget_together(tx, &[a])).unwrap();
        let found = look!(hub, tx => items::decisions(tx, &[a])).unwrap();
        assert_eq!(found, [Decision { id: apart, asset_id: a, verdict: Verdict::Apart, side: 1 }]);
        assert_eq!(relatives(&hub, a).await, []);
        put!(hub, tx => trash::trash(tx, file, user_id, 3)).unwrap();
        put!(hub, tx => trash::purge(tx, file, 4)).unwrap();
        assert_eq!(look!(hub, tx => items::decisions(tx, &[a])).unwrap(), []);
    }
}

contract! {
    async fn one_of_an_item_is_chosen_to_lead(hub) {
        let (_, space) = hub.home().await;
        let (_, a) = picture(&hub, &space, space.root_id, "a.jpg").await;
        let (_, b) = picture(&hub, &space, space.root_id, "b.jpg").await;
        let chosen = async || -> Vec<Option<i64>> {
            let members = look!(hub, tx => items::members(tx, &[a, b])).unwrap();
            let of = |id| members.iter().find(|member| member.id == id).unwrap().chosen_at_ms;
            vec![of(a), of(b)]
        };
        put!(hub, tx => items::choose_lead(tx, a, &[a, b], 5)).unwrap();
        put!(hub, tx => items::choose_lead(tx, b, &[a, b], 6)).unwrap();
        assert_eq!(chosen().await, [None, Some(6)]);
        put!(hub, tx => items::unchoose(tx, &[a, b])).unwrap();
        assert_eq!(chosen().await, [None, None]);
    }
}

contract! {
    async fn members_tell_all_that_rules_go_by(hub) {
        let (user_id, space) = hub.home().await;
        let folder = hub.folder(space.root_id, "f").await;
        let (_, a) = picture(&hub, &space, space.root_id, "a.jpg").await;
        hub.clock.advance(1);
        let mut copy = hub.new_file(&space, folder, "copy.jpg", hash("a.jpg"));
        copy.asset_id = Some(a);
        let copied = put!(hub, tx => entries::insert_file(tx, &copy)).unwrap();
        let nobody: AssetId = hub.ids.fresh();
        let members = look!(hub, tx => items::members(tx, &[nobody, a])).unwrap();
        assert_eq!(members.len(), 1);
        let names = |member: &items::Member| -> Vec<(EntryId, String)> {
            member.places.iter().map(|place| (place.folder_id, place.name.clone())).collect()
        };
        let both = [(space.root_id, "a.jpg".to_owned()), (folder, "copy.jpg".to_owned())];
        assert_eq!(names(&members[0]), both);
        assert_eq!((members[0].facts.clone(), members[0].is_trashed), (None, false));
        assert_eq!(members[0].places[0].modified_at_ms, Some(7));
        put!(hub, tx => trash::trash(tx, copied.id, user_id, 1)).unwrap();
        let members = look!(hub, tx => items::members(tx, &[a])).unwrap();
        assert_eq!(names(&members[0]), both[..1]);
    }
}

contract! {
    async fn files_go_along_into_the_trash_and_come_back_to_their_places(hub) {
        let (user_id, space) = hub.home().await;
        let (other, far) = (hub.folder(space.root_id, "other").await, hub.folder(space.root_id, "far").await);
        let (file, lead) = picture(&hub, &space, space.root_id, "IMG_1.HEIC").await;
        let (film_file, film) = picture(&hub, &space, other, "IMG_1.MOV").await;
        let (raw_file, raw) = picture(&hub, &space, far, "IMG_1.DNG").await;
        let (kept_file, _) = picture(&hub, &space, other, "kept.jpg").await;
        follow(&hub, film, lead, FILM).await;
        follow(&hub, raw, lead, PartRole::Raw).await;
        let found = look!(hub, tx => items::files_of_parts(tx, lead)).unwrap();
        assert_eq!(found.len(), 2);
        assert!(found.contains(&(film_file, other)) && found.contains(&(raw_file, far)));
        let nothing: EntryId = hub.ids.fresh();
        let trashed = put!(hub, tx => trash::trash_along(tx, file, &[film_file, raw_file, nothing, other], user_id, 5)).unwrap();
        assert_eq!((trashed.files, trashed.folders, trashed.along), (3, 0, vec![film_file, raw_file]));
        assert_eq!(trashed.contents.len(), 3);
        let listed = look!(hub, tx => trash::list(tx, space.id, &Page::first(9))).unwrap().items;
        assert_eq!((listed.len(), listed[0].files), (1, 3));
        let parts = look!(hub, tx => items::parts_of_trashed(tx, file)).unwrap();
        assert_eq!(parts.len(), 2);
        assert!(parts.iter().all(|&(_, is_live)| !is_live));
        // Meanwhile one place is taken, and another one is gone.
        picture(&hub, &space, other, "img_1 (2).mov").await;
        let (_, newer) = picture(&hub, &space, space.root_id, "newer.mov").await;
        assert_ne!(newer, film);
        let taken = hub.picture(&space, other, "IMG_1.MOV", "other bytes").await;
        assert_eq!(taken.name, "IMG_1.MOV");
        put!(hub, tx => trash::trash(tx, far, user_id, 6)).unwrap();
        put!(hub, tx => trash::purge(tx, far, 7)).unwrap();
        let ids = hub.ids.clone();
        let restored = put!(hub, tx => trash::restore(tx, &ids, file, 8)).unwrap();
        assert_eq!((restored.files, restored.along.len(), restored.made_folders.len()), (3, 2, 1));
        assert_eq!((restored.contents.len(), restored.assets.len()), (3, 3));
        let entry = look!(hub, tx => entries::get(tx, film_file)).unwrap().unwrap();
        assert_eq!((entry.name.as_str(), entry.parent_id, entry.trashed_at_ms), ("IMG_1 (2).MOV", Some(other), None));
        let entry = look!(hub, tx => entries::get_with_path(tx, raw_file)).unwrap().unwrap();
        assert_eq!((entry.folder.to_string().as_str(), entry.entry.name.as_str()), ("far", "IMG_1.DNG"));
        assert!(look!(hub, tx => entries::get(tx, kept_file)).unwrap().unwrap().trashed_at_ms.is_none());
        assert_eq!(look!(hub, tx => items::parts_of(tx, &[lead])).unwrap()[&lead].len(), 2);
    }
}

contract! {
    async fn a_lead_that_goes_for_good_leaves_no_part_behind_it(hub) {
        let (user_id, space) = hub.home().await;
        let (file, lead) = picture(&hub, &space, space.root_id, "IMG_1.HEIC").await;
        let (_, film) = picture(&hub, &space, space.root_id, "IMG_1.MOV").await;
        follow(&hub, film, lead, FILM).await;
        put!(hub, tx => trash::trash(tx, file, user_id, 1)).unwrap();
        assert_eq!(look!(hub, tx => items::parts_of_trashed(tx, file)).unwrap(), [(film, true)]);
        assert_eq!(put!(hub, tx => trash::purge(tx, file, 2)).unwrap().assets, [lead]);
        assert_eq!(look!(hub, tx => assets::get(tx, film)).unwrap().unwrap().part_of, None);
    }
}

contract! {
    async fn files_beside_a_picture_are_found_by_its_stem(hub) {
        let (_, space) = hub.home().await;
        let (file, asset_id) = picture(&hub, &space, space.root_id, "IMG_1.HEIC").await;
        let recipe = hub.blob("recipe").await;
        let recipe = hub.new_file(&space, space.root_id, "IMG_1.AAE", recipe);
        let recipe = put!(hub, tx => entries::insert_file(tx, &recipe)).unwrap();
        picture(&hub, &space, space.root_id, "IMG_2.HEIC").await;
        let found = look!(hub, tx => items::same_stem(tx, file)).unwrap();
        let told: Vec<_> = found.iter().map(|file| (file.id, file.asset_id, file.name.as_str())).collect();
        assert_eq!(told, [(recipe.id, None, "IMG_1.AAE"), (file, Some(asset_id), "IMG_1.HEIC")]);
    }
}

contract! {
    async fn files_from_before_stems_get_theirs(hub) {
        let (_, space) = hub.home().await;
        let (_, still) = picture(&hub, &space, space.root_id, "IMG_1.HEIC").await;
        let (_, film) = picture(&hub, &space, space.root_id, "IMG_1.MOV").await;
        crate::layout::meddle(&hub, "update entries set stem_key = null").await;
        assert_eq!(relatives(&hub, still).await, []);
        assert_eq!(put!(hub, tx => items::fill_stems(tx, 1)).unwrap(), 1);
        assert_eq!(put!(hub, tx => items::fill_stems(tx, 9)).unwrap(), 1, "folders have none");
        assert_eq!(put!(hub, tx => items::fill_stems(tx, 9)).unwrap(), 0);
        assert_eq!(relatives(&hub, still).await, [film]);
    }
}
