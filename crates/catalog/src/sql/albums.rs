//! Statements on albums.

macro_rules! columns {
    () => {
        "select a.id, a.space_id, a.name, a.name_key, a.created_at_ms, a.changed_at_ms,
            (select count(*) from album_items i join assets x on x.id = i.asset_id
                where i.album_id = a.id and x.trashed_at_ms is null and x.lead_id is null) as asset_count,
            c.id as cover_id, c.thumbhash as cover_thumbhash
        from albums a left join assets c on c.id = (
            select i.asset_id from album_items i join assets x on x.id = i.asset_id
            where i.album_id = a.id and x.trashed_at_ms is null and x.lead_id is null
            order by i.taken_at_ms desc, i.asset_id desc limit 1) "
    };
}

crate::sql::statements! {
    "albums";
    INSERT = "insert into albums (id, space_id, name, name_key, created_at_ms, changed_at_ms)
        values ($1, $2, $3, $4, $5, $5)";
    GET = concat!(columns!(), "where a.id = $1");
    BY_NAME = concat!(columns!(), "where a.space_id = $1 and a.name_key = $2");
    ID_BY_NAME = "select id from albums where space_id = $1 and name_key = $2";
    RENAME = "update albums set name = $2, name_key = $3, changed_at_ms = $4 where id = $1";
    TOUCH = "update albums set changed_at_ms = $2 where id = $1";
    DELETE = "delete from albums where id = $1";
    LIST = concat!(columns!(), "where a.space_id in ($LIST) and (a.name_key, a.id) > ($1, $2)
        order by a.name_key, a.id limit $3");
    /// Whose part somebody adds is added: an item counts once.
    ADD = "insert into album_items (album_id, asset_id, taken_at_ms, added_at_ms)
        select a.id, x.id, x.taken_at_ms, $2
        from albums a join assets p on p.space_id = a.space_id join assets x on x.id = coalesce(p.lead_id, p.id)
        where a.id = $1 and p.id in ($LIST)
        on conflict (album_id, asset_id) do nothing";
    /// Parts go with their lead, whichever of them is named.
    REMOVE_PARTS = "delete from album_items where album_id = $1 and asset_id in (
            select p.id from assets x join assets p on p.lead_id = coalesce(x.lead_id, x.id)
            where x.id in ($LIST) and p.lead_id is not null)";
    REMOVE = "delete from album_items where album_id = $1 and asset_id in (
            select coalesce(x.lead_id, x.id) from assets x where x.id in ($LIST))";
    ITEMS = "select a.id, a.space_id, a.sha256, a.kind, b.size_bytes, b.content_type, i.taken_at_ms,
            a.created_at_ms, a.trashed_at_ms, a.lead_id, a.part_role, a.part_rule, b.proven_at_ms
        from album_items i join assets a on a.id = i.asset_id join blobs b on b.sha256 = a.sha256
        where i.album_id = $1 and a.trashed_at_ms is null and a.lead_id is null
            and (i.taken_at_ms, i.asset_id) < ($2, $3)
        order by i.taken_at_ms desc, i.asset_id desc limit $4";
    MOMENTS = "select a.id, a.space_id, a.sha256, a.kind, i.taken_at_ms, a.local_ms, a.width, a.height, a.duration_ms,
            a.thumbhash
        from album_items i join assets a on a.id = i.asset_id
        where i.album_id = $1 and a.trashed_at_ms is null and a.lead_id is null
            and (i.taken_at_ms, i.asset_id) < ($2, $3)
        order by i.taken_at_ms desc, i.asset_id desc limit $4";
}
