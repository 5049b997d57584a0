-- When care first saw an item in the trash, by the care's own clock, which no wrong clock of the machine
-- moves: items go for good only when their time is over by both.

alter table entries add column trash_seen_ms bigint;
create index entries_unseen on entries (id) where trash_root_id = id and trash_seen_ms is null;
