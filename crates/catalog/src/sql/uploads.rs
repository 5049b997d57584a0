//! Statements on uploads.

macro_rules! columns {
    () => {
        "select id, user_id, device_id, space_id, folder, album, name, name_raw, sha256, sha1, size_bytes,
            modified_at_ms, send_again, metadata, created_at_ms, changed_at_ms, expires_at_ms, state, ended_why,
            finished_entry_id, finished_asset_id, finished_sha256, finished_size_bytes, finished_name,
            finished_already_held
        from uploads "
    };
}

crate::sql::statements! {
    "uploads";
    INSERT = "insert into uploads
        (id, user_id, device_id, space_id, folder, album, name, name_raw, sha256, sha1, size_bytes,
            modified_at_ms, send_again, metadata, created_at_ms, changed_at_ms, expires_at_ms, state)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15, $16, 'open')";
    GET = concat!(columns!(), "where id = $1");
    SET_LENGTH = "update uploads set size_bytes = $2, changed_at_ms = $3
        where id = $1 and state = 'open' and size_bytes is null";
    SET_FINISHED = "update uploads set state = 'finished', finished_entry_id = $2, finished_asset_id = $3,
            finished_sha256 = $4, finished_size_bytes = $5, finished_name = $6, finished_already_held = $7,
            changed_at_ms = $8, expires_at_ms = $9
        where id = $1 and state = 'open'";
    SET_ENDED = "update uploads set state = 'ended', ended_why = $2, changed_at_ms = $3, expires_at_ms = $4
        where id = $1 and state = 'open'";
    TOUCH = "update uploads set changed_at_ms = $2, expires_at_ms = $3 where id = $1 and state = 'open'";
    EXPIRED = "select id from uploads where expires_at_ms < $1 order by expires_at_ms, id limit $2";
    DELETE = "delete from uploads where id = $1";
    LIST_OF_USER = concat!(columns!(), "where user_id = $1 and (created_at_ms, id) < ($2, $3)
        order by created_at_ms desc, id desc limit $4");
}
