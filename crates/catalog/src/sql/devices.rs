//! Statements on devices.

macro_rules! columns {
    () => {
        "select id, user_id, installation_id, name, name_key, platform, created_at_ms, last_contact_at_ms,
            retired_at_ms, report, reported_at_ms from devices "
    };
}

crate::sql::statements! {
    "devices";
    INSERT = "insert into devices (id, user_id, installation_id, name, name_key, platform, created_at_ms)
        values ($1, $2, $3, $4, $5, $6, $7)";
    GET = concat!(columns!(), "where id = $1");
    BY_INSTALLATION = concat!(columns!(), "where user_id = $1 and installation_id = $2");
    BY_NAME = concat!(columns!(), "where user_id = $1 and name_key = $2");
    LIST_OF_USER = concat!(columns!(), "where user_id = $1 and name_key > $2 order by name_key limit $3");
    RECLAIM = "update devices set platform = $2, retired_at_ms = null where id = $1";
    RENAME = "update devices set name = $2, name_key = $3 where id = $1";
    RETIRE = "update devices set retired_at_ms = $2 where id = $1 and retired_at_ms is null";
    TOUCH = "update devices set last_contact_at_ms =
            case when last_contact_at_ms > $2 then last_contact_at_ms else $2 end
        where id = $1";
    REPORT = "update devices set report = $3, reported_at_ms = $2
        where id = $1 and (reported_at_ms is null or reported_at_ms <= $2)";
}
