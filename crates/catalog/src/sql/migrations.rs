//! Statements on the layout's own history.

crate::sql::statements! {
    "migrations";
    APPLIED = "select number, name, checksum from migrations order by number";
    RECORD = "insert into migrations (number, name, checksum, applied_at_ms) values ($1, $2, $3, $4)";
}
