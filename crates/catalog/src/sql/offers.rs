//! Statements that answer offers.

crate::sql::statements! {
    "offers";
    /// One row per hash and Space that live entries of it are in.
    LIVE rows 1 = "with readable (space_id) as (values $ROWS)
        select distinct e.space_id, e.sha256, b.damaged_at_ms
        from readable r
        join entries e on e.space_id = r.space_id
        join blobs b on b.sha256 = e.sha256
        where e.sha256 in ($LIST) and e.trashed_at_ms is null";
    DELETED = "select sha256 from tombstones where space_id = $1 and sha256 in ($LIST)";
}
