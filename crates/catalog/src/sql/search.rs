//! Statements that search pictures and videos. What is asked for stands in the same places in all that
//! find: $1 the Space, ($2, $3) and ($4, $5) between which moments, $6 to $15 what else (null: anything),
//! $16 how many rows, and in `wanted` the words, each as the stretch of words that begin with it.
//! `(a.id = $10) is null` asks whether $10 is: of `$10 is null` alone PostgreSQL learns no type.

macro_rules! moments {
    ($from:expr) => {
        concat!(
            "with wanted (low, high) as (values $ROWS)
            select a.id, a.space_id, a.sha256, a.kind, a.taken_at_ms, a.local_ms, a.width, a.height, a.duration_ms,
                a.thumbhash
            from ",
            $from,
            " and (a.local_ms, a.id) < ($2, $3) and (a.local_ms, a.id) >= ($4, $5)
                and (a.kind = $6 or $6 is null)
                and (cast($7 as text) is null or exists (
                    select 1 from blobs b where b.sha256 = a.sha256 and b.content_type = $7))
                and (a.camera = $8 or $8 is null)
                and (a.place = $9 or $9 is null)
                and ((a.id = $10) is null or exists (
                    select 1 from album_items i where i.album_id = $10 and i.asset_id = a.id))
                and (cast($11 as bigint) is null or ($11 = 1 and a.cell is not null) or ($11 = 0 and a.cell is null))
                and (cast($12 as bigint) is null or exists (
                    select 1 from descriptions d where d.asset_id = a.id and d.latitude_e7 between $12 and $13
                        and (d.longitude_e7 between $14 and $15
                            or ($14 > $15 and (d.longitude_e7 >= $14 or d.longitude_e7 <= $15)))))
                and not exists (
                    select 1 from wanted w where w.low < w.high
                        and not exists (
                            select 1 from search_words s
                            where s.asset_id = a.id and s.word >= w.low and s.word < w.high)
                        and not exists (
                            select 1 from album_words t join album_items i on i.album_id = t.album_id
                            where t.space_id = $1 and t.word >= w.low and t.word < w.high
                                and i.asset_id = a.id))
            order by a.local_ms desc, a.id desc limit $16"
        )
    };
}

/// A walk in two parts: without statistics SQLite would take the index of all moments, and look at each.
macro_rules! along {
    ($of:literal) => {
        concat!(
            "(select x.id from assets x where x.space_id = $1 and ",
            $of,
            " and x.trashed_at_ms is null and x.lead_id is null
                and (x.local_ms, x.id) < ($2, $3) and (x.local_ms, x.id) >= ($4, $5)) c
            cross join assets a where a.id = c.id and a.trashed_at_ms is null and a.lead_id is null"
        )
    };
}

macro_rules! step {
    ($of:literal) => {
        concat!(
            "select a.local_ms, a.id from assets a
            where a.space_id = $1 and a.trashed_at_ms is null and a.lead_id is null and (a.local_ms, a.id) < ($2, $3)
                and (a.local_ms, a.id) >= ($4, $5)",
            $of,
            " order by a.local_ms desc, a.id desc limit 1 offset $6"
        )
    };
}

/// What lies within eight stretches of the curve of `0005_search.sql`.
macro_rules! in_stretches {
    ($join:literal $select:literal; $low:literal $high:literal $(, $next_low:literal $next_high:literal)*) => {
        concat!($select, $low, " and ", $high $(, $join, $select, $next_low, " and ", $next_high)*)
    };
}

crate::sql::statements! {
    "search";
    /// Along all moments.
    WALK rows 2 = moments!("assets a where a.space_id = $1 and a.trashed_at_ms is null and a.lead_id is null");
    /// Along the moments of a camera.
    WALK_CAMERA rows 2 = moments!(along!("x.camera = $8"));
    /// Along the moments of a place.
    WALK_PLACE rows 2 = moments!(along!("x.place = $9"));
    /// Out of those that a word stands at, or at an album of theirs: few.
    GATHER_WORD rows 2 = moments!(
        "(select s.asset_id from search_words s where s.space_id = $1 and s.word >= $17 and s.word < $18
            union select i.asset_id from album_words t join album_items i on i.album_id = t.album_id
            where t.space_id = $1 and t.word >= $17 and t.word < $18) c
        cross join assets a where a.id = c.asset_id and a.space_id = $1 and a.trashed_at_ms is null
            and a.lead_id is null"
    );
    /// Out of an album: few.
    GATHER_ALBUM rows 2 = moments!(
        "(select i.asset_id from album_items i where i.album_id = $10) c
        cross join assets a where a.id = c.asset_id and a.space_id = $1 and a.trashed_at_ms is null
            and a.lead_id is null"
    );
    /// Out of some squares of the map: few. (Joined by "union", which SQLite does not spread over the whole.)
    GATHER_BOX rows 2 = moments!(concat!(
        "(",
        in_stretches!(
            " union "
            "select id as asset_id from assets
                where space_id = $1 and trashed_at_ms is null and lead_id is null and cell between ";
            "$17" "$18", "$19" "$20", "$21" "$22", "$23" "$24", "$25" "$26", "$27" "$28", "$29" "$30", "$31" "$32"
        ),
        ") c cross join assets a where a.id = c.asset_id and a.space_id = $1 and a.trashed_at_ms is null
            and a.lead_id is null"
    ));
    /// Where a walk is after so many moments.
    STEP = step!("");
    STEP_CAMERA = step!(" and a.camera = $7");
    STEP_PLACE = step!(" and a.place = $7");
    COUNT_WORD = "select count(*) as found from (
            select 1 as one from search_words s where s.space_id = $1 and s.word >= $2 and s.word < $3 limit $4) f";
    COUNT_ALBUM_WORD = "select count(*) as found from (
            select 1 as one from album_words t join album_items i on i.album_id = t.album_id
            where t.space_id = $1 and t.word >= $2 and t.word < $3 limit $4) f";
    COUNT_ALBUM = "select count(*) as found from (
            select 1 as one from album_items where album_id = $1 limit $2) f";
    COUNT_BOX = concat!(
        "select count(*) as found from (select 1 as one from (",
        in_stretches!(
            " union all "
            "select id from assets where space_id = $1 and trashed_at_ms is null and lead_id is null and cell between ";
            "$3" "$4", "$5" "$6", "$7" "$8", "$9" "$10", "$11" "$12", "$13" "$14", "$15" "$16", "$17" "$18"
        ),
        ") c limit $2) f"
    );
}
