-- Pictures and videos that are one item: the halves of a live photo, a RAW beside its JPEG, an edited version
-- and its original, a burst. One of them leads and is what lists show; the others name it in lead_id. What
-- leads, and what stands alone, has none: no part has parts. All of it can be found anew from facts, names
-- and decisions, so rows from before this step get theirs when they are described.

alter table assets add column lead_id $BYTES references assets (id) on delete set null;
alter table assets add column part_role text;
alter table assets add column part_rule text;
-- What the file says it shares with others: a live photo's identifier, a burst's.
alter table assets add column live_key text;
alter table assets add column burst_key text;
-- When a person chose it to lead.
alter table assets add column chosen_at_ms bigint;
create index assets_parts on assets (lead_id) where lead_id is not null;
create index assets_live on assets (space_id, live_key) where live_key is not null;
create index assets_burst on assets (space_id, burst_key) where burst_key is not null;
-- Months count items. The last two columns are always null in it, and let SQLite count without the rows.
drop index assets_month;
create index assets_month on assets (space_id, month, local_ms, id, trashed_at_ms, lead_id)
  where trashed_at_ms is null and lead_id is null;

-- The name without ending and without marks of edited versions, as it is compared; files only.
alter table entries add column stem_key $BYTES;
create index entries_stem on entries (parent_id, stem_key) where trashed_at_ms is null and stem_key is not null;
create index entries_without_stem on entries (id) where kind = 1 and stem_key is null;

-- What persons decided, which no guess overrules. Assets of one decision are one item ('together'), or are
-- not when they are on different sides of it ('apart').
create table item_decisions (
  decision_id $BYTES not null,
  asset_id $BYTES not null references assets (id) on delete cascade,
  verdict text not null,
  side bigint not null,
  decided_at_ms bigint not null,
  primary key (decision_id, asset_id)
);
create index item_decisions_asset on item_decisions (asset_id);
