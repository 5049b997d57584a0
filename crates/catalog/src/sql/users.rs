//! Statements on people with an account.

macro_rules! columns {
    () => {
        "select id, name, name_key, role, password_hash, created_at_ms, disabled_at_ms from users "
    };
}

crate::sql::statements! {
    "users";
    INSERT = "insert into users (id, name, name_key, role, password_hash, created_at_ms, disabled_at_ms)
        values ($1, $2, $3, $4, $5, $6, $7)";
    GET = concat!(columns!(), "where id = $1");
    BY_NAME = concat!(columns!(), "where name_key = $1");
    LIST = concat!(columns!(), "where name_key > $1 order by name_key limit $2");
    SET_PASSWORD = "update users set password_hash = $2 where id = $1";
    SET_DISABLED = "update users set disabled_at_ms = $2 where id = $1";
    COUNT = "select count(*) as users from users";
}
