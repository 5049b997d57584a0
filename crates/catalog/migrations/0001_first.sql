-- The first layout. Ids are 16 bytes, hashes 32 or 20, times milliseconds since 1970 in UTC.
-- A name's key is its NFC form as bytes, so that both engines compare and sort it alike.
-- An entry's kind is 0 for a folder and 1 for a file, so that folders sort first.

create table counters (
  name text not null primary key,
  value bigint not null
);
insert into counters (name, value) values ('changes', 0);

create table settings (
  name text not null primary key,
  value text not null
);

create table users (
  id $BYTES not null primary key,
  name text not null,
  name_key $BYTES not null unique,
  role text not null,
  password_hash text not null,
  created_at_ms bigint not null,
  disabled_at_ms bigint
);

create table spaces (
  id $BYTES not null primary key,
  kind text not null,
  name text not null,
  root_id $BYTES not null,
  owner_id $BYTES references users (id),
  created_at_ms bigint not null
);
create unique index spaces_my on spaces (owner_id) where kind = 'my';
create unique index spaces_public on spaces (kind) where kind = 'public';

create table space_members (
  space_id $BYTES not null references spaces (id),
  user_id $BYTES not null references users (id),
  role text not null,
  primary key (space_id, user_id)
);
create index space_members_user on space_members (user_id);

create table devices (
  id $BYTES not null primary key,
  user_id $BYTES not null references users (id),
  installation_id $BYTES not null,
  name text not null,
  name_key $BYTES not null,
  platform text not null,
  created_at_ms bigint not null,
  last_contact_at_ms bigint,
  retired_at_ms bigint,
  report text,
  reported_at_ms bigint,
  unique (user_id, installation_id),
  unique (user_id, name_key)
);

create table tokens (
  id $BYTES not null primary key,
  kind text not null,
  secret_sha256 $BYTES not null unique,
  user_id $BYTES not null references users (id),
  device_id $BYTES references devices (id),
  name text not null,
  created_at_ms bigint not null,
  last_used_at_ms bigint,
  expires_at_ms bigint,
  revoked_at_ms bigint
);
create index tokens_user on tokens (user_id, created_at_ms, id) where revoked_at_ms is null;
create index tokens_device on tokens (device_id);

create table blobs (
  sha256 $BYTES not null primary key,
  sha1 $BYTES not null,
  size_bytes bigint not null,
  content_type text not null,
  created_at_ms bigint not null,
  deleting_since_ms bigint,
  proven_at_ms bigint,
  damaged_at_ms bigint
);
create index blobs_deleting on blobs (deleting_since_ms, sha256) where deleting_since_ms is not null;

create table assets (
  id $BYTES not null primary key,
  space_id $BYTES not null references spaces (id),
  sha256 $BYTES not null references blobs (sha256),
  kind text not null,
  taken_at_ms bigint not null,
  created_at_ms bigint not null,
  trashed_at_ms bigint,
  unique (space_id, sha256)
);
create index assets_sha256 on assets (sha256);
create index assets_time on assets (space_id, taken_at_ms, id) where trashed_at_ms is null;

create table entries (
  id $BYTES not null primary key,
  space_id $BYTES not null references spaces (id),
  parent_id $BYTES references entries (id),
  kind bigint not null,
  name text not null,
  name_key $BYTES not null,
  name_raw $BYTES,
  sent_name_key $BYTES not null,
  sha256 $BYTES references blobs (sha256),
  asset_id $BYTES references assets (id),
  size_bytes bigint,
  modified_at_ms bigint,
  device_id $BYTES references devices (id),
  created_at_ms bigint not null,
  changed_at_ms bigint not null,
  trashed_at_ms bigint,
  trash_root_id $BYTES,
  trash_folder text
);
create unique index entries_name on entries (parent_id, name_key) where trashed_at_ms is null;
create index entries_children on entries (parent_id, kind, name_key) where trashed_at_ms is null;
create index entries_sent on entries (parent_id, sent_name_key, sha256) where trashed_at_ms is null;
create index entries_parent on entries (parent_id);
create index entries_content on entries (space_id, sha256) where trashed_at_ms is null;
create index entries_sha256 on entries (sha256);
create index entries_asset on entries (asset_id);
create index entries_trash on entries (trash_root_id);
create index entries_trashed on entries (space_id, trashed_at_ms, id) where trash_root_id = id;
create index entries_expired on entries (trashed_at_ms, id) where trash_root_id = id;

create table tombstones (
  space_id $BYTES not null references spaces (id),
  sha256 $BYTES not null,
  name text not null,
  deleted_at_ms bigint not null,
  deleted_by $BYTES not null references users (id),
  primary key (space_id, sha256)
);

create table albums (
  id $BYTES not null primary key,
  space_id $BYTES not null references spaces (id),
  name text not null,
  name_key $BYTES not null,
  created_at_ms bigint not null,
  changed_at_ms bigint not null,
  unique (space_id, name_key)
);
create index albums_name on albums (name_key, id);

create table album_items (
  album_id $BYTES not null references albums (id) on delete cascade,
  asset_id $BYTES not null references assets (id) on delete cascade,
  taken_at_ms bigint not null,
  added_at_ms bigint not null,
  primary key (album_id, asset_id)
);
create index album_items_time on album_items (album_id, taken_at_ms, asset_id);
create index album_items_asset on album_items (asset_id);

create table uploads (
  id $BYTES not null primary key,
  user_id $BYTES not null references users (id),
  device_id $BYTES references devices (id),
  space_id $BYTES not null references spaces (id),
  folder text not null,
  album text,
  name text not null,
  name_raw $BYTES,
  sha256 $BYTES,
  sha1 $BYTES,
  size_bytes bigint,
  modified_at_ms bigint,
  send_again bigint not null,
  metadata text,
  created_at_ms bigint not null,
  changed_at_ms bigint not null,
  expires_at_ms bigint not null,
  state text not null,
  ended_why text,
  finished_entry_id $BYTES,
  finished_asset_id $BYTES,
  finished_sha256 $BYTES,
  finished_size_bytes bigint,
  finished_name text,
  finished_already_held bigint
);
create index uploads_expiry on uploads (expires_at_ms, id);
create index uploads_user on uploads (user_id, created_at_ms, id);

create table jobs (
  id $BYTES not null primary key,
  kind text not null,
  payload text not null,
  dedupe_key text unique,
  run_at_ms bigint not null,
  leased_until_ms bigint not null,
  attempts bigint not null,
  generation bigint not null,
  last_error text
);
create index jobs_ready on jobs (run_at_ms, id);

create table changes (
  sequence bigint not null primary key,
  kind text not null,
  at_ms bigint not null,
  space_id $BYTES,
  user_id $BYTES,
  entry_id $BYTES,
  asset_id $BYTES,
  album_id $BYTES,
  device_id $BYTES,
  sha256 $BYTES
);
