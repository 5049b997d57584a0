//! Statements on pictures and videos that are one item.

crate::sql::statements! {
    "items";
    /// Files in the same folders whose names have the same stem.
    BESIDE = "select distinct e.asset_id as of_id, p.asset_id as id
        from entries e join entries p on p.parent_id = e.parent_id and p.stem_key = e.stem_key
        where e.asset_id in ($LIST) and e.trashed_at_ms is null and e.stem_key is not null
            and p.trashed_at_ms is null and p.stem_key is not null and p.asset_id is not null
            and p.asset_id <> e.asset_id";
    /// Assets of the same Space that say they share something, and all of the same item.
    SHARING = "select a.id as of_id, p.id as id
        from assets a join assets p on p.space_id = a.space_id and p.live_key = a.live_key
        where a.id in ($LIST) and p.live_key is not null and p.trashed_at_ms is null and p.id <> a.id
        union
        select a.id, p.id from assets a join assets p on p.space_id = a.space_id and p.burst_key = a.burst_key
        where a.id in ($LIST) and p.burst_key is not null and p.trashed_at_ms is null and p.id <> a.id
        union
        select a.id, p.id from assets a join assets p on p.lead_id = coalesce(a.lead_id, a.id)
        where a.id in ($LIST) and p.lead_id is not null and p.id <> a.id
        union
        select a.id, a.lead_id from assets a where a.id in ($LIST) and a.lead_id is not null
        union
        select d.asset_id, o.asset_id
        from item_decisions d join item_decisions o on o.decision_id = d.decision_id
        where d.asset_id in ($LIST) and d.verdict = 'together' and o.asset_id <> d.asset_id";
    SAME_ITEM = "select a.id as of_id, p.id as id from assets a join assets p on p.lead_id = coalesce(a.lead_id, a.id)
        where a.id in ($LIST) and p.lead_id is not null and p.id <> a.id
        union
        select a.id, a.lead_id from assets a where a.id in ($LIST) and a.lead_id is not null";
    MEMBERS = "select a.id, a.space_id, a.kind, b.content_type, a.created_at_ms, a.trashed_at_ms, a.lead_id,
            a.part_role, a.part_rule, a.live_key, a.burst_key, a.chosen_at_ms, d.facts
        from assets a join blobs b on b.sha256 = a.sha256 left join descriptions d on d.asset_id = a.id
        where a.id in ($LIST) order by a.id";
    PLACES = "select asset_id, parent_id, name, modified_at_ms from entries
        where asset_id in ($LIST) and trashed_at_ms is null and parent_id is not null
        order by created_at_ms, id";
    DECISIONS = "select decision_id, asset_id, verdict, side from item_decisions where asset_id in ($LIST)
        order by decision_id, asset_id";
    SET_PART = "update assets set lead_id = $2, part_role = $3, part_rule = $4 where id = $1";
    SET_KEYS = "update assets set live_key = $2, burst_key = $3 where id = $1";
    UNCHOOSE = "update assets set chosen_at_ms = null where id in ($LIST) and chosen_at_ms is not null";
    CHOOSE = "update assets set chosen_at_ms = $2 where id = $1";
    INHERIT_ALBUMS = "insert into album_items (album_id, asset_id, taken_at_ms, added_at_ms)
        select i.album_id, x.id, x.taken_at_ms, $3 from album_items i join assets x on x.id = $2
        where i.asset_id = $1
        on conflict (album_id, asset_id) do nothing
        returning album_id";
    DECIDE rows 5 = "insert into item_decisions (decision_id, asset_id, verdict, side, decided_at_ms)
        values $ROWS";
    /// The person changed their mind about what these have to do with each other.
    FORGET_TOGETHER = "delete from item_decisions where verdict = 'together' and asset_id in ($LIST)";
    SAME_SIDE = "update item_decisions set side = $2 where decision_id = $1 and asset_id in ($LIST)";
    PARTS_OF = "select a.lead_id, a.id, a.kind, a.part_role, a.part_rule, b.size_bytes, b.content_type,
            (select e.name from entries e where e.asset_id = a.id
                order by case when e.trashed_at_ms is null then 0 else 1 end, e.created_at_ms, e.id limit 1) as name
        from assets a join blobs b on b.sha256 = a.sha256
        where a.lead_id in ($LIST) and a.trashed_at_ms is null
        order by a.lead_id, a.taken_at_ms, a.id";
    COUNT_PARTS = "select lead_id, part_role, count(*) as parts from assets
        where lead_id in ($LIST) and trashed_at_ms is null group by lead_id, part_role";
    FILMS_OF = "select lead_id, id from assets
        where lead_id in ($LIST) and part_role = 'film' and trashed_at_ms is null order by lead_id, id";
    /// Live files of the parts of an item.
    FILES_OF_PARTS = "select e.id, e.parent_id from assets p join entries e on e.asset_id = p.id
        where p.lead_id = $1 and p.trashed_at_ms is null and e.trashed_at_ms is null
        order by e.created_at_ms, e.id";
    /// Live files of the same folder with the same stem.
    SAME_STEM = "select p.id, p.asset_id, p.name, p.size_bytes, b.content_type
        from entries e join entries p on p.parent_id = e.parent_id and p.stem_key = e.stem_key
            left join blobs b on b.sha256 = p.sha256
        where e.id = $1 and e.stem_key is not null and p.trashed_at_ms is null and p.stem_key is not null
        order by p.name_key";
    /// Parts of items whose lead is in a deleted item.
    PARTS_OF_TRASHED = "select distinct p.id, p.trashed_at_ms
        from entries e join assets p on p.lead_id = e.asset_id
        where e.trash_root_id = $1 and e.asset_id is not null and p.lead_id is not null";
    WITHOUT_STEM = "select id, name from entries where kind = 1 and stem_key is null order by id limit $1";
    SET_STEM = "update entries set stem_key = $2 where id = $1";
}
