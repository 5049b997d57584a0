//! Uploads.

use catalog::uploads;
use catalog::uploads::{FinishedAs, NewUpload, UploadState};
use domain::{SpaceId, TwinHasher, UploadId, UserId};

use crate::common::{Hub, flat, hash, name};

fn new_upload(hub: &Hub, user_id: UserId, space_id: SpaceId) -> NewUpload {
    let hashes = TwinHasher::of(b"x");
    NewUpload {
        id: hub.ids.fresh(),
        user_id,
        device_id: None,
        space_id,
        folder: "Album Backup/Phone".parse().unwrap(),
        album: Some(name("Camera")),
        name: name("a.jpg"),
        name_raw: Some(vec![0xff]),
        sha256: Some(hashes.sha256),
        sha1: Some(hashes.sha1),
        size_bytes: None,
        modified_at_ms: Some(-5),
        send_again: true,
        metadata: Some("filename YS5qcGc=".to_owned()),
        created_at_ms: hub.now(),
        expires_at_ms: hub.now() + 100,
    }
}

async fn begun(hub: &Hub, upload: &NewUpload) -> UploadId {
    let upload = upload.clone();
    let id = upload.id;
    put!(hub, tx => uploads::insert(tx, &upload)).unwrap();
    id
}

contract! {
    async fn an_upload_is_remembered_as_it_was_declared(hub) {
        let (user_id, space) = hub.home().await;
        let mut full = new_upload(&hub, user_id, space.id);
        full.device_id = Some(hub.device(user_id, "phone").await);
        full.size_bytes = Some(1 << 40);
        let bare = NewUpload {
            id: hub.ids.fresh(),
            folder: domain::FolderPath::default(),
            album: None,
            name_raw: None,
            sha256: None,
            sha1: None,
            modified_at_ms: None,
            send_again: false,
            metadata: None,
            ..new_upload(&hub, user_id, space.id)
        };
        for declared in [full, bare] {
            let id = begun(&hub, &declared).await;
            let upload = look!(hub, tx => uploads::get(tx, id)).unwrap().unwrap();
            assert_eq!((upload.declared, upload.state), (declared, UploadState::Open));
        }
        let nothing: UploadId = hub.ids.fresh();
        assert_eq!(look!(hub, tx => uploads::get(tx, nothing)).unwrap(), None);
    }
}

contract! {
    async fn an_upload_finishes_once_and_keeps_its_answer(hub) {
        let (user_id, space) = hub.home().await;
        let id = begun(&hub, &new_upload(&hub, user_id, space.id)).await;
        assert!(put!(hub, tx => uploads::set_length(tx, id, 7, 1)).unwrap());
        assert!(!put!(hub, tx => uploads::set_length(tx, id, 8, 1)).unwrap());
        let finished = FinishedAs {
            entry_id: hub.ids.fresh(),
            asset_id: Some(hub.ids.fresh()),
            sha256: hash("x"),
            size_bytes: 7,
            name: "a (2).jpg".to_owned(),
            already_held: true,
        };
        let (once, twice) = (finished.clone(), finished.clone());
        assert!(put!(hub, tx => uploads::set_finished(tx, id, &once, 5, 500)).unwrap());
        assert!(!put!(hub, tx => uploads::set_finished(tx, id, &twice, 6, 600)).unwrap());
        assert!(!put!(hub, tx => uploads::set_ended(tx, id, "late", 6, 600)).unwrap());
        assert!(!put!(hub, tx => uploads::touch(tx, id, 6, 600)).unwrap());
        let upload = look!(hub, tx => uploads::get(tx, id)).unwrap().unwrap();
        assert_eq!((upload.declared.size_bytes, upload.declared.expires_at_ms), (Some(7), 500));
        assert_eq!((upload.changed_at_ms, upload.state), (5, UploadState::Finished(finished)));
    }
}

contract! {
    async fn an_upload_may_end_without_a_result(hub) {
        let (user_id, space) = hub.home().await;
        let id = begun(&hub, &new_upload(&hub, user_id, space.id)).await;
        assert!(put!(hub, tx => uploads::touch(tx, id, 3, 300)).unwrap());
        assert_eq!(look!(hub, tx => uploads::get(tx, id)).unwrap().unwrap().declared.expires_at_ms, 300);
        assert!(put!(hub, tx => uploads::set_ended(tx, id, "hash-mismatch", 4, 400)).unwrap());
        let state = look!(hub, tx => uploads::get(tx, id)).unwrap().unwrap().state;
        assert_eq!(state, UploadState::Ended { why: "hash-mismatch".to_owned() });
        assert!(!put!(hub, tx => uploads::set_length(tx, id, 7, 1)).unwrap());
        assert!(put!(hub, tx => uploads::delete(tx, id)).unwrap());
        assert!(!put!(hub, tx => uploads::delete(tx, id)).unwrap());
    }
}

contract! {
    async fn uploads_expire_and_are_listed_newest_first(hub) {
        let (user_id, space) = hub.home().await;
        let mut ids = Vec::new();
        for _ in 0..5 {
            hub.clock.advance(10);
            ids.push(begun(&hub, &new_upload(&hub, user_id, space.id)).await);
        }
        let now_ms = hub.now();
        let due = look!(hub, tx => uploads::expired(tx, now_ms + 80, 10)).unwrap();
        assert_eq!(due, ids[..2]);
        assert_eq!(look!(hub, tx => uploads::expired(tx, now_ms + 1000, 3)).unwrap(), ids[..3]);
        ids.reverse();
        let listed = flat(pages!(hub, 2, page, tx => uploads::list_of_user(tx, user_id, &page)));
        assert_eq!(listed.iter().map(|upload| upload.declared.id).collect::<Vec<_>>(), ids);
    }
}
