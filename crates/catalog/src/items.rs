//! Pictures and videos that are one item, and what persons decided about that.
//!
//! The catalog keeps what belongs together and finds what may; who belongs to whom is the library's to say
//! (`library::pairs`). One asset of an item *leads*; every other one is a *part* and names it. Parts have no
//! parts, and a live part's lead is live: whoever moves a lead into the trash sees to that in the same
//! transaction.

use std::collections::HashMap;

use domain::{AlbumId, AssetId, DecisionId, EntryId, Name, SpaceId, TimestampMs};

use crate::assets::AssetKind;
use crate::error::Result;
use crate::names::stem_key;
use crate::row::Row;
use crate::sql::Sql;
use crate::sql::items as sql;
use crate::tx::{LIST_MAX, Tx, query};
use crate::value::Value;
use crate::words::words;

words! {
    /// What a part is to its lead.
    PartRole {
        /// The seconds around a live photo.
        Film = "film",
        /// What the sensor saw, beside the finished picture.
        Raw = "raw",
        /// The picture before it was edited.
        Original = "original",
        /// An edited version.
        Edited = "edited",
        /// Another picture of the same burst.
        Burst = "burst",
        /// The same picture in another form, or what a person joined.
        Version = "version",
    }
}

words! {
    /// How it was found that assets belong together.
    PartRule {
        /// A person said so.
        Person = "person",
        /// Both halves of a live photo have the same identifier in them.
        LiveId = "live-id",
        /// A burst's pictures have the same identifier in them, or the camera named them so.
        Burst = "burst",
        /// Same folder and name, one of them a short film of the same moment.
        LiveName = "live-name",
        /// Same folder and name, one of them raw, of the same moment.
        RawName = "raw-name",
        /// Same folder, and the name says that it is an edited version.
        EditedName = "edited-name",
    }
}

words! {
    /// What a person decided.
    Verdict {
        /// They are one item.
        Together = "together",
        /// Those on different sides are not.
        Apart = "apart",
    }
}

/// What a part says about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartOf {
    /// Which asset leads the item.
    pub lead_id: AssetId,
    /// What it is to the lead.
    pub role: PartRole,
    /// How that was found.
    pub rule: PartRule,
}

/// A part of an item, as its lead names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The asset.
    pub id: AssetId,
    /// Picture or video.
    pub kind: AssetKind,
    /// What it is to the lead.
    pub role: PartRole,
    /// How that was found.
    pub rule: PartRule,
    /// What one of its files is called; empty when it has none.
    pub name: String,
    /// How many bytes.
    pub size_bytes: u64,
    /// Its type, found by looking at its bytes.
    pub content_type: String,
}

/// What an item has besides its lead, for a timeline. Only live parts count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ItemMarks {
    /// The film of a live photo.
    pub film_id: Option<AssetId>,
    /// Whether there is a raw file.
    pub has_raw: bool,
    /// Whether there is another version: the original, an edited one, or what a person joined.
    pub has_versions: bool,
    /// How many pictures the burst has, the lead counted; 0 when it is none.
    pub burst_pictures: u64,
}

/// What is known of an asset by which it may belong to others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The asset.
    pub id: AssetId,
    /// The Space it is in.
    pub space_id: SpaceId,
    /// Picture or video.
    pub kind: AssetKind,
    /// Its type, found by looking at its bytes.
    pub content_type: String,
    /// When it came to the hub.
    pub created_at_ms: TimestampMs,
    /// Whether no live entry shows it.
    pub is_trashed: bool,
    /// The item whose part it is.
    pub part_of: Option<PartOf>,
    /// A live photo's identifier.
    pub live_key: Option<String>,
    /// A burst's identifier.
    pub burst_key: Option<String>,
    /// When a person chose it to lead.
    pub chosen_at_ms: Option<TimestampMs>,
    /// The facts of its description; `None` until somebody has looked.
    pub facts: Option<String>,
    /// Its live files, oldest first.
    pub places: Vec<MemberPlace>,
}

/// Where a file of a [`Member`] is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberPlace {
    /// Its folder.
    pub folder_id: EntryId,
    /// Its name.
    pub name: String,
    /// When it was last changed on its device.
    pub modified_at_ms: Option<TimestampMs>,
}

/// An asset's part in a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// Which decision.
    pub id: DecisionId,
    /// The asset.
    pub asset_id: AssetId,
    /// What was decided.
    pub verdict: Verdict,
    /// On which side of it the asset stands.
    pub side: i64,
}

/// A file of an item's folder that has the same stem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileBeside {
    /// The file.
    pub id: EntryId,
    /// Its asset, when it is a picture or video.
    pub asset_id: Option<AssetId>,
    /// Its name.
    pub name: String,
    /// How many bytes.
    pub size_bytes: u64,
    /// Its type.
    pub content_type: String,
}

/// The longest identifier that is kept. Real ones have 36 characters.
pub const KEY_MAX_BYTES: usize = 200;

/// How many rows one statement adds.
const INSERT_ROWS: usize = 100;

/// Who may belong to these assets, or does: pairs of one of them and another one. By the names of their
/// live files, by what they say they share, by their item, and by what persons decided. Never of another
/// Space.
pub async fn relatives(tx: &mut Tx, ids: &[AssetId]) -> Result<Vec<(AssetId, AssetId)>> {
    pairs(tx, &[sql::BESIDE, sql::SHARING], ids).await
}

/// Who is of the same item as these assets: pairs of one of them and another one.
pub async fn same_item(tx: &mut Tx, ids: &[AssetId]) -> Result<Vec<(AssetId, AssetId)>> {
    pairs(tx, &[sql::SAME_ITEM], ids).await
}

async fn pairs(tx: &mut Tx, statements: &[Sql], ids: &[AssetId]) -> Result<Vec<(AssetId, AssetId)>> {
    let mut pairs = Vec::new();
    for chunk in ids.chunks(LIST_MAX) {
        for &statement in statements {
            for row in query(statement).list(chunk).all(tx).await? {
                pairs.push((row.key("of_id")?, row.key("id")?));
            }
        }
    }
    Ok(pairs)
}

/// What is known of these assets, in the order of their ids. Those that do not exist are left out.
pub async fn members(tx: &mut Tx, ids: &[AssetId]) -> Result<Vec<Member>> {
    let mut members = Vec::with_capacity(ids.len());
    let mut places: HashMap<AssetId, Vec<MemberPlace>> = HashMap::new();
    for chunk in ids.chunks(LIST_MAX) {
        for row in query(sql::MEMBERS).list(chunk).all(tx).await? {
            members.push(member_of(&row)?);
        }
        for row in query(sql::PLACES).list(chunk).all(tx).await? {
            places.entry(row.key("asset_id")?).or_default().push(MemberPlace {
                folder_id: row.key("parent_id")?,
                name: row.text("name")?,
                modified_at_ms: row.number_or_none("modified_at_ms")?,
            });
        }
    }
    for member in &mut members {
        member.places = places.remove(&member.id).unwrap_or_default();
    }
    members.sort_by_key(|member| member.id);
    Ok(members)
}

/// What persons decided about these assets.
pub async fn decisions(tx: &mut Tx, ids: &[AssetId]) -> Result<Vec<Decision>> {
    let mut decisions = Vec::new();
    for chunk in ids.chunks(LIST_MAX) {
        for row in query(sql::DECISIONS).list(chunk).all(tx).await? {
            decisions.push(Decision {
                id: row.key("decision_id")?,
                asset_id: row.key("asset_id")?,
                verdict: row.word("verdict", Verdict::from_word)?,
                side: row.number("side")?,
            });
        }
    }
    Ok(decisions)
}

/// Makes an asset a part, or no part any more. False when there is no such asset.
pub async fn set_part(tx: &mut Tx, id: AssetId, part_of: Option<PartOf>) -> Result<bool> {
    query(sql::SET_PART)
        .bind(id)
        .bind(part_of.map(|part| part.lead_id))
        .bind(part_of.map(|part| part.role.as_str()))
        .bind(part_of.map(|part| part.rule.as_str()))
        .changed(tx)
        .await
}

/// Writes down what an asset says it shares with others. Identifiers that are too long, or no plain text,
/// are as good as none. False when there is no such asset.
pub async fn set_keys(
    tx: &mut Tx,
    id: AssetId,
    live_key: Option<&str>,
    burst_key: Option<&str>,
) -> Result<bool> {
    let kept = |key: &&str| (1..=KEY_MAX_BYTES).contains(&key.len()) && !key.contains(char::is_control);
    query(sql::SET_KEYS).bind(id).bind(live_key.filter(kept)).bind(burst_key.filter(kept)).changed(tx).await
}

/// Has one asset lead by a person's choice, and none of `others` any more.
pub async fn choose_lead(tx: &mut Tx, id: AssetId, others: &[AssetId], now_ms: TimestampMs) -> Result<()> {
    unchoose(tx, others).await?;
    query(sql::CHOOSE).bind(id).bind(now_ms).run(tx).await?;
    Ok(())
}

/// Forgets that a person chose any of these to lead.
pub async fn unchoose(tx: &mut Tx, ids: &[AssetId]) -> Result<()> {
    for chunk in ids.chunks(LIST_MAX) {
        query(sql::UNCHOOSE).list(chunk).run(tx).await?;
    }
    Ok(())
}

/// Puts `to` into every album that `from` is in; gives the albums that it was not in.
pub async fn inherit_albums(
    tx: &mut Tx,
    from: AssetId,
    to: AssetId,
    now_ms: TimestampMs,
) -> Result<Vec<AlbumId>> {
    let rows = query(sql::INHERIT_ALBUMS).bind(from).bind(to).bind(now_ms).all(tx).await?;
    rows.iter().map(|row| row.key("album_id")).collect()
}

/// Writes down what a person decided about these assets, each with its side.
pub async fn decide(
    tx: &mut Tx,
    id: DecisionId,
    verdict: Verdict,
    sides: &[(AssetId, i64)],
    now_ms: TimestampMs,
) -> Result<()> {
    for chunk in sides.chunks(INSERT_ROWS) {
        let rows = chunk.iter().flat_map(|&(asset_id, side)| -> [Value<'_>; 5] {
            [id.into(), asset_id.into(), verdict.as_str().into(), side.into(), now_ms.into()]
        });
        query(sql::DECIDE).rows(5, rows).run(tx).await?;
    }
    Ok(())
}

/// Forgets that persons said these are one item with anything.
pub async fn forget_together(tx: &mut Tx, ids: &[AssetId]) -> Result<()> {
    for chunk in ids.chunks(LIST_MAX) {
        query(sql::FORGET_TOGETHER).list(chunk).run(tx).await?;
    }
    Ok(())
}

/// Puts these assets on one side of a decision that keeps them apart.
pub async fn same_side(tx: &mut Tx, id: DecisionId, ids: &[AssetId], side: i64) -> Result<()> {
    for chunk in ids.chunks(LIST_MAX) {
        query(sql::SAME_SIDE).bind(id).bind(side).list(chunk).run(tx).await?;
    }
    Ok(())
}

/// The live parts of these leads, each in the order in which they were taken.
pub async fn parts_of(tx: &mut Tx, leads: &[AssetId]) -> Result<HashMap<AssetId, Vec<Part>>> {
    let mut parts: HashMap<AssetId, Vec<Part>> = HashMap::new();
    for chunk in leads.chunks(LIST_MAX) {
        for row in query(sql::PARTS_OF).list(chunk).all(tx).await? {
            parts.entry(row.key("lead_id")?).or_default().push(part_of_row(&row)?);
        }
    }
    Ok(parts)
}

/// What these leads have besides themselves; those that have nothing are left out.
pub async fn marks(tx: &mut Tx, leads: &[AssetId]) -> Result<HashMap<AssetId, ItemMarks>> {
    let mut marks: HashMap<AssetId, ItemMarks> = HashMap::new();
    for chunk in leads.chunks(LIST_MAX) {
        let mut any_film = false;
        for row in query(sql::COUNT_PARTS).list(chunk).all(tx).await? {
            let mark = marks.entry(row.key("lead_id")?).or_default();
            match row.word("part_role", PartRole::from_word)? {
                PartRole::Film => any_film = true,
                PartRole::Raw => mark.has_raw = true,
                PartRole::Burst => mark.burst_pictures = row.count("parts")? + 1,
                PartRole::Original | PartRole::Edited | PartRole::Version => mark.has_versions = true,
            }
        }
        if any_film {
            for row in query(sql::FILMS_OF).list(chunk).all(tx).await? {
                let mark = marks.entry(row.key("lead_id")?).or_default();
                let film_id = row.key("id")?;
                mark.film_id.get_or_insert(film_id);
            }
        }
    }
    Ok(marks)
}

/// The live files of an item's parts, each with its folder.
pub async fn files_of_parts(tx: &mut Tx, lead_id: AssetId) -> Result<Vec<(EntryId, EntryId)>> {
    let rows = query(sql::FILES_OF_PARTS).bind(lead_id).all(tx).await?;
    rows.iter().map(|row| Ok((row.key("id")?, row.key("parent_id")?))).collect()
}

/// The live files in the same folder as a file whose names have the same stem, itself included when it is
/// live.
pub async fn same_stem(tx: &mut Tx, file_id: EntryId) -> Result<Vec<FileBeside>> {
    let rows = query(sql::SAME_STEM).bind(file_id).all(tx).await?;
    rows.iter()
        .map(|row| {
            Ok(FileBeside {
                id: row.key("id")?,
                asset_id: row.key_or_none("asset_id")?,
                name: row.text("name")?,
                size_bytes: row.count("size_bytes")?,
                content_type: row.text("content_type")?,
            })
        })
        .collect()
}

/// The parts of items whose lead has a file in this deleted item, and whether each is live.
pub async fn parts_of_trashed(tx: &mut Tx, root_id: EntryId) -> Result<Vec<(AssetId, bool)>> {
    let rows = query(sql::PARTS_OF_TRASHED).bind(root_id).all(tx).await?;
    rows.iter().map(|row| Ok((row.key("id")?, row.number_or_none("trashed_at_ms")?.is_none()))).collect()
}

/// Gives files from before stems were kept theirs, at most `limit`; says how many. Fewer mean the end.
pub async fn fill_stems(tx: &mut Tx, limit: u32) -> Result<u64> {
    let rows = query(sql::WITHOUT_STEM).bind(i64::from(limit)).all(tx).await?;
    for row in &rows {
        let (id, name): (EntryId, Name) = (row.key("id")?, row.name("name")?);
        query(sql::SET_STEM).bind(id).bind(stem_key(&name)).run(tx).await?;
    }
    Ok(rows.len() as u64)
}

/// The columns `lead_id`, `part_role` and `part_rule` of an asset.
pub(crate) fn part_of(row: &Row) -> Result<Option<PartOf>> {
    let Some(lead_id) = row.key_or_none("lead_id")? else { return Ok(None) };
    let role = row.word("part_role", PartRole::from_word)?;
    Ok(Some(PartOf { lead_id, role, rule: row.word("part_rule", PartRule::from_word)? }))
}

fn member_of(row: &Row) -> Result<Member> {
    Ok(Member {
        id: row.key("id")?,
        space_id: row.key("space_id")?,
        kind: row.word("kind", AssetKind::from_word)?,
        content_type: row.text("content_type")?,
        created_at_ms: row.number("created_at_ms")?,
        is_trashed: row.number_or_none("trashed_at_ms")?.is_some(),
        part_of: part_of(row)?,
        live_key: row.text_or_none("live_key")?,
        burst_key: row.text_or_none("burst_key")?,
        chosen_at_ms: row.number_or_none("chosen_at_ms")?,
        facts: row.text_or_none("facts")?,
        places: Vec::new(),
    })
}

fn part_of_row(row: &Row) -> Result<Part> {
    Ok(Part {
        id: row.key("id")?,
        kind: row.word("kind", AssetKind::from_word)?,
        role: row.word("part_role", PartRole::from_word)?,
        rule: row.word("part_rule", PartRule::from_word)?,
        name: row.text_or_none("name")?.unwrap_or_default(),
        size_bytes: row.count("size_bytes")?,
        content_type: row.text("content_type")?,
    })
}
