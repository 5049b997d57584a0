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
    PLACE = "update assets set camera = $2, place = $3, cell = $4 where id = $1";
    INDEXED = "update descriptions set indexed_by = $2 where asset_id = $1";
    TO_INDEX = "select asset_id, facts from descriptions where indexed_by < $1
        order by indexed_by, asset_id limit $2";
    PROBLEM_OF = "select problem from descriptions where asset_id = $1";
    COUNT_ALONG = "update counters set value = value + $2 where name = $1";
    TOTALS = "select name, value from counters where name in ('assets', 'described', 'unshown')";
    PACE = "select count(*) as described, min(described_at_ms) as first_ms from (
            select described_at_ms from descriptions where described_at_ms >= $1
            order by described_at_ms desc limit $2) lately";
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
