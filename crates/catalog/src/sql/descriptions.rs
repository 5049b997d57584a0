//! Statements on what was found by looking into pictures and videos.

crate::sql::statements! {
    "descriptions";
    MEASURE = "update assets set local_ms = $2, month = $3, width = $4, height = $5, duration_ms = $6,
            thumbhash = $7
        where id = $1";
    KEEP = "insert into descriptions (asset_id, facts, problem, latitude_e7, longitude_e7, described_by,
            described_at_ms)
        values ($1, $2, $3, $4, $5, $6, $7)
        on conflict (asset_id) do update set facts = excluded.facts, problem = excluded.problem,
            latitude_e7 = excluded.latitude_e7, longitude_e7 = excluded.longitude_e7,
            described_by = excluded.described_by, described_at_ms = excluded.described_at_ms";
    GET = "select a.width, a.height, a.duration_ms, a.thumbhash, a.taken_at_ms, a.local_ms, d.facts, d.problem,
            d.described_by, d.described_at_ms
        from descriptions d join assets a on a.id = d.asset_id where d.asset_id = $1";
    FORGET_WORDS = "delete from asset_words where asset_id = $1";
    ADD_WORDS rows 3 = "insert into asset_words (space_id, word, asset_id) values $ROWS";
    TOTALS = "select count(*) as assets, count(d.asset_id) as described, count(d.problem) as failed
        from assets a left join descriptions d on d.asset_id = a.id";
    /// Everything, in the order of ids.
    ALL_AFTER = "select a.id, a.created_at_ms from assets a where a.id > $1 order by a.id limit $2";
    /// What could not be shown.
    FAILED_AFTER = "select a.id, a.created_at_ms from descriptions d join assets a on a.id = d.asset_id
        where d.problem is not null and d.asset_id > $1 order by d.asset_id limit $2";
    /// What has a certain type.
    TYPE_AFTER = "select a.id, a.created_at_ms from assets a join blobs b on b.sha256 = a.sha256
        where b.content_type = $3 and a.id > $1 order by a.id limit $2";
    /// What was described by an older program, or never.
    OLDER_AFTER = "select a.id, a.created_at_ms from assets a left join descriptions d on d.asset_id = a.id
        where (d.asset_id is null or d.described_by < $3) and a.id > $1 order by a.id limit $2";
}
