//! Statements on the words by which assets and albums are found.

crate::sql::statements! {
    "terms";
    FORGET = "delete from search_words where asset_id = $1 and source = $2";
    ADD rows 4 = "insert into search_words (space_id, word, asset_id, source) values $ROWS
        on conflict (space_id, word, asset_id, source) do nothing";
    NAMES_OF = "select name, trashed_at_ms from entries where asset_id = $1 order by created_at_ms, id";
    FORGET_ALBUM = "delete from album_words where album_id = $1";
    ADD_ALBUM rows 3 = "insert into album_words (space_id, word, album_id) values $ROWS
        on conflict (space_id, word, album_id) do nothing";
    /// Albums, to give those their words that came before words were kept.
    ALBUMS_AFTER = "select id, space_id, name from albums where id > $1 order by id limit $2";
}
