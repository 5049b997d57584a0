//! Statements on how well pictures are kept.

crate::sql::statements! {
    "protection";
    COUNT = "select count(case when a.lead_id is null then 1 end) as assets, cast(coalesce(sum(b.size_bytes), 0) as bigint) as size_bytes,
            count(b.damaged_at_ms) as damaged_assets,
            min(coalesce(b.proven_at_ms, b.created_at_ms)) as oldest_check_ms
        from assets a join blobs b on b.sha256 = a.sha256
        where a.space_id = $1 and a.trashed_at_ms is null";
}
