//! The words by which assets and albums are found: those of facts come with a description, those of
//! names are kept here, in the transaction that changes the name.

use domain::{AlbumId, AssetId, Name, SpaceId, words_of};

use crate::error::Result;
use crate::sql::terms as sql;
use crate::tx::{Tx, query};
use crate::value::Value;

/// Where a word of an asset comes from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Source {
    /// What the picture says of itself.
    Facts,
    /// The names of its files.
    Names,
}

/// The most words by which one asset is found, from each source.
pub const WORDS_MAX: usize = 200;

/// The longest word, in bytes; of a longer one this much of its start is kept.
pub const WORD_MAX_BYTES: usize = 64;

/// How many words one statement adds.
const WORD_ROWS: usize = 100;

/// How many albums get their words in one go.
const ALBUM_ROWS: usize = 500;

/// How a word stands in the tables.
pub(crate) fn word_key(word: &str) -> &[u8] {
    let end = (0..=word.len().min(WORD_MAX_BYTES)).rev().find(|&end| word.is_char_boundary(end));
    &word.as_bytes()[..end.unwrap_or(0)]
}

/// Gives an asset these words from a source, in place of those it had from there.
pub(crate) async fn replace(
    tx: &mut Tx,
    space_id: SpaceId,
    asset_id: AssetId,
    source: Source,
    words: &[String],
) -> Result<()> {
    query(sql::FORGET).bind(asset_id).bind(number(source)).run(tx).await?;
    add(tx, keys_of(words).into_iter().map(|key| (space_id, key, asset_id)).collect(), source).await
}

/// Adds the words of names that assets got.
pub(crate) async fn add_names(tx: &mut Tx, named: &[(SpaceId, AssetId, &Name)]) -> Result<()> {
    let words: Vec<(SpaceId, AssetId, Vec<String>)> = named
        .iter()
        .map(|(space_id, asset_id, name)| (*space_id, *asset_id, words_of(name.as_str())))
        .collect();
    let rows = words.iter().flat_map(|(space_id, asset_id, words)| {
        keys_of(words).into_iter().map(|key| (*space_id, key, *asset_id))
    });
    add(tx, rows.collect(), Source::Names).await
}

/// Gives an asset the words of the names that its files have now: of the live ones, or of all when it is
/// in the trash.
pub(crate) async fn refresh_names(tx: &mut Tx, space_id: SpaceId, asset_id: AssetId) -> Result<()> {
    let mut names = Vec::new();
    for row in query(sql::NAMES_OF).bind(asset_id).all(tx).await? {
        names.push((row.text("name")?, row.number_or_none("trashed_at_ms")?.is_none()));
    }
    let any_live = names.iter().any(|(_, is_live)| *is_live);
    let shown = names.iter().filter(|(_, is_live)| *is_live == any_live);
    let words: Vec<String> = shown.flat_map(|(name, _)| words_of(name)).collect();
    replace(tx, space_id, asset_id, Source::Names, &words).await
}

/// Gives an album the words of its name.
pub(crate) async fn name_album(tx: &mut Tx, space_id: SpaceId, id: AlbumId, name: &str) -> Result<()> {
    query(sql::FORGET_ALBUM).bind(id).run(tx).await?;
    add_album(tx, space_id, id, name).await
}

async fn add_album(tx: &mut Tx, space_id: SpaceId, id: AlbumId, name: &str) -> Result<()> {
    let words = words_of(name);
    for chunk in keys_of(&words).chunks(WORD_ROWS) {
        let rows =
            chunk.iter().flat_map(|key| -> [Value<'_>; 3] { [space_id.into(), (*key).into(), id.into()] });
        query(sql::ADD_ALBUM).rows(3, rows).run(tx).await?;
    }
    Ok(())
}

/// Gives all albums the words of their names: part of the step that brought these words.
pub(crate) async fn name_all_albums(tx: &mut Tx) -> Result<()> {
    let mut after: Option<AlbumId> = None;
    loop {
        let behind = after.map_or_else(Vec::new, |id| id.as_bytes().to_vec());
        let rows = query(sql::ALBUMS_AFTER).bind(behind).bind(ALBUM_ROWS).all(tx).await?;
        for row in &rows {
            let id = row.key("id")?;
            add_album(tx, row.key("space_id")?, id, &row.text("name")?).await?;
            after = Some(id);
        }
        if rows.len() < ALBUM_ROWS {
            return Ok(());
        }
    }
}

async fn add(tx: &mut Tx, mut rows: Vec<(SpaceId, &[u8], AssetId)>, source: Source) -> Result<()> {
    rows.sort_unstable();
    rows.dedup();
    for chunk in rows.chunks(WORD_ROWS) {
        let values = chunk.iter().flat_map(|(space_id, key, asset_id)| -> [Value<'_>; 4] {
            [(*space_id).into(), (*key).into(), (*asset_id).into(), number(source).into()]
        });
        query(sql::ADD).rows(4, values).run(tx).await?;
    }
    Ok(())
}

fn keys_of(words: &[String]) -> Vec<&[u8]> {
    let mut keys: Vec<&[u8]> =
        words.iter().map(|word| word_key(word)).filter(|key| !key.is_empty()).collect();
    keys.sort_unstable();
    keys.dedup();
    keys.truncate(WORDS_MAX);
    keys
}

const fn number(source: Source) -> i64 {
    match source {
        Source::Facts => 0,
        Source::Names => 1,
    }
}
