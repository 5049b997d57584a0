//! Statements on the change feed.

crate::sql::statements! {
    "changes";
    /// Takes the next places. The row stays locked until the transaction ends, so that places are
    /// given out in the order of commits.
    TAKE_PLACES = "update counters set value = value + $1 where name = 'changes' returning value";
    INSERT rows 10 = "insert into changes
        (sequence, kind, at_ms, space_id, user_id, entry_id, asset_id, album_id, device_id, sha256)
        values $ROWS";
    AFTER = "select sequence, kind, at_ms, space_id, user_id, entry_id, asset_id, album_id, device_id, sha256
        from changes
        where sequence > $1 and sequence <= $2
            and (user_id = $3 or space_id in ($LIST) or (space_id is null and user_id is null))
            and ($4 = 0 or kind in ('content-trashed', 'content-restored', 'content-damaged', 'content-repaired'))
        order by sequence limit $5";
    /// When what stands at some places happened.
    TIMES = "select sequence, at_ms from changes where sequence in ($LIST)";
    NEWEST = "select value from counters where name = 'changes'";
}
