"""The buckets of the runbooks, as they stand before anyone plays; moto keeps and answers them."""

import gzip
import re
from collections.abc import Mapping
from datetime import UTC, datetime

from playground.aws.deployments import BUCKET, stored

EVIDENCE = "architect-evidence"
BACKUPS = "backups"

_DUMP = """\
--
-- PostgreSQL database dump
--

SET statement_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;

CREATE EXTENSION IF NOT EXISTS pg_stat_statements WITH SCHEMA public;

COMMENT ON EXTENSION pg_stat_statements IS 'track planning and execution statistics';

CREATE TABLE public.organizations (
    id integer NOT NULL,
    name text NOT NULL,
    plan text NOT NULL
);

COPY public.organizations (id, name, plan) FROM stdin;
1\tOrganization 1\tteam
2\tOrganization 2\tenterprise
3\tCOMMENT ON EXTENSION is data here\tfree
\\.

ALTER TABLE ONLY public.organizations ADD CONSTRAINT organizations_pkey PRIMARY KEY (id);

--
-- PostgreSQL database dump complete
--
"""


def dump_of(note: str) -> bytes:
    """A small dump as pg_dump writes it, compressed."""
    return gzip.compress(f"-- {note}\n{_DUMP}".encode(), mtime=0)


def written(key: str) -> datetime | None:
    """When an object was put there, from the time in its name; None for now."""
    found = re.search(r"(?:backup_|/)(\d{10})(\d{3}-)?", key)
    return datetime.fromtimestamp(int(found[1]), UTC) if found else None


def contents() -> Mapping[str, Mapping[str, bytes]]:
    """Bucket → key → content: dumps as architect-api.md names them, and what Serverless keeps."""
    stamps = (1708172400, 1739708400, 1771244400)
    return {
        BACKUPS: {
            f"architect/backup_{stamp}.sql.gz": dump_of(datetime.fromtimestamp(stamp, UTC).isoformat())
            for stamp in stamps
        },
        EVIDENCE: {},
        BUCKET: stored(),
    }
