-- What the hub found by looking into pictures and videos.
-- local_ms is a moment on the clock of whoever took the picture, as if that clock showed UTC: the days
-- and months of a timeline are the taker's. month is twelve times the year plus the months before it.
-- Rows from before this step get theirs when they are described; until then they have no month.

alter table assets add column local_ms bigint not null default 0;
alter table assets add column month bigint not null default 0;
alter table assets add column width bigint;
alter table assets add column height bigint;
alter table assets add column duration_ms bigint;
alter table assets add column thumbhash $BYTES;
update assets set local_ms = taken_at_ms;
-- trashed_at_ms is always null in it, and lets SQLite count months without looking at the rows.
create index assets_month on assets (space_id, month, local_ms, id, trashed_at_ms) where trashed_at_ms is null;

create table descriptions (
  asset_id $BYTES not null primary key references assets (id) on delete cascade,
  facts text not null,
  problem text,
  latitude_e7 bigint,
  longitude_e7 bigint,
  described_by bigint not null,
  described_at_ms bigint not null
);
create index descriptions_place on descriptions (latitude_e7, longitude_e7) where latitude_e7 is not null;
create index descriptions_problem on descriptions (asset_id) where problem is not null;

-- Words by which an asset is found, each as it is compared: NFKC, small letters, as UTF-8.
create table asset_words (
  space_id $BYTES not null references spaces (id),
  word $BYTES not null,
  asset_id $BYTES not null references assets (id) on delete cascade,
  primary key (space_id, word, asset_id)
);
create index asset_words_asset on asset_words (asset_id);
