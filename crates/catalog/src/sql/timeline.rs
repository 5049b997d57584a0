//! Statements on the timeline.

macro_rules! columns {
    () => {
        "select a.id, a.space_id, a.sha256, a.kind, a.taken_at_ms, a.local_ms, a.width, a.height, a.duration_ms,
            a.thumbhash from assets a "
    };
}

crate::sql::statements! {
    "timeline";
    MONTHS = "select month, count(*) as assets from assets where space_id = $1 and trashed_at_ms is null and lead_id is null
        group by month order by month desc";
    MONTH = concat!(columns!(), "where a.space_id = $1 and a.month = $2 and a.trashed_at_ms is null and a.lead_id is null
            and (a.local_ms, a.id) < ($3, $4)
        order by a.local_ms desc, a.id desc limit $5");
}
