//! Statements on the tree.

macro_rules! columns {
    () => {
        "select e.id, e.space_id, e.parent_id, e.kind, e.name, e.name_key, e.name_raw, e.sha256, e.size_bytes,
            b.content_type, e.asset_id, e.modified_at_ms, e.device_id, e.created_at_ms, e.changed_at_ms,
            e.trashed_at_ms, e.trash_root_id, e.trash_folder
        from entries e left join blobs b on b.sha256 = e.sha256 "
    };
}
pub(crate) use columns;

crate::sql::statements! {
    "entries";
    ROOT_OF = concat!(columns!(), "where e.id = (select root_id from spaces where id = $1)");
    GET = concat!(columns!(), "where e.id = $1");
    FOLDERS_ABOVE = "with recursive above (id, parent_id, name, height) as (
            select p.id, p.parent_id, p.name, 1 from entries e join entries p on p.id = e.parent_id where e.id = $1
            union all
            select p.id, p.parent_id, p.name, a.height + 1 from above a join entries p on p.id = a.parent_id
        )
        select id, name from above order by height desc";
    FOLDERS_BELOW = "with recursive below (id, path) as (
            select id, cast('' as text) from entries where id = $1 and trashed_at_ms is null
            union all
            select e.id, b.path || '/' || e.name from below b join entries e on e.parent_id = b.id
            where e.kind = 0 and e.trashed_at_ms is null
        )
        select id, path from below where id >= $2 order by id";
    /// How many levels of folders a folder has, itself counted.
    LEVELS = "with recursive below (id, level) as (
            select id, 1 from entries where id = $1 and kind = 0
            union all
            select e.id, b.level + 1 from below b join entries e on e.parent_id = b.id where e.kind = 0
        )
        select cast(coalesce(max(level), 0) as bigint) as levels from below";
    CHILD = concat!(columns!(), "where e.parent_id = $1 and e.name_key = $2 and e.trashed_at_ms is null");
    CHILDREN = concat!(columns!(), "where e.parent_id = $1 and e.trashed_at_ms is null
            and (e.kind, e.name_key) > ($2, $3)
        order by e.kind, e.name_key limit $4");
    FILES_OF = concat!(columns!(), "where e.parent_id = $1 and e.kind = 1 and e.trashed_at_ms is null
            and e.name_key > $2
        order by e.name_key limit $3");
    LIVE_FOLDERS = "select id, space_id from entries where id in ($LIST) and kind = 0 and trashed_at_ms is null";
    /// Files that were sent before: same folder, same name as sent, same bytes.
    SENT_BEFORE rows 3 = "with wanted (parent_id, sent_name_key, sha256) as (values $ROWS)
        select e.parent_id, e.sent_name_key, e.sha256, e.id, e.name
        from wanted w
        join entries e on e.parent_id = w.parent_id and e.sent_name_key = w.sent_name_key and e.sha256 = w.sha256
        where e.trashed_at_ms is null
        order by e.created_at_ms, e.id";
    /// How many live files of a folder were sent under a name.
    SENT_COUNTS rows 2 = "with wanted (parent_id, sent_name_key) as (values $ROWS)
        select w.parent_id, w.sent_name_key, count(*) as files
        from wanted w
        join entries e on e.parent_id = w.parent_id and e.sent_name_key = w.sent_name_key
        where e.trashed_at_ms is null
        group by w.parent_id, w.sent_name_key";
    /// Which of these names are taken in these folders.
    TAKEN rows 2 = "with wanted (parent_id, name_key) as (values $ROWS)
        select e.parent_id, e.name_key
        from wanted w
        join entries e on e.parent_id = w.parent_id and e.name_key = w.name_key
        where e.trashed_at_ms is null";
    INSERT rows 16 = "insert into entries
        (id, space_id, parent_id, kind, name, name_key, name_raw, sent_name_key, stem_key, sha256, asset_id,
            size_bytes, modified_at_ms, device_id, created_at_ms, changed_at_ms)
        values $ROWS";
    PLACE = "update entries set parent_id = $2, name = $3, name_key = $4, name_raw = $5, changed_at_ms = $6,
            stem_key = case when kind = 1 then coalesce($7, stem_key) end
        where id = $1";
    BY_ASSET = concat!(columns!(), "where e.asset_id = $1
        order by case when e.trashed_at_ms is null then 0 else 1 end, e.created_at_ms, e.id");
    BY_HASHES = concat!(columns!(), "where e.space_id = $1 and e.sha256 in ($LIST) and e.trashed_at_ms is null
        order by e.created_at_ms, e.id");
    TOTALS = "select
            count(case when kind = 1 and trashed_at_ms is null then 1 end) as files,
            cast(coalesce(sum(case when kind = 1 and trashed_at_ms is null then size_bytes end), 0) as bigint)
                as file_bytes,
            count(case when kind = 0 and trashed_at_ms is null and parent_id is not null then 1 end) as folders,
            count(case when kind = 1 and trashed_at_ms is not null then 1 end) as trashed_files
        from entries where space_id = $1";
}
