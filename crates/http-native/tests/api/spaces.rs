//! Spaces and members.

use domain::Role;
use serde_json::json;
use wire::ProblemCode;

use crate::support::people::text;
use crate::support::{Doors, NOBODYS_ID};

#[tokio::test]
async fn everybody_has_a_space_and_sees_the_public_one() {
    let doors = Doors::open().await;
    for (name, role, public) in
        [("olga", Role::Owner, "owner"), ("max", Role::Manager, "editor"), ("mia", Role::Member, "viewer")]
    {
        let person = doors.person(name, role).await;
        let spaces = doors.get("/api/v1/spaces").by(&person).send().await.expect(200).json();
        let of_kind = |kind: &str| {
            let all = spaces["items"].as_array().unwrap();
            let found: Vec<_> = all.iter().filter(|space| space["kind"] == kind).collect();
            assert_eq!(found.len(), 1, "{name}: {kind}");
            text(&found[0]["role"])
        };
        assert_eq!((of_kind("my"), of_kind("public")), ("owner".to_owned(), public.to_owned()), "{name}");
    }
}

#[tokio::test]
async fn a_group_space_has_members_and_always_an_owner() {
    let doors = Doors::open().await;
    let olga = doors.person("olga", Role::Owner).await;
    let mia = doors.person("mia", Role::Member).await;
    let (space, root) = doors.group(&olga, "Family").await;
    let path = format!("/api/v1/spaces/{space}");
    assert_eq!(
        doors.patch(&path).by(&olga).json(&json!({"name": "We"})).send().await.expect(200).json()["name"],
        "We"
    );
    let member = |id: &str| format!("{path}/members/{id}");
    let set = |id: &str, role: &str| doors.put(member(id)).by(&olga).json(&json!({"role": role})).send();
    set(NOBODYS_ID, "viewer").await.problem(404, ProblemCode::NotFound);
    set(&mia.user_id, "king").await.problem(400, ProblemCode::Invalid);
    set(&mia.user_id, "viewer").await.expect(204);
    doors.get(format!("/api/v1/entries/{root}/children")).by(&mia).send().await.expect(200);
    set(&olga.user_id, "viewer").await.problem(409, ProblemCode::Conflict);
    doors.delete(member(&olga.user_id)).by(&olga).send().await.problem(409, ProblemCode::Conflict);
    set(&mia.user_id, "owner").await.expect(204);
    let members = doors.get(format!("{path}/members")).by(&mia).send().await.expect(200).json();
    let roles: Vec<_> = members["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (text(&one["name"]), text(&one["role"])))
        .collect();
    assert_eq!(roles, [("mia".into(), "owner".into()), ("olga".into(), "owner".into())]);
    doors.delete(member(&olga.user_id)).by(&olga).send().await.expect(204);
    doors.get(format!("/api/v1/entries/{root}")).by(&olga).send().await.problem(404, ProblemCode::NotFound);
    doors.delete(member(&olga.user_id)).by(&mia).send().await.problem(404, ProblemCode::NotFound);
}

#[tokio::test]
async fn a_my_space_is_shared_with_nobody() {
    let doors = Doors::open().await;
    let olga = doors.person("olga", Role::Owner).await;
    let mia = doors.person("mia", Role::Member).await;
    let member = format!("/api/v1/spaces/{}/members/{}", olga.space_id, mia.user_id);
    let body = json!({"role": "viewer"});
    doors.put(member).by(&olga).json(&body).send().await.problem(403, ProblemCode::Forbidden);
    let own = format!("/api/v1/spaces/{}/members/{}", olga.space_id, olga.user_id);
    doors.delete(own).by(&olga).send().await.problem(403, ProblemCode::Forbidden);
    // Not even the hub's owner looks into somebody else's.
    let path = format!("/api/v1/entries/{}/children", mia.root_id);
    doors.get(path).by(&olga).send().await.problem(404, ProblemCode::NotFound);
}
