//! Filing files: the same thing once, other things under numbered names, many in a few queries.

use std::collections::{HashMap, HashSet};

use domain::{ContentHash, EntryId, Name, SpaceId};

use crate::entries::{EntryKind, Filed, NewFile, kind_number};
use crate::error::{Error, Result};
use crate::names::{name_key, stem_key};
use crate::places::ENTRY_WIDTH;
use crate::sql::entries as sql;
use crate::tx::{LIST_MAX, Tx, query};
use crate::value::Value;

/// How many files one statement adds.
const INSERT_ROWS: usize = 50;

/// How many numbers are tried in the first round, and by how much more in each later one.
const TRIED_FIRST: u64 = 4;
const TRIED_GROWTH: u64 = 8;

/// A name in a folder, by its key.
type Place = (EntryId, Vec<u8>);

/// Files all of `files`; see [`crate::entries::insert_files`].
pub(crate) async fn file_all(tx: &mut Tx, files: &[NewFile]) -> Result<Vec<Filed>> {
    check_folders(tx, files).await?;
    let mut sent = sent_before(tx, files).await?;
    let mut wanted: Vec<(usize, Place)> = Vec::new();
    for (index, file) in files.iter().enumerate() {
        let place = (file.parent_id, name_key(&file.name));
        let same = (place.clone(), file.sha256);
        if let std::collections::hash_map::Entry::Vacant(vacant) = sent.entry(same) {
            vacant.insert(Sent::InThisBatch(index));
            wanted.push((index, place));
        }
    }
    let names = choose_names(tx, files, &wanted).await?;
    for chunk in wanted.chunks(INSERT_ROWS) {
        let rows = chunk.iter().flat_map(|(index, place)| {
            let name = names.get(index).unwrap_or(&files[*index].name);
            values_of(&files[*index], name, &place.1)
        });
        let rows: Vec<_> = rows.collect();
        query(sql::INSERT).rows(ENTRY_WIDTH, rows).run(tx).await?;
    }
    let filed = files.iter().enumerate().map(|(index, file)| {
        match sent.get(&((file.parent_id, name_key(&file.name)), file.sha256)) {
            Some(Sent::Before(filed)) => filed.clone(),
            Some(Sent::InThisBatch(first)) => {
                let name = names.get(first).unwrap_or(&files[*first].name);
                Filed { id: files[*first].id, name: name.as_str().to_owned(), created: *first == index }
            }
            None => Filed { id: file.id, name: file.name.as_str().to_owned(), created: true },
        }
    });
    Ok(filed.collect())
}

/// A name for something that comes into a folder: `name` itself, or numbered when it is taken.
pub(crate) async fn free_name(tx: &mut Tx, folder_id: EntryId, name: &Name) -> Result<Name> {
    let place = (folder_id, name_key(name));
    if !taken(tx, std::iter::once(place.clone())).await?.contains(&place) {
        return Ok(name.clone());
    }
    let crowd =
        Crowd { name, folder_id, count: sent_counts(tx, &[place]).await?.into_values().sum(), needed: 1 };
    let mut names = numbered_names(tx, &[crowd]).await?;
    names.pop().and_then(|mut names| names.pop()).ok_or_else(|| Error::NameTaken(name.as_str().to_owned()))
}

/// Where a file of a batch is, or will be.
enum Sent {
    Before(Filed),
    /// The file of the batch with this index is the first of its kind.
    InThisBatch(usize),
}

/// Every folder must be live and in the Space that its file says.
async fn check_folders(tx: &mut Tx, files: &[NewFile]) -> Result<()> {
    let mut wanted: Vec<EntryId> = files.iter().map(|file| file.parent_id).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let mut spaces: HashMap<EntryId, SpaceId> = HashMap::new();
    for chunk in wanted.chunks(LIST_MAX) {
        for row in query(sql::LIVE_FOLDERS).list(chunk).all(tx).await? {
            spaces.insert(row.key("id")?, row.key("space_id")?);
        }
    }
    let fits = |file: &NewFile| spaces.get(&file.parent_id) == Some(&file.space_id);
    if files.iter().all(fits) { Ok(()) } else { Err(Error::NotFound("folder")) }
}

/// What of `files` was sent before.
async fn sent_before(tx: &mut Tx, files: &[NewFile]) -> Result<HashMap<(Place, ContentHash), Sent>> {
    let mut sent = HashMap::new();
    for chunk in files.chunks(LIST_MAX) {
        let wanted = chunk.iter().flat_map(|file| -> [Value<'_>; 3] {
            [file.parent_id.into(), name_key(&file.name).into(), file.sha256.into()]
        });
        for row in query(sql::SENT_BEFORE).rows(3, wanted).all(tx).await? {
            let place = (row.key("parent_id")?, row.bytes("sent_name_key")?);
            let filed = Filed { id: row.key("id")?, name: row.text("name")?, created: false };
            sent.entry((place, row.key("sha256")?)).or_insert(Sent::Before(filed));
        }
    }
    Ok(sent)
}

/// The names of those files that cannot have the one they were sent with, by index.
async fn choose_names(
    tx: &mut Tx,
    files: &[NewFile],
    wanted: &[(usize, Place)],
) -> Result<HashMap<usize, Name>> {
    let mut used = taken(tx, wanted.iter().map(|(_, place)| place.clone())).await?;
    let mut crowded: Vec<(Place, Vec<usize>)> = Vec::new();
    let mut crowd_of: HashMap<&Place, usize> = HashMap::new();
    for (index, place) in wanted {
        if used.insert(place.clone()) {
            continue;
        }
        let at = *crowd_of.entry(place).or_insert_with(|| {
            crowded.push((place.clone(), Vec::new()));
            crowded.len() - 1
        });
        crowded[at].1.push(*index);
    }
    if crowded.is_empty() {
        return Ok(HashMap::new());
    }
    let places: Vec<Place> = crowded.iter().map(|(place, _)| place.clone()).collect();
    let counts = sent_counts(tx, &places).await?;
    let crowds: Vec<Crowd<'_>> = crowded
        .iter()
        .map(|(place, indices)| Crowd {
            name: &files[indices[0]].name,
            folder_id: place.0,
            count: counts.get(place).copied().unwrap_or(0),
            needed: indices.len(),
        })
        .collect();
    let free = numbered_names_beside(tx, &crowds, used).await?;
    let indices = crowded.into_iter().flat_map(|(_, indices)| indices);
    Ok(indices.zip(free.into_iter().flatten()).collect())
}

/// Things that want one name in one folder.
struct Crowd<'a> {
    name: &'a Name,
    folder_id: EntryId,
    /// How many live files were sent under it before: where the numbers probably end.
    count: u64,
    /// How many numbered names are needed.
    needed: usize,
}

async fn numbered_names(tx: &mut Tx, crowds: &[Crowd<'_>]) -> Result<Vec<Vec<Name>>> {
    numbered_names_beside(tx, crowds, HashSet::new()).await
}

/// Free numbered names for each crowd, none of which is in `used`. Asks in rounds that grow, so
/// that however many numbers are taken, few rounds are needed; the first one hits nearly always,
/// because numbers are given out in order.
async fn numbered_names_beside(
    tx: &mut Tx,
    crowds: &[Crowd<'_>],
    mut used: HashSet<Place>,
) -> Result<Vec<Vec<Name>>> {
    let mut free: Vec<Vec<Name>> = crowds.iter().map(|_| Vec::new()).collect();
    let mut from: Vec<u64> = crowds.iter().map(|_| 2).collect();
    let mut tried = TRIED_FIRST;
    loop {
        let mut candidates: Vec<(usize, Name, Place)> = Vec::new();
        for (at, crowd) in crowds.iter().enumerate() {
            let missing = (crowd.needed - free[at].len()) as u64;
            if missing == 0 {
                continue;
            }
            let first_round = from[at] == 2;
            let low = from[at]..from[at] + tried;
            let after = low.end.max(if first_round { crowd.count + 1 } else { 0 });
            let high = after..after + missing + tried;
            from[at] = high.end;
            for number in low.chain(high) {
                let name = crowd.name.numbered(number);
                let place = (crowd.folder_id, name_key(&name));
                candidates.push((at, name, place));
            }
        }
        if candidates.is_empty() {
            return Ok(free);
        }
        let taken = taken(tx, candidates.iter().map(|(_, _, place)| place.clone())).await?;
        for (at, name, place) in candidates {
            let enough = free[at].len() == crowds[at].needed;
            if !enough && !taken.contains(&place) && used.insert(place) {
                free[at].push(name);
            }
        }
        tried = tried.saturating_mul(TRIED_GROWTH).min(LIST_MAX as u64 * 8);
    }
}

/// Which of these names are taken.
async fn taken(tx: &mut Tx, places: impl Iterator<Item = Place>) -> Result<HashSet<Place>> {
    let places: Vec<Place> = places.collect();
    let mut taken = HashSet::new();
    for chunk in places.chunks(LIST_MAX) {
        for row in query(sql::TAKEN).rows(2, chunk.iter().flat_map(place_values)).all(tx).await? {
            taken.insert((row.key("parent_id")?, row.bytes("name_key")?));
        }
    }
    Ok(taken)
}

/// How many live files of each folder were sent under a name.
async fn sent_counts(tx: &mut Tx, places: &[Place]) -> Result<HashMap<Place, u64>> {
    let mut counts = HashMap::new();
    for chunk in places.chunks(LIST_MAX) {
        for row in query(sql::SENT_COUNTS).rows(2, chunk.iter().flat_map(place_values)).all(tx).await? {
            counts.insert((row.key("parent_id")?, row.bytes("sent_name_key")?), row.count("files")?);
        }
    }
    Ok(counts)
}

fn place_values(place: &Place) -> [Value<'_>; 2] {
    [place.0.into(), place.1.as_slice().into()]
}

fn values_of<'a>(file: &'a NewFile, name: &'a Name, sent_name_key: &'a [u8]) -> [Value<'a>; ENTRY_WIDTH] {
    [
        file.id.into(),
        file.space_id.into(),
        file.parent_id.into(),
        kind_number(EntryKind::File).into(),
        name.as_str().into(),
        name_key(name).into(),
        // Only where it says more than the name.
        file.name_raw.as_deref().filter(|raw| *raw != name.as_str().as_bytes()).into(),
        sent_name_key.into(),
        stem_key(name).into(),
        file.sha256.into(),
        file.asset_id.into(),
        file.size_bytes.into(),
        file.modified_at_ms.into(),
        file.device_id.into(),
        file.now_ms.into(),
        file.now_ms.into(),
    ]
}
