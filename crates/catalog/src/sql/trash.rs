//! Statements on trash, restore and purge.

use super::entries::columns;

crate::sql::statements! {
    "trash";
    MARK = "with recursive below (id) as (
            select id from entries where id = $1 and trashed_at_ms is null
            union all
            select e.id from below b join entries e on e.parent_id = b.id where e.trashed_at_ms is null
        )
        update entries set trashed_at_ms = $2, changed_at_ms = $2, trash_root_id = $1
        where id in (select id from below)";
    /// Files that go along with a deleted file: they are its item's.
    MARK_ALONG = "update entries set trashed_at_ms = $2, changed_at_ms = $2, trash_root_id = $1
        where id in ($LIST) and trashed_at_ms is null and kind = 1";
    /// What went along stands in other folders than below the deleted item, and comes back to them.
    ALONG = concat!(columns!(), "where e.trash_root_id = $1 and e.id <> $1 and e.trash_folder is not null
        order by e.created_at_ms, e.id");
    UNMARK_ONE = "update entries set trashed_at_ms = null, trash_root_id = null, trash_folder = null,
            trash_seen_ms = null, changed_at_ms = $2
        where id = $1";
    MARK_FOLDER = "update entries set trash_folder = $2 where id = $1";
    COUNTS = "select count(case when kind = 1 then 1 end) as files, count(case when kind = 0 then 1 end) as folders
        from entries where trash_root_id = $1";
    /// Contents of a deleted item that no live file of its Space has.
    BURY = "insert into tombstones (space_id, sha256, name, deleted_at_ms, deleted_by)
        select e.space_id, e.sha256, min(e.name), $2, $3 from entries e
        where e.trash_root_id = $1 and e.sha256 is not null and not exists (
            select 1 from entries l
            where l.space_id = e.space_id and l.sha256 = e.sha256 and l.trashed_at_ms is null)
        group by e.space_id, e.sha256
        on conflict (space_id, sha256) do update
            set name = excluded.name, deleted_at_ms = excluded.deleted_at_ms, deleted_by = excluded.deleted_by
        returning sha256";
    MARK_ASSETS = "update assets set trashed_at_ms = $2
        where trashed_at_ms is null
            and id in (select e.asset_id from entries e where e.trash_root_id = $1 and e.asset_id is not null)
            and not exists (select 1 from entries l where l.asset_id = assets.id and l.trashed_at_ms is null)";
    LIST = concat!(columns!(), "where e.space_id = $1 and e.trash_root_id = e.id
            and (e.trashed_at_ms, e.id) < ($2, $3)
        order by e.trashed_at_ms desc, e.id desc limit $4");
    FILES_OF = "select trash_root_id, count(*) as files from entries
        where trash_root_id in ($LIST) and kind = 1 group by trash_root_id";
    /// Contents of a deleted item that no live file of its Space has: they come back with it.
    COMING_BACK = "select distinct e.sha256 from entries e
        where e.trash_root_id = $1 and e.sha256 is not null and not exists (
            select 1 from entries l
            where l.space_id = e.space_id and l.sha256 = e.sha256 and l.trashed_at_ms is null)
        order by e.sha256";
    REVIVE_ASSETS = "update assets set trashed_at_ms = null
        where trashed_at_ms is not null
            and id in (select e.asset_id from entries e where e.trash_root_id = $1 and e.asset_id is not null)";
    UNMARK = "update entries set trashed_at_ms = null, trash_root_id = null, trash_folder = null,
            trash_seen_ms = null, changed_at_ms = $2
        where trash_root_id = $1";
    CONTENTS = "select distinct sha256 from entries where trash_root_id = $1 and sha256 is not null";
    ASSETS = "select distinct asset_id from entries where trash_root_id = $1 and asset_id is not null";
    /// What was deleted by itself earlier, below what is purged now, must not point at a row that goes.
    LIFT_OUT = "update entries set parent_id = (select s.root_id from spaces s where s.id = entries.space_id)
        where trash_root_id <> $1
            and parent_id in (select gone.id from entries gone where gone.trash_root_id = $1)";
    DELETE = "delete from entries where trash_root_id = $1";
    DELETE_ASSETS = "delete from assets
        where id in ($LIST) and not exists (select 1 from entries e where e.asset_id = assets.id)
        returning id";
    NOTE_SEEN = "update entries set trash_seen_ms = $1 where trash_root_id = id and trash_seen_ms is null";
    EXPIRED = "select space_id, id from entries
        where trash_root_id = id and trashed_at_ms < $1 and trash_seen_ms < $2
        order by trashed_at_ms, id limit $3";
}
