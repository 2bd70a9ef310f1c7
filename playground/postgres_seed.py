"""What the database of the Architect system holds: roles, tables, rows, and statements that ran slowly."""

DATABASE = "architect"
SLOT = "standby_1"

# In order. `muster` may look at everything, end sessions, and dump and restore what `architect` owns (also
# into a new database); it is no superuser and may not end a superuser's session.
ROLES = (
    "CREATE ROLE architect LOGIN PASSWORD {architect}",
    "CREATE ROLE muster LOGIN CREATEDB PASSWORD {muster}",
    "GRANT pg_monitor, pg_signal_backend, architect TO muster",
    f"CREATE DATABASE {DATABASE}_seed OWNER architect",
    f"SELECT pg_create_physical_replication_slot('{SLOT}', true)",
)

FURNISH = (
    f"CREATE DATABASE {DATABASE} TEMPLATE {DATABASE}_seed OWNER architect",
    "SELECT pg_stat_statements_reset()",
)

TABLES = (
    "SET ROLE architect",
    """
    CREATE TABLE organizations (
        id integer PRIMARY KEY,
        name text NOT NULL UNIQUE,
        plan text NOT NULL CHECK (plan IN ('free', 'team', 'enterprise')),
        created_at timestamptz NOT NULL
    )
    """,
    """
    CREATE TABLE users (
        id integer PRIMARY KEY,
        organization_id integer NOT NULL REFERENCES organizations,
        email text NOT NULL UNIQUE,
        role text NOT NULL DEFAULT 'member',
        last_seen_at timestamptz
    )
    """,
    """
    CREATE TABLE dashboards (
        id integer PRIMARY KEY,
        organization_id integer NOT NULL REFERENCES organizations,
        owner_id integer NOT NULL REFERENCES users,
        title text NOT NULL,
        layout jsonb NOT NULL
    )
    """,
    """
    CREATE TABLE audit_events (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        user_id integer NOT NULL REFERENCES users,
        action text NOT NULL,
        at timestamptz NOT NULL
    )
    """,
    """
    INSERT INTO organizations
    SELECT n, 'Organization ' || n, (ARRAY['free', 'team', 'enterprise'])[1 + n % 3],
           timestamptz '2024-01-01' + n * interval '3 days'
    FROM generate_series(1, 40) AS n
    """,
    """
    INSERT INTO users
    SELECT n, 1 + n % 40, 'user' || n || '@example.com',
           CASE WHEN n % 20 = 0 THEN 'admin' ELSE 'member' END,
           timestamptz '2026-01-01' + n * interval '7 minutes'
    FROM generate_series(1, 800) AS n
    """,
    """
    INSERT INTO dashboards
    SELECT n, 1 + (1 + n % 800) % 40, 1 + n % 800, 'Dashboard ' || n,
           jsonb_build_object('columns', 1 + n % 4, 'widgets', jsonb_build_array('cpu', 'errors', 'latency'))
    FROM generate_series(1, 1500) AS n
    """,
    """
    INSERT INTO audit_events (user_id, action, at)
    SELECT 1 + n % 800, (ARRAY['login', 'dashboard.view', 'dashboard.edit', 'export'])[1 + n % 4],
           timestamptz '2026-01-01' + n * interval '11 seconds'
    FROM generate_series(1, 6000) AS n
    """,
    "CREATE INDEX audit_events_at ON audit_events (at)",
    """
    CREATE FUNCTION usage_report(days integer) RETURNS TABLE (organization text, events bigint)
    LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM pg_sleep(days / 1000.0);  -- stands for the weight of the rows that a real one would read
        RETURN QUERY
            SELECT o.name, count(*) FROM organizations o
            JOIN users u ON u.organization_id = o.id JOIN audit_events e ON e.user_id = u.id
            GROUP BY o.name;
    END $$
    """,
    "RESET ROLE",
)

# Statement → how often it ran. The reports are the slow ones: 90 ms and 30 ms each.
SLOW = {
    "SELECT * FROM usage_report(90)": 2,
    "SELECT u.email FROM users u JOIN usage_report(30) r ON true LIMIT 5": 2,
    "SELECT count(*) FROM audit_events a JOIN audit_events b USING (user_id) WHERE a.action <> b.action": 2,
    "SELECT title FROM dashboards WHERE layout @> '{\"columns\": 3}' ORDER BY title": 5,
    "SELECT plan, count(*) FROM organizations GROUP BY plan": 20,
}
