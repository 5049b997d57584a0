//! Statements on the names of cameras and places.

crate::sql::statements! {
    "labels";
    KEEP = "insert into labels (id, name) values ($1, $2) on conflict (id) do nothing";
    NAMES = "select id, name from labels where id in ($LIST)";
    CAMERAS = "select camera as label, count(*) as assets from assets
        where space_id = $1 and trashed_at_ms is null and lead_id is null and camera is not null group by camera";
    PLACES = "select place as label, count(*) as assets from assets
        where space_id = $1 and trashed_at_ms is null and lead_id is null and place is not null group by place";
}
