-- What pictures and videos are searched by. camera and place are labels (see below). cell is the place on
-- Earth along a Z-order curve: its first 2n of 62 bits name a square of the n-th halving of both degrees,
-- so that a square is one stretch of an index. Rows from before this step get all three without another
-- look at their pictures, by indexed_by, soon after the start.

alter table assets add column camera bigint;
alter table assets add column place bigint;
alter table assets add column cell bigint;
-- Parts of an item are found by their lead. trashed_at_ms and lead_id are always null in these, and let
-- SQLite count without looking at the rows.
create index assets_local on assets (space_id, local_ms, id) where trashed_at_ms is null and lead_id is null;
create index assets_camera on assets (space_id, camera, local_ms, id, trashed_at_ms, lead_id)
  where trashed_at_ms is null and lead_id is null and camera is not null;
create index assets_place on assets (space_id, place, local_ms, id, trashed_at_ms, lead_id)
  where trashed_at_ms is null and lead_id is null and place is not null;
create index assets_cell on assets (space_id, cell, id, trashed_at_ms, lead_id)
  where trashed_at_ms is null and lead_id is null and cell is not null;

-- Names of cameras and places, each once. An id is the start of the name's hash.
create table labels (
  id bigint not null primary key,
  name text not null
);

-- Words by which an asset is found, each as it is compared: NFKC, small letters, as UTF-8.
-- source is 0 for what the picture says of itself and 1 for the names of its files, which change.
create table search_words (
  space_id $BYTES not null references spaces (id),
  word $BYTES not null,
  asset_id $BYTES not null references assets (id) on delete cascade,
  source bigint not null,
  primary key (space_id, word, asset_id, source)
);
insert into search_words (space_id, word, asset_id, source) select space_id, word, asset_id, 0 from asset_words;
drop table asset_words;
create index search_words_asset on search_words (asset_id, word);

-- Words of the names of albums. They are not copied to the albums' pictures: a name that changes would
-- rewrite thousands of rows.
create table album_words (
  space_id $BYTES not null references spaces (id),
  word $BYTES not null,
  album_id $BYTES not null references albums (id) on delete cascade,
  primary key (space_id, word, album_id)
);
create index album_words_album on album_words (album_id);

alter table descriptions add column indexed_by bigint not null default 0;
create index descriptions_indexed on descriptions (indexed_by, asset_id);
create index descriptions_time on descriptions (described_at_ms);

-- How far describing is, counted along, so that asking reads three rows.
insert into counters (name, value) select 'assets', count(*) from assets;
insert into counters (name, value) select 'described', count(*) from descriptions;
insert into counters (name, value) select 'unshown', count(problem) from descriptions;
