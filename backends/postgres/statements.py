"""What PostgreSQL is asked. Columns are those of versions 13 and newer (`mean_exec_time`)."""

ROWS = 50
"""Rows that one look reads at most; it says how many more there are."""

CONNECTIONS = """
SELECT coalesce(datname, '(none)') AS database, coalesce(state, backend_type) AS state, count(*) AS sessions,
       current_setting('max_connections')::int AS allowed
FROM pg_stat_activity GROUP BY 1, 2 ORDER BY 3 DESC
"""

QUERIES = """
SELECT pid, usename AS who, application_name AS app, now() - query_start AS runs, state,
       coalesce(wait_event_type || ':' || wait_event, '') AS waits, query
FROM pg_stat_activity
WHERE state <> 'idle' AND pid <> pg_backend_pid() AND query_start IS NOT NULL
  AND backend_type = 'client backend'
ORDER BY query_start
"""

SLOW = """
SELECT calls, mean_exec_time AS mean_ms, max_exec_time AS max_ms, total_exec_time AS total_ms, rows, query
FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid AND d.datname = current_database()
ORDER BY mean_exec_time DESC
"""

LOCKS = """
SELECT a.pid, a.usename AS who, l.locktype AS lock, l.mode, now() - a.query_start AS waits,
       pg_blocking_pids(a.pid) AS behind, a.query
FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE NOT l.granted ORDER BY a.query_start
"""

IS_STANDBY = "SELECT pg_is_in_recovery()"

LAG = "SELECT now() - pg_last_xact_replay_timestamp() AS lag"

SLOTS = """
SELECT slot_name AS slot, slot_type AS type, active, restart_lsn::text AS restart,
       pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint AS retained
FROM pg_replication_slots ORDER BY slot_name
"""

IDLE = """
SELECT a.pid, a.usename AS who, a.application_name AS app, now() - a.state_change AS idle, a.backend_start
FROM pg_stat_activity a LEFT JOIN pg_roles r ON r.rolname = a.usename
WHERE a.state = 'idle' AND a.state_change < now() - $1::interval AND a.datname = current_database()
  AND a.pid <> pg_backend_pid() AND a.backend_type = 'client backend'
  AND a.usename <> current_user AND NOT coalesce(r.rolsuper, false)
ORDER BY a.state_change
"""
"""Own sessions, superusers' and replication are left alone."""

STILL_IDLE = """
SELECT pg_terminate_backend(pid) AS ended FROM pg_stat_activity
WHERE pid = $1 AND backend_start = $2::timestamptz AND state = 'idle'
"""
"""The process is still the one that was shown: pids are used again."""

STILL_THERE = "SELECT count(*) FROM pg_stat_activity WHERE pid = $1 AND backend_start = $2::timestamptz"

FIGURES = """
SELECT (SELECT count(*) FROM pg_stat_activity) AS sessions,
       current_setting('max_connections')::int AS allowed,
       (SELECT count(*) FROM pg_locks WHERE NOT granted) AS waiting,
       (SELECT coalesce(extract(epoch FROM max(now() - query_start)), 0)::float8 FROM pg_stat_activity
        WHERE state = 'active' AND backend_type = 'client backend' AND pid <> pg_backend_pid()) AS longest_s,
       (SELECT extract(epoch FROM now() - pg_last_xact_replay_timestamp())::float8
        WHERE pg_is_in_recovery()) AS lag_s,
       current_setting('server_version') AS version
"""

MARK = "SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = 'public'"
"""A restore leaves its token as the comment of the schema, in its own transaction."""
