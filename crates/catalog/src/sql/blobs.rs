//! Statements on bytes by hash.

macro_rules! columns {
    () => {
        "select b.sha256, b.sha1, b.size_bytes, b.content_type, b.created_at_ms, b.deleting_since_ms,
            b.proven_at_ms, b.damaged_at_ms from blobs b "
    };
}

crate::sql::statements! {
    "blobs";
    GET = concat!(columns!(), "where b.sha256 = $1");
    INSERT = "insert into blobs (sha256, sha1, size_bytes, content_type, created_at_ms)
        values ($1, $2, $3, $4, $5)";
    KEEP = "update blobs set deleting_since_ms = null, damaged_at_ms = null where sha256 = $1";
    MARK_DELETING = "update blobs set deleting_since_ms = $1
        where deleting_since_ms is null and sha256 in ($LIST)
            and not exists (select 1 from entries e where e.sha256 = blobs.sha256)
            and not exists (select 1 from assets a where a.sha256 = blobs.sha256)
        returning sha256";
    DELETING_SINCE = concat!(columns!(), "where b.deleting_since_ms < $1
        order by b.deleting_since_ms, b.sha256 limit $2");
    REMOVE_ROW = "delete from blobs where sha256 = $1 and deleting_since_ms is not null";
    MARK_PROVEN = "update blobs set proven_at_ms = $1, damaged_at_ms = null where sha256 in ($LIST)";
    MARK_DAMAGED = "update blobs set damaged_at_ms = $2 where sha256 = $1 and damaged_at_ms is null";
    LIST = concat!(columns!(), "where b.sha256 > $1 order by b.sha256 limit $2");
    TOTALS = "select
            count(case when deleting_since_ms is null then 1 end) as kept,
            cast(coalesce(sum(case when deleting_since_ms is null then size_bytes end), 0) as bigint) as kept_bytes,
            count(deleting_since_ms) as deleting,
            cast(coalesce(sum(case when deleting_since_ms is not null then size_bytes end), 0) as bigint)
                as deleting_bytes,
            count(case when deleting_since_ms is null then damaged_at_ms end) as damaged
        from blobs";
    LIVE_IN = "select distinct space_id from entries where sha256 = $1 and trashed_at_ms is null order by space_id";
    OF_ASSET = concat!(columns!(), "join assets a on a.sha256 = b.sha256 where a.id = $1");
}
