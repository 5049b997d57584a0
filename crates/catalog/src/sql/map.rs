//! Statements that show pictures and videos on a map.

/// Every square of the curve (see `0005_search.sql`) that has anything, from square to square along the
/// index, within a stretch.
macro_rules! squares {
    ($($one:literal),*) => {
        concat!(
            "with recursive wanted (low, high) as (",
            $($one,)*
            "),
            walk (cell, high) as (
                select (select min(a.cell) from assets a where a.space_id = $1 and a.trashed_at_ms is null
                        and a.lead_id is null and a.cell between w.low and w.high), w.high
                from wanted w
                union all
                select (select min(a.cell) from assets a where a.space_id = $1 and a.trashed_at_ms is null
                        and a.lead_id is null and a.cell between ((k.cell >> cast($2 as integer)) + 1) << cast($2 as integer) and k.high),
                    k.high
                from walk k where k.cell is not null
            )
            select k.cell, (select count(*) from assets a where a.space_id = $1 and a.trashed_at_ms is null
                    and a.lead_id is null and a.cell between k.cell
                        and (((k.cell >> cast($2 as integer)) + 1) << cast($2 as integer)) - 1) as assets,
                (select a.id from assets a where a.space_id = $1 and a.trashed_at_ms is null
                    and a.lead_id is null and a.cell = k.cell order by a.id desc limit 1) as id
            from walk k where k.cell is not null"
        )
    };
}

crate::sql::statements! {
    "map";
    POINTS = "select a.id, a.cell from assets a
        where a.space_id = $1 and a.trashed_at_ms is null and a.lead_id is null and a.cell between $2 and $3
        order by a.cell limit $4";
    SQUARES = squares!(
        "select cast($3 as bigint), cast($4 as bigint)",
        " union all select cast($5 as bigint), cast($6 as bigint)",
        " union all select cast($7 as bigint), cast($8 as bigint)",
        " union all select cast($9 as bigint), cast($10 as bigint)",
        " union all select cast($11 as bigint), cast($12 as bigint)",
        " union all select cast($13 as bigint), cast($14 as bigint)",
        " union all select cast($15 as bigint), cast($16 as bigint)",
        " union all select cast($17 as bigint), cast($18 as bigint)"
    );
}
