//! Every call goes to its own address with its own method, and understands its answer.

use std::fmt::Debug;

use client::{HubClient, Wanted};
use domain::{
    AlbumId, AssetId, DeviceId, EntryId, Name, Role, SpaceId, SpaceRole, TokenId, UploadId, UserId,
};
use serde_json::{Value, json};
use wire::{
    AlbumAssets, AlbumPatch, AssetKind, AssetQuery, DevicePatch, DeviceReport, EntryPatch, JoinItem,
    MapQuery, MemberRole, NewAlbum, NewFolder, NewPassword, NewSpace, NewToken, NewUser, PageQuery, PartRole,
    PartRule, RenditionKind, SearchQuery, SpacePatch, TimelineQuery,
};

use crate::stub::{Act, Stub, json as answer};

const ID: &str = "01010101-0101-0101-0101-010101010101";
const BYTES: [u8; 16] = [1; 16];

/// What a call asked, with the id written as `ID`, and the body that it sent.
struct Asked {
    line: String,
    body: Value,
}

/// Makes one call of a stub that answers this.
async fn asked<T: Debug>(reply: Value, call: impl AsyncFnOnce(HubClient) -> client::Result<T>) -> Asked {
    let stub = Stub::play(vec![answer(&reply)]);
    call(stub.client()).await.unwrap();
    let request = stub.request();
    let line = request.line().replace(ID, "ID");
    let line = line.trim_end_matches(" HTTP/1.1").replace(" /base/", " ");
    Asked { line, body: serde_json::from_slice(&request.body).unwrap_or(Value::Null) }
}

/// Makes one call and compares what it asked.
macro_rules! asks {
    ($reply:expr, $call:expr, $line:expr) => {
        assert_eq!(asked($reply, $call).await.line, $line)
    };
    ($reply:expr, $call:expr, $line:expr, $body:expr) => {
        let asked = asked($reply, $call).await;
        assert_eq!((asked.line.as_str(), asked.body), ($line, $body));
    };
}

fn name() -> Name {
    Name::new("Trips").unwrap()
}

fn page() -> PageQuery {
    PageQuery::default()
}

fn nothing() -> Value {
    json!({})
}

fn empty_page() -> Value {
    json!({"items": []})
}

fn user() -> Value {
    json!({"id": ID, "name": "anna", "role": "owner", "created_at_ms": 1})
}

fn entry() -> Value {
    json!({"id": ID, "space_id": ID, "kind": "folder", "name": "Trips", "created_at_ms": 1, "folder": ""})
}

fn album() -> Value {
    json!({"id": ID, "space_id": ID, "name": "Trips", "asset_count": 0, "created_at_ms": 1})
}

fn space() -> Value {
    json!({"id": ID, "kind": "group", "name": "Trips", "role": "owner", "root_id": ID})
}

fn token() -> Value {
    json!({"id": ID, "kind": "app", "name": "Trips", "created_at_ms": 1, "current": false})
}

fn device() -> Value {
    json!({"id": ID, "name": "Trips", "platform": "linux", "created_at_ms": 1})
}

#[tokio::test]
async fn the_caller_and_other_people() {
    let me = json!({"hub_id": ID, "hub_version": "0.1.0", "user": user()});
    asks!(me, async |hub| hub.me().await, "GET api/v1/me");
    asks!(nothing(), async |hub| hub.log_out().await, "POST api/v1/logout");
    let passwords = NewPassword { current: "old".into(), new: "new".into() };
    asks!(
        nothing(),
        async |hub| hub.change_password(&passwords).await,
        "PUT api/v1/me/password",
        json!({"current": "old", "new": "new"})
    );
    asks!(empty_page(), async |hub| hub.users(&page()).await, "GET api/v1/users");
    let new = NewUser { name: name(), role: Role::Member, password: "secret".into() };
    asks!(
        user(),
        async |hub| hub.make_user(&new).await,
        "POST api/v1/users",
        json!({"name": "Trips", "role": "member", "password": "secret"})
    );
    asks!(empty_page(), async |hub| hub.tokens(&page()).await, "GET api/v1/tokens");
    let fresh = json!({"secret": "hush", "token": token()});
    let new = NewToken { name: name() };
    asks!(fresh, async |hub| hub.make_token(&new).await, "POST api/v1/tokens", json!({"name": "Trips"}));
    let id = TokenId::from_bytes(BYTES);
    asks!(nothing(), async |hub| hub.revoke_token(id).await, "DELETE api/v1/tokens/ID");
}

#[tokio::test]
async fn spaces_and_members() {
    let (id, user) = (SpaceId::from_bytes(BYTES), UserId::from_bytes(BYTES));
    asks!(empty_page(), async |hub| hub.spaces(&page()).await, "GET api/v1/spaces");
    let new = NewSpace { name: name() };
    asks!(space(), async |hub| hub.make_space(&new).await, "POST api/v1/spaces", json!({"name": "Trips"}));
    let patch = SpacePatch { name: name() };
    asks!(space(), async |hub| hub.rename_space(id, &patch).await, "PATCH api/v1/spaces/ID");
    asks!(empty_page(), async |hub| hub.members(id, &page()).await, "GET api/v1/spaces/ID/members");
    let role = MemberRole { role: SpaceRole::Viewer };
    asks!(
        nothing(),
        async |hub| hub.set_member(id, user, &role).await,
        "PUT api/v1/spaces/ID/members/ID",
        json!({"role": "viewer"})
    );
    asks!(nothing(), async |hub| hub.remove_member(id, user).await, "DELETE api/v1/spaces/ID/members/ID");
}

#[tokio::test]
async fn folders_files_and_trash() {
    let (id, space) = (EntryId::from_bytes(BYTES), SpaceId::from_bytes(BYTES));
    asks!(entry(), async |hub| hub.entry(id).await, "GET api/v1/entries/ID");
    asks!(entry(), async |hub| hub.look_up(space, "a/b").await, "GET api/v1/spaces/ID/lookup?path=a%2Fb");
    asks!(empty_page(), async |hub| hub.children(id, &page()).await, "GET api/v1/entries/ID/children");
    asks!(empty_page(), async |hub| hub.files_below(id, &page()).await, "GET api/v1/entries/ID/files");
    let new = NewFolder { parent_id: id, name: name() };
    asks!(
        entry(),
        async |hub| hub.make_folder(&new).await,
        "POST api/v1/folders",
        json!({"parent_id": ID, "name": "Trips"})
    );
    let patch = EntryPatch { name: Some(name()), parent_id: None };
    asks!(
        entry(),
        async |hub| hub.change_entry(id, &patch).await,
        "PATCH api/v1/entries/ID",
        json!({"name": "Trips"})
    );
    asks!(nothing(), async |hub| hub.trash_entry(id).await, "DELETE api/v1/entries/ID");
    asks!(empty_page(), async |hub| hub.trash(space, &page()).await, "GET api/v1/spaces/ID/trash");
    asks!(entry(), async |hub| hub.restore_entry(id).await, "POST api/v1/trash/ID/restore");
    asks!(nothing(), async |hub| hub.purge_entry(id).await, "DELETE api/v1/trash/ID");
}

#[tokio::test]
async fn albums() {
    let id = AlbumId::from_bytes(BYTES);
    asks!(album(), async |hub| hub.album(id).await, "GET api/v1/albums/ID");
    let new = NewAlbum { space_id: None, name: name() };
    asks!(album(), async |hub| hub.make_album(&new).await, "POST api/v1/albums", json!({"name": "Trips"}));
    let patch = AlbumPatch { name: name() };
    asks!(album(), async |hub| hub.rename_album(id, &patch).await, "PATCH api/v1/albums/ID");
    asks!(nothing(), async |hub| hub.delete_album(id).await, "DELETE api/v1/albums/ID");
    let assets = AlbumAssets { asset_ids: vec![AssetId::from_bytes(BYTES)] };
    let changed = json!({"changed": 1});
    asks!(
        changed.clone(),
        async |hub| hub.add_to_album(id, &assets).await,
        "POST api/v1/albums/ID/assets",
        json!({"asset_ids": [ID]})
    );
    asks!(
        changed,
        async |hub| hub.remove_from_album(id, &assets).await,
        "POST api/v1/albums/ID/assets/remove",
        json!({"asset_ids": [ID]})
    );
}

#[tokio::test]
async fn what_is_one_item_is_decided_by_hand() {
    let id = AssetId::from_bytes(BYTES);
    let asset = json!({
        "id": ID, "space_id": ID, "kind": "picture", "sha256": "00".repeat(32), "size_bytes": 1,
        "content_type": "image/jpeg", "taken_at_ms": 1, "created_at_ms": 2,
        "part_of": {"lead_id": ID, "role": "raw", "found_by": "raw-name"},
    });
    let others = JoinItem { asset_ids: vec![id] };
    let part = async |hub: HubClient| {
        let part = hub.split_item(id).await?.part_of.unwrap();
        assert_eq!((part.lead_id, part.role, part.found_by), (id, PartRole::Raw, PartRule::RawName));
        Ok(())
    };
    asks!(asset.clone(), part, "POST api/v1/assets/ID/split");
    asks!(
        asset.clone(),
        async |hub| hub.join_item(id, &others).await,
        "POST api/v1/assets/ID/join",
        json!({"asset_ids": [ID]})
    );
    asks!(asset, async |hub| hub.lead_item(id).await, "POST api/v1/assets/ID/lead");
}

#[tokio::test]
async fn pictures_and_what_is_known_of_them() {
    let id = AssetId::from_bytes(BYTES);
    let facts = json!({
        "asset_id": ID, "kind": "video", "described": true, "width": 1920, "height": 1080,
        "taken": {"at_ms": 1, "local_ms": 2, "offset_minutes": 120, "known_from": "quick-time"},
        "renditions": {"hover-clip": "/api/v1/assets/x/renditions/hover-clip?v=1"},
    });
    asks!(
        facts,
        async |hub| {
            let facts = hub.asset_facts(id).await?;
            assert_eq!(facts.taken.unwrap().offset_minutes, Some(120));
            assert!(facts.renditions.hover_clip.is_some() && facts.renditions.playback.is_none());
            Ok(())
        },
        "GET api/v1/assets/ID/facts"
    );
    for (kind, word) in [(RenditionKind::Thumbnail, "thumbnail"), (RenditionKind::FullSize, "full-size")] {
        let line = format!("GET api/v1/assets/ID/renditions/{word}");
        asks!(nothing(), async |hub| hub.download(Wanted::Rendition(id, kind), 0).await, line);
    }
}

#[tokio::test]
async fn the_timeline() {
    let space = SpaceId::from_bytes(BYTES);
    let months = json!({"items": [{"month": "2024-07", "assets": 3}, {"month": null, "assets": 1}]});
    asks!(
        months,
        async |hub| {
            let months = hub.months(&TimelineQuery { space: Some(space) }).await?.items;
            assert_eq!((months[0].month.as_deref(), months[1].month.as_deref()), (Some("2024-07"), None));
            Ok(())
        },
        "GET api/v1/timeline?space=ID"
    );
    let page = json!({
        "id": [ID], "kind": ["picture"], "taken_at_ms": [1], "local_ms": [2], "ratio": [1.5],
        "duration_ms": [null], "thumbhash": [null], "version": ["0a"], "next": "later",
    });
    let july = Some("2024-07".parse().unwrap());
    let wanted = AssetQuery { space: Some(space), after: Some("a b".into()), limit: Some(9) };
    asks!(
        page.clone(),
        async |hub| {
            let page = hub.month(july, &wanted).await?;
            assert_eq!((page.ratio, page.next.as_deref()), (vec![Some(1.5)], Some("later")));
            Ok(())
        },
        "GET api/v1/timeline/2024-07?space=ID&after=a+b&limit=9"
    );
    asks!(page, async |hub| hub.month(None, &AssetQuery::default()).await, "GET api/v1/timeline/none");
}

#[tokio::test]
async fn devices_and_uploads() {
    let id = DeviceId::from_bytes(BYTES);
    let patch = DevicePatch { name: name() };
    asks!(device(), async |hub| hub.rename_device(id, &patch).await, "PATCH api/v1/devices/ID");
    asks!(nothing(), async |hub| hub.retire_device(id).await, "DELETE api/v1/devices/ID");
    let report = DeviceReport { chosen: 3, safe: 2, unsafe_items: 1, finished_at_ms: 5 };
    asks!(
        nothing(),
        async |hub| hub.report(&report).await,
        "PUT api/v1/devices/current/report",
        json!({"chosen": 3, "safe": 2, "unsafe_items": 1, "finished_at_ms": 5})
    );
    let upload = UploadId::from_bytes(BYTES);
    asks!(nothing(), async |hub| hub.end_upload(upload).await, "DELETE tus/ID");
}

#[tokio::test]
async fn an_answer_of_a_newer_hub_is_still_understood() {
    let mut newer = album();
    newer["of_later"] = json!({"later": true});
    let stub = Stub::play(vec![answer(&newer), Act::Reply("HTTP/1.1 204 No Content\r\n\r\n".into())]);
    let client = stub.client();
    assert_eq!(client.album(AlbumId::from_bytes(BYTES)).await.unwrap().name, name());
    client.log_out().await.unwrap();
}

#[tokio::test]
async fn searching() {
    let page = json!({
        "id": [ID], "kind": ["picture"], "taken_at_ms": [1], "local_ms": [2], "ratio": [1.5],
        "duration_ms": [null], "thumbhash": [null], "version": ["0a"],
    });
    let wanted = SearchQuery {
        q: Some("strand".into()),
        from: Some("2024-07-01".into()),
        to: Some("2024-07-31".into()),
        kind: Some(AssetKind::Video),
        content_type: Some("video/mp4".into()),
        camera: Some("Leica Q3".into()),
        place: Some("Rome, Italy".into()),
        album: Some(AlbumId::from_bytes(BYTES)),
        has_place: Some(true),
        bbox: Some("1,2,3,4".into()),
        space: Some(SpaceId::from_bytes(BYTES)),
        after: Some("x".into()),
        limit: Some(9),
    };
    asks!(
        page.clone(),
        async |hub| hub.search(&wanted).await,
        "GET api/v1/assets/search?q=strand&from=2024-07-01&to=2024-07-31&kind=video&type=video%2Fmp4\
         &camera=Leica+Q3&place=Rome%2C+Italy&album=ID&has_place=true&bbox=1%2C2%2C3%2C4&space=ID&after=x&limit=9"
    );
    asks!(page, async |hub| hub.search(&SearchQuery::default()).await, "GET api/v1/assets/search");
    asks!(
        json!({"cameras": [{"name": "Leica Q3", "assets": 3}], "places": []}),
        async |hub| {
            let found = hub.suggestions(&TimelineQuery::default()).await?;
            assert_eq!((found.cameras[0].name.as_str(), found.cameras[0].assets), ("Leica Q3", 3));
            Ok(())
        },
        "GET api/v1/assets/suggestions"
    );
    let query = MapQuery { bbox: Some("1,2,3,4".into()), space: None, points: Some(5) };
    asks!(
        json!({"latitude": [1.5], "longitude": [2.5], "assets": [7], "id": [ID]}),
        async |hub| hub.map(&query).await,
        "GET api/v1/assets/places?bbox=1%2C2%2C3%2C4&points=5"
    );
    asks!(
        json!({"assets": 9, "described": 4, "failed": 1, "waiting": 5, "waiting_is_at_least": false, "seconds_left": 3}),
        async |hub| {
            assert_eq!(hub.media_status().await?.seconds_left, Some(3));
            Ok(())
        },
        "GET api/v1/media/status"
    );
}
