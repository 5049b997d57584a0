//! Statements on Spaces and their members.

macro_rules! columns {
    () => {
        "select s.id, s.kind, s.name, s.root_id, s.owner_id, s.created_at_ms"
    };
}

crate::sql::statements! {
    "spaces";
    INSERT = "insert into spaces (id, kind, name, root_id, owner_id, created_at_ms)
        values ($1, $2, $3, $4, $5, $6)";
    INSERT_ROOT = "insert into entries (id, space_id, kind, name, name_key, sent_name_key, created_at_ms, changed_at_ms)
        values ($1, $2, 0, '', $3, $3, $4, $4)";
    GET = concat!(columns!(), " from spaces s where s.id = $1");
    MY = concat!(columns!(), " from spaces s where s.owner_id = $1 and s.kind = 'my'");
    PUBLIC = concat!(columns!(), " from spaces s where s.kind = 'public'");
    OF_USER = concat!(columns!(), ", m.role from space_members m join spaces s on s.id = m.space_id
        where m.user_id = $1 order by s.created_at_ms, s.id");
    WITH_ROLE = concat!(columns!(), ", m.role from space_members m join spaces s on s.id = m.space_id
        where m.space_id = $1 and m.user_id = $2");
    RENAME = "update spaces set name = $2 where id = $1";
    ADD_MEMBER = "insert into space_members (space_id, user_id, role) values ($1, $2, $3)
        on conflict (space_id, user_id) do nothing";
    MEMBERS = "select m.user_id, m.role, u.name, u.name_key
        from space_members m join users u on u.id = m.user_id
        where m.space_id = $1 and u.name_key > $2
        order by u.name_key limit $3";
    SET_ROLE = "update space_members set role = $3 where space_id = $1 and user_id = $2";
    REMOVE_MEMBER = "delete from space_members where space_id = $1 and user_id = $2";
}
