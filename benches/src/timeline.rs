//! How long a month, a search and a map take with a million assets, on SQLite, each beside the least that the same
//! index or the same rows cost without our code.

use std::path::Path;
use std::sync::Arc;

use catalog::assets::{self, AssetKind, NewAsset};
use catalog::blobs::{self, NewBlob};
use catalog::descriptions::{self, Description, Findable};
use catalog::search::{self, Wanted};
use catalog::spaces::{self, Space};
use catalog::{Catalog, GeoBox, Page, Tx, labels, map, timeline};
use domain::{Ids, Month, Name, OsRandom, SpaceId, SpaceKind, SystemClock, TwinHasher, words_of};
use rusqlite::Connection;
use tokio::runtime::Runtime;

use crate::measure::{median, scaled, timed};
use crate::report::{Goal, Report};

/// Of so many rounds the middle one counts.
const ROUNDS: usize = 5;

/// The Space that has everything.
const SPACE: SpaceId = SpaceId::from_bytes([1; 16]);

/// The same in SQL.
const SPACE_SQL: &str = "x'01010101010101010101010101010101'";

/// Ten years from 2015 on.
const FIRST_MS: i64 = 1_420_070_400_000;
const TEN_YEARS_MS: i64 = 315_532_800_000;

/// A catalog of a million assets: 120 months, 20 cameras, 4 of 5 with a place, three words each and one file name.
pub(crate) fn a_million_assets(report: &mut Report) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("catalog.db");
    let count = scaled(1_000_000);
    let runtime = Runtime::new().expect("a runtime");
    let url = format!("sqlite://{}", file.display());
    let open = || runtime.block_on(Catalog::open(&url, Arc::new(SystemClock))).expect("a catalog");
    runtime.block_on(async {
        let catalog = Catalog::open(&url, Arc::new(SystemClock)).await.expect("a catalog");
        samples(&catalog).await;
        catalog.close().await;
    });
    let ((), took) = timed(|| fill(&file, count));
    Report::figure(
        &format!("filling a catalog with {count} assets"),
        &format!("{:.1} s", took.as_secs_f64()),
    );
    let bench =
        Bench { catalog: open(), runtime, plain: Connection::open(&file).expect("the catalog's file") };
    bench.months(report);
    bench.month(report);
    bench.searches(report, count);
    bench.maps(report);
    bench.runtime.block_on(bench.catalog.close());
}

struct Bench {
    catalog: Catalog,
    runtime: Runtime,
    /// The same file without our code.
    plain: Connection,
}

/// The middle one of some rounds.
fn milliseconds<T>(work: impl Fn() -> T) -> f64 {
    let rounds = (0..ROUNDS).map(|_| timed(&work).1.as_secs_f64() * 1e3);
    median(rounds.collect())
}

/// A figure, and below it the least that it could be.
fn beside(report: &mut Report, what: &str, ours: f64, limit: f64, goal_ms: f64) {
    report.goal(what, ours, " ms", Goal::AtMost(goal_ms));
    let least = format!("{limit:.2} ms ({:.1} ×)", ours / limit);
    Report::figure(&format!("{what}: the least without our code"), &least);
}

/// One closure on a snapshot, its answer thrown away.
macro_rules! asked {
    ($bench:expr, $tx:ident => $body:expr) => {
        milliseconds(|| {
            let read = $bench.catalog.read(|$tx| Box::pin(async move { $body.await }));
            $bench.runtime.block_on(read).expect("an answer")
        })
    };
}

impl Bench {
    /// What a statement costs without our code: all its rows, all their columns.
    fn plain(&self, sql: &str) -> f64 {
        milliseconds(|| {
            let mut statement = self.plain.prepare_cached(sql).expect("a statement");
            let columns = statement.column_count();
            let mut rows = statement.query([]).expect("an answer");
            let mut bytes = 0;
            while let Some(row) = rows.next().expect("a row") {
                for column in 0..columns {
                    let value = row.get_ref(column).expect("a value");
                    bytes += value.as_bytes_or_null().ok().flatten().map_or(8, <[u8]>::len);
                }
            }
            bytes
        })
    }

    fn months(&self, report: &mut Report) {
        let ours = asked!(self, tx => timeline::months(tx, &[SPACE]));
        let limit = self.plain(
            "select count(*) from assets indexed by assets_month where space_id = x'01010101010101010101010101010101' and trashed_at_ms is null and month > 0",
        );
        beside(report, "counting all months", ours, limit, 150.0);
    }

    fn month(&self, report: &mut Report) {
        let month = Month::of(FIRST_MS + TEN_YEARS_MS / 2);
        let ours = asked!(self, tx => timeline::month(tx, &[SPACE], Some(month), &Page::first(1000)));
        let limit = self.plain(&format!(
            "select id, space_id, sha256, kind, taken_at_ms, local_ms, width, height, duration_ms, thumbhash from assets
            where space_id = x'01010101010101010101010101010101' and month = {} and trashed_at_ms is null
            order by local_ms desc, id desc limit 1001",
            month.number()
        ));
        beside(report, "a month's first page of 1 000", ours, limit, 20.0);
    }

    fn searches(&self, report: &mut Report, count: u64) {
        let least = self.plain(
            "select id, space_id, sha256, kind, taken_at_ms, local_ms, width, height, duration_ms, thumbhash from assets
            where space_id = x'01010101010101010101010101010101' and trashed_at_ms is null
            order by local_ms desc, id desc limit 201",
        );
        let named = |word: &str| Wanted { words: words_of(word), ..Wanted::default() };
        let middle = FIRST_MS + TEN_YEARS_MS / 2;
        let town = GeoBox {
            south_e7: 535_000_000,
            north_e7: 536_100_000,
            west_e7: 174_000_000,
            east_e7: 176_100_000,
        };
        for (what, wanted) in [
            ("everything", Wanted::default()),
            ("a rare word", named(&format!("img{}", count / 3))),
            ("a common word", named("holiday")),
            ("a beginning of many words", named("i")),
            ("two common words", named("holiday tag7")),
            ("two common words that never meet", named("tag7 tag8")),
            ("a camera and a word", Wanted { camera: Some("Camera 7".into()), ..named("holiday") }),
            ("a place", Wanted { place: Some("Place 7".into()), ..Wanted::default() }),
            (
                "a day",
                Wanted { from_ms: Some(middle), before_ms: Some(middle + 86_400_000), ..Wanted::default() },
            ),
            ("a rectangle around a town", Wanted { within: Some(town), ..Wanted::default() }),
            ("a word in a rectangle", Wanted { within: Some(town), ..named("tag7") }),
        ] {
            let page = Page::first(200);
            let ours = milliseconds(|| {
                let (wanted, page) = (wanted.clone(), page.clone());
                let read = self
                    .catalog
                    .read(|tx| Box::pin(async move { search::find(tx, &[SPACE], &wanted, &page).await }));
                self.runtime.block_on(read).expect("an answer").items.len()
            });
            beside(report, &format!("search: {what}"), ours, least, 100.0);
        }
        let ours = asked!(self, tx => labels::cameras(tx, &[SPACE], 100));
        let limit = self.plain("select count(*) from assets indexed by assets_camera where space_id = x'01010101010101010101010101010101' and trashed_at_ms is null and camera is not null");
        beside(report, "cameras, counted", ours, limit, 200.0);
    }

    fn maps(&self, report: &mut Report) {
        let world = GeoBox {
            south_e7: -900_000_000,
            north_e7: 900_000_000,
            west_e7: -1_800_000_000,
            east_e7: 1_800_000_000,
        };
        let town = GeoBox {
            south_e7: 535_000_000,
            north_e7: 535_100_000,
            west_e7: 175_000_000,
            east_e7: 175_500_000,
        };
        let limit = self.plain("select count(*) from assets indexed by assets_cell where space_id = x'01010101010101010101010101010101' and trashed_at_ms is null and cell is not null");
        for (what, within) in [("the world", world), ("a town", town)] {
            let ours = asked!(self, tx => map::points(tx, &[SPACE], within, 200));
            beside(report, &format!("map: {what}, 200 points"), ours, limit, 250.0);
        }
    }
}

/// How many assets the catalog's own code describes; the others are copies of theirs.
const SAMPLES: i64 = 1000;

/// Described pictures around fifty towns, four of five with a place, by twenty cameras.
async fn samples(catalog: &Catalog) {
    let ids = Ids::new(Arc::new(SystemClock), Arc::new(OsRandom));
    let space = Space {
        id: SPACE,
        kind: SpaceKind::Public,
        name: Name::new("All").expect("a name"),
        root_id: ids.fresh(),
        owner_id: None,
        created_at_ms: 0,
    };
    let write = catalog.write(move |tx| {
        Box::pin(async move {
            spaces::insert(tx, &space).await?;
            for number in 0..SAMPLES {
                sample(tx, &ids, number).await?;
            }
            Ok::<_, catalog::Error>(())
        })
    });
    write.await.expect("samples");
}

async fn sample(tx: &mut Tx, ids: &Ids, number: i64) -> catalog::Result<()> {
    let hashes = TwinHasher::of(&number.to_be_bytes());
    let blob = NewBlob {
        sha256: hashes.sha256,
        sha1: hashes.sha1,
        size_bytes: 3_000_000,
        content_type: "image/jpeg".to_owned(),
        now_ms: 0,
    };
    blobs::upsert_kept(tx, &blob).await?;
    let id = ids.fresh();
    let kind = AssetKind::Picture;
    let new = NewAsset { id, space_id: SPACE, sha256: blob.sha256, kind, taken_at_ms: FIRST_MS, now_ms: 0 };
    assets::upsert(tx, &new).await?;
    let found = Description {
        width: Some(4000),
        height: Some(3000),
        duration_ms: None,
        thumbhash: Some(vec![7; 25]),
        taken_at_ms: FIRST_MS,
        local_ms: FIRST_MS,
        facts: "{}".to_owned(),
        problem: None,
        described_by: 1,
        described_at_ms: 0,
    };
    let town = number % 50;
    let place = (
        400_000_000 + town * 3_000_000 + (number * 7919 % 997) * 1000,
        -50_000_000 + town * 5_000_000 + (number * 6101 % 1009) * 1000,
    );
    let has_place = number % 5 > 0;
    let by = Findable {
        place_e7: has_place.then_some(place),
        camera: Some(format!("Camera {}", number % 20)),
        place: has_place.then(|| format!("Place {town}")),
        words: Vec::new(),
        indexed_by: 1,
    };
    descriptions::record(tx, id, &found, &by).await?;
    Ok(())
}

/// Bulk SQL, without the catalog's care for durability: this file is thrown away.
fn fill(file: &Path, count: u64) {
    let connection = Connection::open(file).expect("the catalog's file");
    connection
        .execute_batch("pragma synchronous = off; pragma cache_size = -400000; begin")
        .expect("settings");
    for text in filling(count) {
        connection.execute_batch(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    }
    connection.execute_batch("commit; pragma wal_checkpoint(truncate)").expect("a commit");
}

/// Copies of the samples, some metres beside each other, at well mixed moments.
fn filling(count: u64) -> Vec<String> {
    let numbers =
        format!("with recursive n (i) as (select 0 union all select i + 1 from n where i < {count} - 1)");
    // A whole number that looks thrown by dice, the same in each run.
    let mixed = "((i * 2654435761) & 1048575)";
    let (id, sha256) = ("cast(printf('%016d', i) as blob)", "cast(printf('%032d', i) as blob)");
    let words = |word: &str, source: u8, which: &str| {
        format!(
            "{numbers} insert into search_words (space_id, word, asset_id, source)
            select {SPACE_SQL}, cast({word} as blob), {id}, {source} from n where {which}"
        )
    };
    vec![
        format!(
            "create temp table sample as select row_number() over (order by a.id) - 1 as n, a.camera, a.place, a.cell,
                d.latitude_e7, d.longitude_e7 from assets a join descriptions d on d.asset_id = a.id;
            create index temp.sample_n on sample (n)"
        ),
        format!(
            "{numbers} insert into blobs (sha256, sha1, size_bytes, content_type, created_at_ms)
            select {sha256}, cast(printf('%020d', i) as blob), 3000000, 'image/jpeg', 0 from n"
        ),
        format!(
            "{numbers}, m (i, ms) as (
                select i, {FIRST_MS} + {mixed} * ({TEN_YEARS_MS} / 1048576) + i % 1000 from n)
            insert into assets (id, space_id, sha256, kind, taken_at_ms, created_at_ms, local_ms, month, width, height,
                thumbhash, camera, place, cell)
            select {id}, {SPACE_SQL}, {sha256}, 'picture', ms, 0, ms,
                12 * cast(strftime('%Y', ms / 1000, 'unixepoch') as integer)
                    + cast(strftime('%m', ms / 1000, 'unixepoch') as integer) - 1,
                4000, 3000, randomblob(25), s.camera, s.place, s.cell + ({mixed} & 4095)
            from m join sample s on s.n = m.i % {SAMPLES}"
        ),
        format!(
            "{numbers} insert into descriptions (asset_id, facts, latitude_e7, longitude_e7, described_by,
                described_at_ms, indexed_by)
            select {id}, '{{}}', s.latitude_e7, s.longitude_e7, 1, 0, 1 from n join sample s on s.n = n.i % {SAMPLES}"
        ),
        words("'img' || i", 1, "true"),
        words("'tag' || (i % 30)", 0, "true"),
        words("'holiday'", 0, &format!("{mixed} % 3 = 0")),
    ]
}
