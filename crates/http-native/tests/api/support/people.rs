//! People with accounts, and what they bring.

use domain::{ContentHash, InstallationId, Name, Role, TwinHasher};
use library::accounts::Introduction;
use serde_json::{Value, json};

use super::{Doors, Reply};

/// Everybody's password.
pub(crate) const PASSWORD: &str = "a sentence only the tests know";

/// Somebody with a token.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) secret: String,
    pub(crate) user_id: String,
    /// The person's own Space.
    pub(crate) space_id: String,
    /// Its topmost folder.
    pub(crate) root_id: String,
}

impl Doors {
    /// Makes an account and logs it in.
    pub(crate) async fn person(&self, name: &str, role: Role) -> Person {
        self.library.make_account(Name::new(name).unwrap(), role, PASSWORD).await.unwrap();
        self.login(name, None).await
    }

    /// Logs a device of somebody in. The same number is the same installation.
    pub(crate) async fn device(&self, person: &Person, name: &str, number: u8) -> Person {
        let introduction = Introduction {
            installation: InstallationId::from_bytes([number; 16]),
            name: Name::new(name).unwrap(),
            platform: "linux".to_owned(),
        };
        self.login(&person.name, Some(introduction)).await
    }

    async fn login(&self, name: &str, device: Option<Introduction>) -> Person {
        let logged_in =
            self.library.log_in(Name::new(name).unwrap(), PASSWORD, device, "test").await.unwrap();
        let caller = self.library.authenticate(&logged_in.secret, "test").await.unwrap();
        let spaces = self.library.spaces(&caller).await.unwrap();
        let own =
            spaces.into_iter().find(|space| space.space.owner_id == Some(caller.user_id)).unwrap().space;
        Person {
            name: name.to_owned(),
            secret: logged_in.secret,
            user_id: caller.user_id.to_string(),
            space_id: own.id.to_string(),
            root_id: own.root_id.to_string(),
        }
    }

    /// Stores a file in the topmost folder of the person's own Space; answers what `PUT` answered.
    pub(crate) async fn store(&self, person: &Person, name: &str, bytes: &[u8]) -> Value {
        self.store_in(person, &person.space_id, name, bytes).await.json()
    }

    /// The same in any Space.
    pub(crate) async fn store_in(&self, person: &Person, space_id: &str, name: &str, bytes: &[u8]) -> Reply {
        let name = percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC);
        self.put("/api/v1/files")
            .by(person)
            .header("Albumen-Space", space_id)
            .header("Albumen-Folder", "")
            .header("Albumen-Filename", &name.to_string())
            .bytes(bytes.to_vec())
            .send()
            .await
    }

    /// Makes a folder; answers its id.
    pub(crate) async fn folder(&self, person: &Person, parent_id: &str, name: &str) -> String {
        let body = json!({"parent_id": parent_id, "name": name});
        let made = self.post("/api/v1/folders").by(person).json(&body).send().await.expect(201);
        text(&made.json()["id"])
    }

    /// Makes an album in the person's own Space; answers its id.
    pub(crate) async fn album(&self, person: &Person, name: &str) -> String {
        let made =
            self.post("/api/v1/albums").by(person).json(&json!({"name": name})).send().await.expect(201);
        text(&made.json()["id"])
    }

    /// Makes a Group Space of the hub's owner; answers its id and that of its topmost folder.
    pub(crate) async fn group(&self, owner: &Person, name: &str) -> (String, String) {
        let made = self
            .post("/api/v1/spaces")
            .by(owner)
            .json(&json!({"name": name}))
            .send()
            .await
            .expect(201)
            .json();
        (text(&made["id"]), text(&made["root_id"]))
    }

    /// Makes somebody a member of a Space.
    pub(crate) async fn join(&self, owner: &Person, space_id: &str, member: &Person, role: &str) {
        let path = format!("/api/v1/spaces/{space_id}/members/{}", member.user_id);
        self.put(path).by(owner).json(&json!({"role": role})).send().await.expect(204);
    }
}

/// A JSON string's text.
#[track_caller]
pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

/// The name that the vault gives these bytes.
pub(crate) fn sha256(bytes: &[u8]) -> ContentHash {
    TwinHasher::of(bytes).sha256
}
