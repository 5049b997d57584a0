//! Statements on background work.

macro_rules! lease {
    ($of:literal, $direction:literal) => {
        concat!(
            "update jobs set leased_until_ms = $2, attempts = attempts + 1
            where id = (select id from jobs where run_at_ms <= $1 and leased_until_ms < $1 ",
            $of,
            " order by run_at_ms ",
            $direction,
            ", id ",
            $direction,
            " limit 1)
                and leased_until_ms < $1
            returning id, kind, payload, attempts, generation, leased_until_ms"
        )
    };
}

crate::sql::statements! {
    "jobs";
    ENQUEUE = "insert into jobs (id, kind, payload, dedupe_key, run_at_ms, leased_until_ms, attempts, generation)
        values ($1, $2, $3, $4, $5, 0, 0, 1)
        on conflict (dedupe_key) do update set payload = excluded.payload, generation = jobs.generation + 1,
            run_at_ms = case when jobs.run_at_ms < excluded.run_at_ms then jobs.run_at_ms
                else excluded.run_at_ms end
        returning generation";
    /// The condition on the lease is checked again outside, after a wait for the row's lock.
    LEASE = lease!("", "asc");
    LEASE_OF = lease!("and kind in ($LIST)", "asc");
    LEASE_NEWEST_OF = lease!("and kind in ($LIST)", "desc");
    COMPLETE = "delete from jobs where id = $1 and generation = $2 and leased_until_ms = $3";
    GIVE_BACK = "update jobs set leased_until_ms = 0, attempts = 0 where id = $1 and leased_until_ms = $2";
    GIVE_ALL_BACK = "update jobs set leased_until_ms = 0 where leased_until_ms > 0 and kind in ($LIST)";
    RETRY_AT = "update jobs set leased_until_ms = 0, run_at_ms = $3, last_error = $4
        where id = $1 and leased_until_ms = $2";
    COUNT_OF = "select count(*) as found from (select 1 as one from jobs where kind = $1 limit $2) f";
    COUNTS = "select
            count(case when leased_until_ms < $1 and run_at_ms <= $1 then 1 end) as ready,
            count(case when leased_until_ms < $1 and run_at_ms > $1 then 1 end) as waiting,
            count(case when leased_until_ms >= $1 then 1 end) as leased
        from jobs";
}
