//! Statements on credentials.

crate::sql::statements! {
    "tokens";
    INSERT = "insert into tokens
        (id, kind, secret_sha256, user_id, device_id, name, created_at_ms, expires_at_ms)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    BY_SECRET = "select t.id as token_id, t.kind as token_kind, t.name as token_name,
            t.created_at_ms as token_created_at_ms, t.last_used_at_ms, t.expires_at_ms,
            u.id as user_id, u.name as user_name, u.role, u.password_hash,
            u.created_at_ms as user_created_at_ms, u.disabled_at_ms,
            t.device_id, d.installation_id, d.name as device_name, d.platform,
            d.created_at_ms as device_created_at_ms, d.last_contact_at_ms, d.retired_at_ms, d.report,
            d.reported_at_ms
        from tokens t
        join users u on u.id = t.user_id
        left join devices d on d.id = t.device_id
        where t.secret_sha256 = $1 and t.revoked_at_ms is null
            and (t.expires_at_ms is null or t.expires_at_ms > $2)
            and u.disabled_at_ms is null and d.retired_at_ms is null";
    WORKING = "select t.id from tokens t
        join users u on u.id = t.user_id
        left join devices d on d.id = t.device_id
        where t.id = $1 and t.revoked_at_ms is null and (t.expires_at_ms is null or t.expires_at_ms > $2)
            and u.disabled_at_ms is null and d.retired_at_ms is null";
    TOUCH = "update tokens set last_used_at_ms = $2
        where id = $1 and (last_used_at_ms is null or last_used_at_ms < $2)";
    LIST_OF_USER = "select id, kind, user_id, device_id, name, created_at_ms, last_used_at_ms, expires_at_ms
        from tokens
        where user_id = $1 and revoked_at_ms is null and (created_at_ms, id) < ($2, $3)
        order by created_at_ms desc, id desc limit $4";
    REVOKE = "update tokens set revoked_at_ms = $3 where user_id = $1 and id = $2 and revoked_at_ms is null";
    REVOKE_OF_DEVICE = "update tokens set revoked_at_ms = $2 where device_id = $1 and revoked_at_ms is null";
    REVOKE_OF_USER = "update tokens set revoked_at_ms = $3
        where user_id = $1 and id <> $2 and revoked_at_ms is null";
    REVOKE_OF_KIND = "update tokens set revoked_at_ms = $3
        where user_id = $1 and id <> $2 and revoked_at_ms is null
            and (expires_at_ms is null or expires_at_ms > $3) and kind = $4";
}
