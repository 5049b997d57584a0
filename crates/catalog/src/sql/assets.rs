//! Statements on pictures and videos.

macro_rules! columns {
    () => {
        "select a.id, a.space_id, a.sha256, a.kind, b.size_bytes, b.content_type, a.taken_at_ms, a.created_at_ms,
            a.trashed_at_ms, a.lead_id, a.part_role, a.part_rule, b.proven_at_ms from assets a join blobs b on b.sha256 = a.sha256 "
    };
}

crate::sql::statements! {
    "assets";
    STANDING = "select id, sha256, trashed_at_ms from assets where space_id = $1 and sha256 in ($LIST)";
    INSERT rows 8 = "insert into assets (id, space_id, sha256, kind, taken_at_ms, local_ms, month, created_at_ms)
        values $ROWS";
    REVIVE = "update assets set trashed_at_ms = null where id in ($LIST)";
    GET = concat!(columns!(), "where a.id = $1");
    BY_HASHES = concat!(columns!(), "where a.space_id = $1 and a.sha256 in ($LIST)");
    BY_TIME = concat!(columns!(), "where a.space_id = $1 and a.trashed_at_ms is null
            and (a.taken_at_ms, a.id) < ($2, $3)
        order by a.taken_at_ms desc, a.id desc limit $4");
    SET_TAKEN = "update assets set taken_at_ms = $2 where id = $1";
    SET_TAKEN_IN_ALBUMS = "update album_items set taken_at_ms = $2 where asset_id = $1";
}
