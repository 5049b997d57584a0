//! Who may do what, counted: every route of the OpenAPI document has a line in a table here, and a
//! route without one fails the test.
//!
//! **You broke it by adding a route?** Add at least one line for it to [`cases`]: who must not be
//! let in, and what that person sees instead. When the route answers only about the caller, say so
//! with [`Outcome::Says`], which also makes sure that nothing of Sam's shows. There is no list of
//! exceptions, on purpose. **You broke it by changing an answer?** Other people's things do not
//! exist (404); things that one sees but may not touch are forbidden (403). Ask
//! `domain::access`, and do not loosen the table to make it pass.

use std::collections::BTreeSet;

use domain::Role;
use library::RenditionKind;
use serde_json::{Value, json};
use testkit::samples;

use crate::support::people::{sha256, text};
use crate::support::pictures::{JULY_2024_MS, looked_at};
use crate::support::{Doors, Person, documented_routes, pair};

/// Whom the hub must keep out.
#[derive(Debug, Clone, Copy)]
enum Caller {
    /// Has an account, and no Space in common with Sam.
    Stranger,
    /// Looks into the Group Space.
    Viewer,
    /// Changes things in the Group Space, and does not govern it.
    Editor,
    /// Sam's own phone: it brings pictures, and does not run the hub.
    Phone,
    /// Sam.
    Sam,
}

use Caller::{Editor, Phone, Sam, Stranger, Viewer};

/// What that person sees.
#[derive(Debug, Clone, Copy)]
enum Outcome {
    /// 404: it is not there.
    Missing,
    /// 403: seen, but not theirs to do.
    Forbidden,
    /// An answer about the caller that has this in it, and nothing of Sam's.
    Says(&'static str),
}

use Outcome::{Forbidden, Missing, Says};

/// The route, who calls, the body, and what comes of it. `{sam.…}` is something of Sam's own
/// Space, `{group.…}` of the Group Space.
type Case = (&'static str, &'static str, Caller, Value, Outcome);

/// Everything that Sam has, by the name that the table uses.
struct World {
    doors: Doors,
    things: Vec<(&'static str, String)>,
    sam: Person,
    phone: Person,
    stranger: Person,
    viewer: Person,
    editor: Person,
}

impl World {
    async fn new() -> Self {
        let doors = Doors::open().await;
        let sam = doors.person("sam", Role::Owner).await;
        let phone = doors.device(&sam, "phone", 1).await;
        let stranger = doors.person("stranger", Role::Member).await;
        let viewer = doors.person("viewer", Role::Member).await;
        let editor = doors.person("editor", Role::Member).await;
        let mut world = Self { doors, things: Vec::new(), sam, phone, stranger, viewer, editor };
        world.fill_own_space().await;
        world.fill_group_space().await;
        world
    }

    fn keep(&mut self, name: &'static str, id: &Value) {
        self.things.push((name, text(id)));
    }

    /// Somebody has looked into it: what is missing to a stranger is really there.
    async fn show(&self, picture: &Value) {
        self.doors.describe(picture, looked_at(JULY_2024_MS)).await;
        self.doors.show(picture, RenditionKind::Thumbnail, b"small").await;
    }

    async fn fill_own_space(&mut self) {
        let sam = self.sam.clone();
        let picture = self.doors.store(&sam, "mine.jpg", &samples::jpeg(1)).await;
        self.keep("sam.file", &picture["entry_id"]);
        self.keep("sam.asset", &picture["asset_id"]);
        self.show(&picture).await;
        self.keep("sam.space", &json!(sam.space_id));
        self.keep("sam.root", &json!(sam.root_id));
        self.keep("sam.user", &json!(sam.user_id));
        let album = self.doors.album(&sam, "Best of").await;
        self.keep("sam.album", &json!(album));
        let gone = self.doors.store(&sam, "gone.jpg", &samples::jpeg(2)).await;
        let path = format!("/api/v1/entries/{}", text(&gone["entry_id"]));
        self.doors.delete(path).by(&sam).send().await.expect(204);
        self.keep("sam.trashed", &gone["entry_id"]);
        let devices = self.doors.get("/api/v1/devices").by(&sam).send().await.json();
        self.keep("sam.device", &devices["items"][0]["id"]);
        let tokens = self.doors.get("/api/v1/tokens").by(&sam).send().await.json();
        self.keep("sam.token", &tokens["items"][0]["id"]);
        let upload = self.doors.begin(&sam, "half.jpg", 100).await;
        self.keep("sam.upload", &json!(upload.path.trim_start_matches("/tus/")));
    }

    async fn fill_group_space(&mut self) {
        let sam = self.sam.clone();
        let (space_id, root_id) = self.doors.group(&sam, "Family").await;
        self.keep("group.space", &json!(space_id));
        self.keep("group.root", &json!(root_id));
        self.doors.join(&sam, &space_id, &self.viewer, "viewer").await;
        self.doors.join(&sam, &space_id, &self.editor, "editor").await;
        let picture =
            self.doors.store_in(&sam, &space_id, "ours.jpg", &samples::jpeg(3)).await.expect(201).json();
        self.keep("group.file", &picture["entry_id"]);
        self.keep("group.asset", &picture["asset_id"]);
        self.show(&picture).await;
        let body = json!({"space_id": space_id, "name": "Ours"});
        let album = self.doors.post("/api/v1/albums").by(&sam).json(&body).send().await.expect(201).json();
        self.keep("group.album", &album["id"]);
        let gone =
            self.doors.store_in(&sam, &space_id, "gone.jpg", &samples::jpeg(4)).await.expect(201).json();
        let path = format!("/api/v1/entries/{}", text(&gone["entry_id"]));
        self.doors.delete(path).by(&sam).send().await.expect(204);
        self.keep("group.trashed", &gone["entry_id"]);
    }

    fn person(&self, caller: Caller) -> &Person {
        match caller {
            Sam => &self.sam,
            Phone => &self.phone,
            Stranger => &self.stranger,
            Viewer => &self.viewer,
            Editor => &self.editor,
        }
    }

    /// Puts the ids into a text.
    fn filled(&self, text: &str) -> String {
        let fill = |text: String, (name, id): &(&str, String)| text.replace(&format!("{{{name}}}"), id);
        self.things.iter().fold(text.to_owned(), fill)
    }

    /// How far the change feed is: what is refused leaves no trace in it.
    async fn newest_change(&self) -> Value {
        self.doors.get("/api/v1/changes?limit=1").by(&self.sam).send().await.json()["newest"].clone()
    }

    async fn check(&self, (route, path, caller, body, outcome): &Case) {
        let (method, _) = route.split_once(' ').unwrap();
        let mut ask = self.doors.ask(method, self.filled(path)).by(self.person(*caller)).tus();
        ask = match body {
            Value::Null if method == "PATCH" => ask.header("Upload-Offset", "0").chunk("x"),
            Value::Null => ask,
            body => ask.json(&serde_json::from_str(&self.filled(&body.to_string())).unwrap()),
        };
        if *route == "POST /tus" {
            ask = ask.header("Upload-Length", "3").header("Upload-Metadata", &self.filled_metadata(*caller));
        }
        if *route == "PUT /api/v1/files" {
            let space = if matches!(caller, Stranger) { "{sam.space}" } else { "{group.space}" };
            ask = ask.header("Albumen-Space", &self.filled(space)).bytes("abc");
        }
        let reply = ask.send().await;
        let words = format!("{route} ({path}) by {caller:?}: {}", reply.text());
        match outcome {
            Missing => assert_eq!(reply.status.as_u16(), 404, "{words}"),
            Forbidden => assert_eq!(reply.status.as_u16(), 403, "{words}"),
            Says(what) => {
                assert!(reply.status.is_success() && reply.text().contains(what), "{words}");
                for (name, id) in &self.things {
                    assert!(
                        !matches!(caller, Stranger) || !reply.text().contains(id),
                        "{name} shows: {words}"
                    );
                }
            }
        }
    }

    fn filled_metadata(&self, caller: Caller) -> String {
        let space = if matches!(caller, Stranger) { "{sam.space}" } else { "{group.space}" };
        pair("space", self.filled(space))
    }
}

/// A request without a body.
const NOTHING: Value = Value::Null;

fn account_cases() -> Vec<Case> {
    let wrong = json!({"current": "not this one", "new": "another sentence"});
    let user = json!({"name": "new", "role": "member", "password": "a long enough one"});
    vec![
        ("GET /api/v1/setup", "/api/v1/setup", Stranger, NOTHING, Says("false")),
        (
            "POST /api/v1/login",
            "/api/v1/login",
            Stranger,
            json!({"name": "stranger", "password": crate::support::PASSWORD}),
            Says("albumen_"),
        ),
        (
            "POST /api/v1/sessions",
            "/api/v1/sessions",
            Stranger,
            json!({"name": "stranger", "password": crate::support::PASSWORD}),
            Forbidden,
        ),
        (
            "POST /api/v1/sessions/end-others",
            "/api/v1/sessions/end-others",
            Stranger,
            json!({}),
            Says("changed"),
        ),
        ("GET /api/v1/me", "/api/v1/me", Stranger, NOTHING, Says("stranger")),
        ("PUT /api/v1/me/password", "/api/v1/me/password", Stranger, wrong, Forbidden),
        ("GET /api/v1/tokens", "/api/v1/tokens", Stranger, NOTHING, Says("Session")),
        ("POST /api/v1/tokens", "/api/v1/tokens", Phone, json!({"name": "another"}), Forbidden),
        ("DELETE /api/v1/tokens/{id}", "/api/v1/tokens/{sam.token}", Stranger, NOTHING, Missing),
        ("GET /api/v1/users", "/api/v1/users", Stranger, NOTHING, Forbidden),
        ("POST /api/v1/users", "/api/v1/users", Stranger, user, Forbidden),
        ("GET /api/v1/devices", "/api/v1/devices", Stranger, NOTHING, Says("[]")),
        (
            "PATCH /api/v1/devices/{id}",
            "/api/v1/devices/{sam.device}",
            Stranger,
            json!({"name": "x"}),
            Missing,
        ),
        ("DELETE /api/v1/devices/{id}", "/api/v1/devices/{sam.device}", Stranger, NOTHING, Missing),
        (
            "PUT /api/v1/devices/current/report",
            "/api/v1/devices/current/report",
            Stranger,
            json!({"chosen": 1, "safe": 1, "unsafe_items": 0, "finished_at_ms": 0}),
            Forbidden,
        ),
        ("GET /api/v1/changes", "/api/v1/changes", Stranger, NOTHING, Says("changes")),
    ]
}

fn space_cases() -> Vec<Case> {
    let member = "PUT /api/v1/spaces/{id}/members/{user_id}";
    let no_member = "DELETE /api/v1/spaces/{id}/members/{user_id}";
    let viewer = json!({"role": "viewer"});
    let owner = json!({"role": "owner"});
    vec![
        ("GET /api/v1/spaces", "/api/v1/spaces", Stranger, NOTHING, Says("My Space")),
        ("POST /api/v1/spaces", "/api/v1/spaces", Stranger, json!({"name": "Mine too"}), Forbidden),
        ("PATCH /api/v1/spaces/{id}", "/api/v1/spaces/{sam.space}", Stranger, json!({"name": "x"}), Missing),
        (
            "PATCH /api/v1/spaces/{id}",
            "/api/v1/spaces/{group.space}",
            Editor,
            json!({"name": "x"}),
            Forbidden,
        ),
        (
            "GET /api/v1/spaces/{id}/members",
            "/api/v1/spaces/{group.space}/members",
            Stranger,
            NOTHING,
            Missing,
        ),
        (member, "/api/v1/spaces/{group.space}/members/{sam.user}", Stranger, viewer.clone(), Missing),
        (member, "/api/v1/spaces/{group.space}/members/{sam.user}", Editor, viewer, Forbidden),
        (member, "/api/v1/spaces/{sam.space}/members/{sam.user}", Sam, owner, Forbidden),
        (no_member, "/api/v1/spaces/{group.space}/members/{sam.user}", Stranger, NOTHING, Missing),
        (no_member, "/api/v1/spaces/{group.space}/members/{sam.user}", Editor, NOTHING, Forbidden),
        (
            "GET /api/v1/spaces/{id}/lookup",
            "/api/v1/spaces/{sam.space}/lookup?path=mine.jpg",
            Stranger,
            NOTHING,
            Missing,
        ),
        ("GET /api/v1/spaces/{id}/trash", "/api/v1/spaces/{sam.space}/trash", Stranger, NOTHING, Missing),
    ]
}

fn entry_cases() -> Vec<Case> {
    let x = json!({"name": "x"});
    let folder = |parent: &str| json!({"parent_id": parent, "name": "x"});
    vec![
        ("GET /api/v1/entries/{id}", "/api/v1/entries/{sam.file}", Stranger, NOTHING, Missing),
        ("GET /api/v1/entries/{id}", "/api/v1/entries/{sam.trashed}", Stranger, NOTHING, Missing),
        ("PATCH /api/v1/entries/{id}", "/api/v1/entries/{sam.file}", Stranger, x.clone(), Missing),
        ("PATCH /api/v1/entries/{id}", "/api/v1/entries/{group.file}", Viewer, x, Forbidden),
        ("DELETE /api/v1/entries/{id}", "/api/v1/entries/{sam.file}", Stranger, NOTHING, Missing),
        ("DELETE /api/v1/entries/{id}", "/api/v1/entries/{group.file}", Viewer, NOTHING, Forbidden),
        (
            "GET /api/v1/entries/{id}/children",
            "/api/v1/entries/{sam.root}/children",
            Stranger,
            NOTHING,
            Missing,
        ),
        ("GET /api/v1/entries/{id}/files", "/api/v1/entries/{sam.root}/files", Stranger, NOTHING, Missing),
        (
            "GET /api/v1/entries/{id}/content",
            "/api/v1/entries/{sam.file}/content",
            Stranger,
            NOTHING,
            Missing,
        ),
        ("POST /api/v1/folders", "/api/v1/folders", Stranger, folder("{sam.root}"), Missing),
        ("POST /api/v1/folders", "/api/v1/folders", Viewer, folder("{group.root}"), Forbidden),
        (
            "POST /api/v1/trash/{id}/restore",
            "/api/v1/trash/{sam.trashed}/restore",
            Stranger,
            NOTHING,
            Missing,
        ),
        (
            "POST /api/v1/trash/{id}/restore",
            "/api/v1/trash/{group.trashed}/restore",
            Viewer,
            NOTHING,
            Forbidden,
        ),
        ("DELETE /api/v1/trash/{id}", "/api/v1/trash/{sam.trashed}", Stranger, NOTHING, Missing),
        ("DELETE /api/v1/trash/{id}", "/api/v1/trash/{group.trashed}", Viewer, NOTHING, Forbidden),
        ("GET /api/v1/assets", "/api/v1/assets", Stranger, NOTHING, Says("[]")),
        ("GET /api/v1/assets", "/api/v1/assets?space={sam.space}", Stranger, NOTHING, Missing),
        ("GET /api/v1/assets/{id}", "/api/v1/assets/{sam.asset}", Stranger, NOTHING, Missing),
        ("GET /api/v1/assets/{id}/content", "/api/v1/assets/{sam.asset}/content", Stranger, NOTHING, Missing),
    ]
}

fn picture_cases() -> Vec<Case> {
    let (months, month) = ("GET /api/v1/timeline", "GET /api/v1/timeline/{month}");
    let rendition = "GET /api/v1/assets/{id}/renditions/{kind}";
    let (search, suggestions, places) =
        ("GET /api/v1/assets/search", "GET /api/v1/assets/suggestions", "GET /api/v1/assets/places");
    vec![
        ("GET /api/v1/protection", "/api/v1/protection", Stranger, NOTHING, Says("\"assets\":0")),
        ("GET /api/v1/assets/{id}/entries", "/api/v1/assets/{sam.asset}/entries", Stranger, NOTHING, Missing),
        (
            "POST /api/v1/assets/trash",
            "/api/v1/assets/trash",
            Stranger,
            json!({"asset_ids": ["{sam.asset}"]}),
            Missing,
        ),
        (
            "POST /api/v1/assets/trash",
            "/api/v1/assets/trash",
            Viewer,
            json!({"asset_ids": ["{group.asset}"]}),
            Forbidden,
        ),
        (
            "GET /api/v1/albums/{id}/timeline",
            "/api/v1/albums/{sam.album}/timeline",
            Stranger,
            NOTHING,
            Missing,
        ),
        ("GET /api/v1/assets/{id}/facts", "/api/v1/assets/{sam.asset}/facts", Stranger, NOTHING, Missing),
        (rendition, "/api/v1/assets/{sam.asset}/renditions/thumbnail", Stranger, NOTHING, Missing),
        (rendition, "/api/v1/assets/{sam.asset}/renditions/thumbnail?v=1", Stranger, NOTHING, Missing),
        // What would be the original itself.
        (rendition, "/api/v1/assets/{sam.asset}/renditions/full-size", Stranger, NOTHING, Missing),
        (search, "/api/v1/assets/search", Stranger, NOTHING, Says("\"id\":[]")),
        (search, "/api/v1/assets/search?q=mine", Stranger, NOTHING, Says("\"id\":[]")),
        (search, "/api/v1/assets/search?space={sam.space}", Stranger, NOTHING, Missing),
        (search, "/api/v1/assets/search?album={group.album}", Stranger, NOTHING, Missing),
        (suggestions, "/api/v1/assets/suggestions", Stranger, NOTHING, Says("\"cameras\":[]")),
        (suggestions, "/api/v1/assets/suggestions?space={group.space}", Stranger, NOTHING, Missing),
        (places, "/api/v1/assets/places", Stranger, NOTHING, Says("\"id\":[]")),
        (places, "/api/v1/assets/places?space={sam.space}", Stranger, NOTHING, Missing),
        ("GET /api/v1/media/status", "/api/v1/media/status", Stranger, NOTHING, Forbidden),
        (months, "/api/v1/timeline", Stranger, NOTHING, Says("[]")),
        (months, "/api/v1/timeline?space={sam.space}", Stranger, NOTHING, Missing),
        (month, "/api/v1/timeline/2024-07", Stranger, NOTHING, Says("\"id\":[]")),
        (month, "/api/v1/timeline/2024-07?space={group.space}", Stranger, NOTHING, Missing),
    ]
}

/// What belongs together is decided by those who may change it.
fn item_cases() -> Vec<Case> {
    let (split, join, lead) =
        ("POST /api/v1/assets/{id}/split", "POST /api/v1/assets/{id}/join", "POST /api/v1/assets/{id}/lead");
    let others = json!({"asset_ids": ["{group.asset}"]});
    vec![
        (split, "/api/v1/assets/{sam.asset}/split", Stranger, NOTHING, Missing),
        (split, "/api/v1/assets/{group.asset}/split", Viewer, NOTHING, Forbidden),
        (join, "/api/v1/assets/{sam.asset}/join", Stranger, others.clone(), Missing),
        (join, "/api/v1/assets/{sam.asset}/join", Editor, others.clone(), Missing),
        (join, "/api/v1/assets/{group.asset}/join", Viewer, others, Forbidden),
        (lead, "/api/v1/assets/{sam.asset}/lead", Stranger, NOTHING, Missing),
        (lead, "/api/v1/assets/{group.asset}/lead", Viewer, NOTHING, Forbidden),
    ]
}

fn album_cases() -> Vec<Case> {
    let assets = json!({"asset_ids": ["{sam.asset}"]});
    let (items, out) = ("POST /api/v1/albums/{id}/assets", "POST /api/v1/albums/{id}/assets/remove");
    let in_space = |space: &str| json!({"space_id": space, "name": "x"});
    vec![
        ("GET /api/v1/albums", "/api/v1/albums", Stranger, NOTHING, Says("[]")),
        ("GET /api/v1/albums", "/api/v1/albums?space={sam.space}", Stranger, NOTHING, Missing),
        ("POST /api/v1/albums", "/api/v1/albums", Stranger, in_space("{sam.space}"), Missing),
        ("POST /api/v1/albums", "/api/v1/albums", Viewer, in_space("{group.space}"), Forbidden),
        ("GET /api/v1/albums/{id}", "/api/v1/albums/{sam.album}", Stranger, NOTHING, Missing),
        ("PATCH /api/v1/albums/{id}", "/api/v1/albums/{sam.album}", Stranger, json!({"name": "x"}), Missing),
        (
            "PATCH /api/v1/albums/{id}",
            "/api/v1/albums/{group.album}",
            Viewer,
            json!({"name": "x"}),
            Forbidden,
        ),
        ("DELETE /api/v1/albums/{id}", "/api/v1/albums/{sam.album}", Stranger, NOTHING, Missing),
        ("DELETE /api/v1/albums/{id}", "/api/v1/albums/{group.album}", Viewer, NOTHING, Forbidden),
        ("GET /api/v1/albums/{id}/assets", "/api/v1/albums/{sam.album}/assets", Stranger, NOTHING, Missing),
        (items, "/api/v1/albums/{sam.album}/assets", Stranger, assets.clone(), Missing),
        (items, "/api/v1/albums/{group.album}/assets", Viewer, assets.clone(), Forbidden),
        // Somebody else's picture does not come into an album by its id.
        (items, "/api/v1/albums/{group.album}/assets", Editor, assets.clone(), Says("\"changed\":0")),
        (out, "/api/v1/albums/{sam.album}/assets/remove", Stranger, assets.clone(), Missing),
        (out, "/api/v1/albums/{group.album}/assets/remove", Viewer, assets, Forbidden),
    ]
}

fn ingest_cases() -> Vec<Case> {
    let hash = sha256(&samples::jpeg(1)).to_string();
    let offer = |space: Option<&str>| json!({"space_id": space, "hashes": [&hash]});
    let filing = |space: Option<&str>| json!({"space_id": space, "items": [{"sha256": &hash, "name": "stolen.jpg", "folder": ""}]});
    vec![
        ("POST /api/v1/offers", "/api/v1/offers", Stranger, offer(None), Says("[\"send\"]")),
        ("POST /api/v1/offers", "/api/v1/offers", Stranger, offer(Some("{sam.space}")), Missing),
        ("POST /api/v1/offers", "/api/v1/offers", Viewer, offer(Some("{group.space}")), Forbidden),
        ("POST /api/v1/filings", "/api/v1/filings", Stranger, filing(None), Says("not-held")),
        ("POST /api/v1/filings", "/api/v1/filings", Stranger, filing(Some("{sam.space}")), Missing),
        ("POST /api/v1/filings", "/api/v1/filings", Viewer, filing(Some("{group.space}")), Forbidden),
        ("PUT /api/v1/files", "/api/v1/files", Stranger, NOTHING, Missing),
        ("PUT /api/v1/files", "/api/v1/files", Viewer, NOTHING, Forbidden),
        ("POST /tus", "/tus", Stranger, NOTHING, Missing),
        ("POST /tus", "/tus", Viewer, NOTHING, Forbidden),
        ("HEAD /tus/{id}", "/tus/{sam.upload}", Stranger, NOTHING, Missing),
        ("PATCH /tus/{id}", "/tus/{sam.upload}", Stranger, NOTHING, Missing),
        ("DELETE /tus/{id}", "/tus/{sam.upload}", Stranger, NOTHING, Missing),
    ]
}

/// Logging out and claiming a claimed hub stand at the end: they change what the others need.
fn last_cases() -> Vec<Case> {
    vec![("POST /api/v1/logout", "/api/v1/logout", Stranger, NOTHING, Says(""))]
}

fn cases() -> Vec<Case> {
    [
        account_cases(),
        space_cases(),
        entry_cases(),
        picture_cases(),
        item_cases(),
        album_cases(),
        ingest_cases(),
        last_cases(),
    ]
    .concat()
}

#[test]
fn every_documented_route_has_a_line_in_the_table() {
    let tested: BTreeSet<String> = cases().into_iter().map(|(route, ..)| route.to_owned()).collect();
    // A claimed hub refuses to be claimed, whoever asks: see accounts.rs.
    let elsewhere = BTreeSet::from(["POST /api/v1/setup".to_owned()]);
    let missing: Vec<_> = documented_routes().into_iter().filter(|route| !tested.contains(route)).collect();
    let missing: Vec<_> = missing.into_iter().filter(|route| !elsewhere.contains(route)).collect();
    assert!(missing.is_empty(), "no authorisation test for {missing:?}; see the top of this file");
}

#[tokio::test]
async fn nobody_gets_past_the_table() {
    let world = World::new().await;
    let before = world.newest_change().await;
    for case in cases() {
        world.check(&case).await;
    }
    assert_eq!(world.newest_change().await, before, "something that was refused left a trace");
}

/// The table would also pass over a world where nobody may do anything.
#[tokio::test]
async fn those_who_may_do_get_in() {
    let world = World::new().await;
    let look = [
        "/api/v1/entries/{group.file}",
        "/api/v1/albums/{group.album}",
        "/api/v1/assets/{group.asset}",
        "/api/v1/assets/{group.asset}/facts",
        "/api/v1/assets/{group.asset}/renditions/thumbnail",
        "/api/v1/timeline/2024-07?space={group.space}",
        "/api/v1/assets/search?album={group.album}",
        "/api/v1/assets/suggestions?space={group.space}",
        "/api/v1/assets/places?space={group.space}",
    ];
    for path in look {
        world.doors.get(world.filled(path)).by(&world.viewer).send().await.expect(200);
    }
    let rename = world.doors.patch(world.filled("/api/v1/entries/{group.file}")).by(&world.editor);
    rename.json(&json!({"name": "renamed.jpg"})).send().await.expect(200);
    let leave = world.filled(&format!("/api/v1/spaces/{{group.space}}/members/{}", world.viewer.user_id));
    world.doors.delete(leave).by(&world.viewer).send().await.expect(204);
    world.doors.get(world.filled(look[0])).by(&world.viewer).send().await.expect(404);
}
