//! Statements on the memory of what was deleted.

macro_rules! columns {
    () => {
        "select space_id, sha256, name, deleted_at_ms, deleted_by from tombstones "
    };
}

crate::sql::statements! {
    "tombstones";
    FOR_HASHES = concat!(columns!(), "where space_id = $1 and sha256 in ($LIST)");
    CLEAR = "delete from tombstones where space_id = $1 and sha256 in ($LIST)";
    LIST = concat!(columns!(), "where space_id = $1 and sha256 > $2 order by sha256 limit $3");
}
