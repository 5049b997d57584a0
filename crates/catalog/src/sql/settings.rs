//! Statements on small facts about the hub itself.

crate::sql::statements! {
    "settings";
    GET = "select value from settings where name = $1";
    SET = "insert into settings (name, value) values ($1, $2)
        on conflict (name) do update set value = excluded.value";
    ENSURE = "insert into settings (name, value) values ($1, $2) on conflict (name) do nothing";
    TAKE = "delete from settings where name = $1 and value = $2";
}
