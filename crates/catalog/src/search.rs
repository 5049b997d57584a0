//! Searching pictures and videos: words, and what else is known of them, newest first.
//!
//! Which index leads is decided before each page by counting, each count bounded: whatever there is little
//! of is gathered and sorted; when there is much of everything, the walk goes along time (of the camera or
//! the place, when one is asked for) and tries one moment after the other, in steps. A page ends after
//! [`EXAMINED_MAX`] moments, full or not, so that no question reads a million rows before it answers: pages
//! may be short, even empty, while `next` says where to go on.

use domain::{AlbumId, AssetId, SpaceId, TimestampMs};

use crate::assets::AssetKind;
use crate::cells::{GeoBox, STRETCHES};
use crate::error::Result;
use crate::labels::number_of;
use crate::page::{ByTimeDown, Listed, Page};
use crate::sql::Sql;
use crate::sql::search as sql;
use crate::terms::word_key;
use crate::timeline::{Moment, moment_of};
use crate::tx::{Query, Tx, query};
use crate::value::Value;

/// What is searched for; everything must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Beginnings of words, as [`domain::words_of`] makes them. Each must begin a word of the asset's
    /// facts, of the name of a file of it, or of an album it is in.
    pub words: Vec<String>,
    /// From this moment on the taker's clock on.
    pub from_ms: Option<TimestampMs>,
    /// Before this moment on the taker's clock.
    pub before_ms: Option<TimestampMs>,
    /// Pictures or videos.
    pub kind: Option<AssetKind>,
    /// Of this type, such as `image/heic`.
    pub content_type: Option<String>,
    /// Taken with this camera, by its name in [`crate::labels::cameras`].
    pub camera: Option<String>,
    /// Taken at this place, by its name in [`crate::labels::places`].
    pub place: Option<String>,
    /// In this album.
    pub album_id: Option<AlbumId>,
    /// Whether the place must be known, or must not.
    pub has_place: Option<bool>,
    /// Taken within this rectangle.
    pub within: Option<GeoBox>,
}

/// Of what there is less than this is gathered; more is walked along.
const GATHERED_MAX: u64 = 10_000;

/// How many moments the steps of one page's walk are long. Where much is found the first one suffices.
const STEPS: [usize; 3] = [500, 1_500, 6_000];

/// How many moments one page looks at, in each Space.
pub const EXAMINED_MAX: usize = STEPS[0] + STEPS[1] + STEPS[2];

/// The live assets of some Spaces that are what is wanted, newest first by the taker's clock, then by id.
/// A page may hold fewer than asked for, or none, while there is a next one.
pub async fn find(tx: &mut Tx, spaces: &[SpaceId], wanted: &Wanted, page: &Page) -> Result<Listed<Moment>> {
    let mut search = Search::new(wanted, page)?;
    let found = match few(tx, spaces, &search).await? {
        Some(lead) => {
            let moments = search.moments(tx, spaces, lead).await?;
            Listed::cut(moments, page.rows(), TAG, place_of)
        }
        None => walk(tx, spaces, &mut search, page.rows()).await?,
    };
    Ok(found)
}

/// Which list a cursor is of.
const TAG: u8 = b's';

fn place_of(moment: &Moment) -> ByTimeDown {
    ByTimeDown(moment.local_ms, moment.id.as_bytes().to_vec())
}

/// What a statement is led by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lead {
    Time,
    Camera,
    Place,
    /// The word with this index.
    Word(usize),
    Album,
    Box,
}

/// A moment and an asset: a place in the list, newest first.
type Spot = (TimestampMs, Vec<u8>);

/// What is wanted, as the statements take it.
struct Search<'a> {
    wanted: &'a Wanted,
    camera: Option<i64>,
    place: Option<i64>,
    /// Words as stretches of words that begin alike.
    stretches: Vec<(Vec<u8>, Vec<u8>)>,
    /// Stretches of the curve that cover the rectangle; empty ones fill up.
    cover: [(i64, i64); STRETCHES],
    /// What comes must lie before this ...
    before: Spot,
    /// ... and not before that.
    floor: Spot,
    rows: usize,
}

impl<'a> Search<'a> {
    fn new(wanted: &'a Wanted, page: &Page) -> Result<Self> {
        let ByTimeDown(ms, id) = page.start(TAG)?;
        let end = wanted.before_ms.map_or((i64::MAX, vec![0xff; 16]), |ms| (ms, Vec::new()));
        let mut cover = [NOWHERE; STRETCHES];
        let stretches = wanted.within.map(GeoBox::stretches).unwrap_or_default();
        for (place, stretch) in cover.iter_mut().zip(stretches) {
            *place = stretch;
        }
        Ok(Self {
            camera: wanted.camera.as_deref().map(number_of),
            place: wanted.place.as_deref().map(number_of),
            stretches: wanted.words.iter().map(|word| beginning_with(word)).collect(),
            cover,
            before: end.min((ms, id)),
            floor: (wanted.from_ms.unwrap_or(i64::MIN), Vec::new()),
            rows: page.rows() + 1,
            wanted,
        })
    }

    /// The assets between `before` and `floor`, newest first, at most `rows`.
    async fn moments(&self, tx: &mut Tx, spaces: &[SpaceId], lead: Lead) -> Result<Vec<Moment>> {
        let mut moments = Vec::new();
        // One walk along an index per Space, as in `timeline::month`.
        for &space_id in spaces {
            let statement = match lead {
                Lead::Time => self.asked(sql::WALK, space_id),
                Lead::Camera => self.asked(sql::WALK_CAMERA, space_id),
                Lead::Place => self.asked(sql::WALK_PLACE, space_id),
                Lead::Album => self.asked(sql::GATHER_ALBUM, space_id),
                Lead::Word(index) => {
                    let (low, high) = &self.stretches[index];
                    self.asked(sql::GATHER_WORD, space_id).bind(low.as_slice()).bind(high.as_slice())
                }
                Lead::Box => bind_cover(self.asked(sql::GATHER_BOX, space_id), &self.cover),
            };
            for row in &self.with_words(statement).all(tx).await? {
                moments.push(moment_of(row)?);
            }
        }
        moments.sort_by_key(|moment| std::cmp::Reverse((moment.local_ms, moment.id)));
        moments.dedup_by_key(|moment| moment.id);
        Ok(moments)
    }

    fn asked(&self, statement: Sql, space_id: SpaceId) -> Query<'_> {
        let within = self.wanted.within;
        query(statement)
            .bind(space_id)
            .bind(self.before.0)
            .bind(self.before.1.as_slice())
            .bind(self.floor.0)
            .bind(self.floor.1.as_slice())
            .bind(self.wanted.kind.map(AssetKind::as_str))
            .bind(self.wanted.content_type.as_deref())
            .bind(self.camera)
            .bind(self.place)
            .bind(self.wanted.album_id)
            .bind(self.wanted.has_place.map(i64::from))
            .bind(within.map(|within| within.south_e7))
            .bind(within.map(|within| within.north_e7))
            .bind(within.map(|within| within.west_e7))
            .bind(within.map(|within| within.east_e7))
            .bind(self.rows)
    }

    /// Without words one that asks for nothing stands in their place: the list cannot be empty.
    fn with_words<'q>(&'q self, statement: Query<'q>) -> Query<'q> {
        let none: &[u8] = &[];
        let given = self.stretches.iter().flat_map(|(low, high)| [low.as_slice(), high.as_slice()]);
        let values: Vec<&[u8]> = if self.stretches.is_empty() { vec![none, none] } else { given.collect() };
        statement.rows(2, values.into_iter().map(Value::from))
    }
}

/// An empty stretch of the curve.
const NOWHERE: (i64, i64) = (1, 0);

pub(crate) fn bind_cover<'q>(mut statement: Query<'q>, cover: &[(i64, i64); STRETCHES]) -> Query<'q> {
    for &(low, high) in cover {
        statement = statement.bind(low).bind(high);
    }
    statement
}

/// The words that begin with `word`, as a stretch: from the first to before the second. No byte of UTF-8
/// is the greatest one.
fn beginning_with(word: &str) -> (Vec<u8>, Vec<u8>) {
    let low = word_key(word).to_vec();
    let mut high = low.clone();
    if let Some(last) = high.last_mut() {
        *last += 1;
    }
    (low, high)
}

/// What there is least of, when that is little.
async fn few(tx: &mut Tx, spaces: &[SpaceId], search: &Search<'_>) -> Result<Option<Lead>> {
    let mut fewest = (GATHERED_MAX, None);
    for index in 0..search.stretches.len() {
        let found = count(tx, spaces, search, Lead::Word(index), fewest.0).await?;
        if found < fewest.0 {
            fewest = (found, Some(Lead::Word(index)));
        }
    }
    let others =
        [(search.wanted.album_id.is_some(), Lead::Album), (search.wanted.within.is_some(), Lead::Box)];
    for (_, lead) in others.into_iter().filter(|(is_asked, _)| *is_asked) {
        let found = count(tx, spaces, search, lead, fewest.0).await?;
        if found < fewest.0 {
            fewest = (found, Some(lead));
        }
    }
    Ok(fewest.1)
}

/// How many assets a lead gathers; counts no further than `most`.
async fn count(tx: &mut Tx, spaces: &[SpaceId], search: &Search<'_>, lead: Lead, most: u64) -> Result<u64> {
    let mut found = 0;
    for &space_id in spaces {
        let statements = match lead {
            Lead::Word(index) => {
                let (low, high) = &search.stretches[index];
                let asked = |sql: Sql| {
                    query(sql).bind(space_id).bind(low.as_slice()).bind(high.as_slice()).bind(most)
                };
                vec![asked(sql::COUNT_WORD), asked(sql::COUNT_ALBUM_WORD)]
            }
            Lead::Box => vec![bind_cover(query(sql::COUNT_BOX).bind(space_id).bind(most), &search.cover)],
            // An album is in one Space: counted once.
            Lead::Album if found == 0 => {
                vec![query(sql::COUNT_ALBUM).bind(search.wanted.album_id).bind(most)]
            }
            Lead::Album | Lead::Time | Lead::Camera | Lead::Place => Vec::new(),
        };
        for statement in statements {
            found += statement.one(tx).await?.count("found")?;
        }
        if found >= most {
            break;
        }
    }
    Ok(found)
}

/// Along time, in steps, until the page is full, the end is reached, or enough was looked at.
async fn walk(
    tx: &mut Tx,
    spaces: &[SpaceId],
    search: &mut Search<'_>,
    rows: usize,
) -> Result<Listed<Moment>> {
    let lead = match (search.camera, search.place) {
        (Some(_), _) => Lead::Camera,
        (None, Some(_)) => Lead::Place,
        (None, None) => Lead::Time,
    };
    let bottom = search.floor.clone();
    let mut moments = Vec::new();
    let mut reached = None;
    for step in STEPS {
        reached = step_end(tx, spaces, search, lead, step).await?;
        search.floor = reached.clone().unwrap_or_else(|| bottom.clone());
        moments.append(&mut search.moments(tx, spaces, lead).await?);
        let Some(end) = reached.clone().filter(|_| moments.len() <= rows) else { break };
        search.before = end;
        search.floor.clone_from(&bottom);
    }
    let mut listed = Listed::cut(moments, rows, TAG, place_of);
    if let (None, Some((ms, id))) = (&listed.next, reached) {
        listed.next = Some(crate::page::cursor(TAG, &ByTimeDown(ms, id)));
    }
    Ok(listed)
}

/// Where so many moments end, in the Space where that is first; `None` when all Spaces end before.
async fn step_end(
    tx: &mut Tx,
    spaces: &[SpaceId],
    search: &Search<'_>,
    lead: Lead,
    step: usize,
) -> Result<Option<Spot>> {
    let (statement, label) = match lead {
        Lead::Camera => (sql::STEP_CAMERA, search.camera),
        Lead::Place => (sql::STEP_PLACE, search.place),
        Lead::Time | Lead::Word(_) | Lead::Album | Lead::Box => (sql::STEP, None),
    };
    let mut end: Option<Spot> = None;
    for &space_id in spaces {
        let mut asked = query(statement)
            .bind(space_id)
            .bind(search.before.0)
            .bind(search.before.1.as_slice())
            .bind(search.floor.0)
            .bind(search.floor.1.as_slice())
            .bind(step - 1);
        if label.is_some() {
            asked = asked.bind(label);
        }
        if let Some(row) = asked.optional(tx).await? {
            let id: AssetId = row.key("id")?;
            end = end.max(Some((row.number("local_ms")?, id.as_bytes().to_vec())));
        }
    }
    Ok(end)
}
