"""The backend of kind `postgres`: looks, ends idle sessions, dumps and restores."""

from collections.abc import AsyncGenerator, Callable, Mapping
from datetime import datetime
from typing import Any

from backends.aws_clients import AwsClients
from backends.postgres import looks, plans
from backends.postgres import statements as sql
from backends.postgres.dumps import Dumps
from backends.postgres.health import signs
from backends.postgres.plans import Databases
from backends.postgres.session import Session, Sessions
from backends.postgres.target import PostgresTarget, target_of
from model.catalog.schema import Service
from model.changes import Backup, Change, KillIdle, Restore, Swap
from model.health import Health, worst
from model.plan import Plan, Progress, Step
from model.ports.backend import BackendError, Fault, Grant
from model.queries import DatabaseQuery, Query
from model.query_result import BackupFound, QueryResult
from model.refusal import Refused
from model.slash import slash

ELSEWHERE = "postgres"
"""Where one stands while other databases are renamed."""

VIEWS = ("connections", "queries", "slow", "locks", "replication", "idle")
_SIMPLE: Mapping[str, tuple[str, Callable[[PostgresTarget, looks.Rows, int], QueryResult]]] = {
    "connections": (sql.CONNECTIONS, looks.connections),
    "queries": (sql.QUERIES, looks.queries),
    "slow": (sql.SLOW, looks.slow),
    "locks": (sql.LOCKS, looks.locks),
}


class Postgres:
    """Each look is a connection of its own, ended with it. urls: service id → address with password."""

    kind = "postgres"
    target = PostgresTarget

    def __init__(self, clients: AwsClients, urls: Mapping[str, str], clock: Callable[[], datetime]) -> None:
        self._clients, self._sessions, self._clock = clients, Sessions(urls), clock

    def grants(self, service: Service) -> tuple[Grant, ...]:
        """S3 for the dumps; in the database it is pg_monitor, pg_signal_backend and CREATEDB."""
        target = target_of(service)
        if not target.bucket:
            return ()
        objects = ("s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject")
        return (
            Grant(objects, (f"arn:aws:s3:::{target.bucket}/{target.prefix}*",)),
            Grant(("s3:ListBucket",), (f"arn:aws:s3:::{target.bucket}",)),
        )

    async def reach(self, service: Service) -> None:
        """It answers. Raises BackendError."""
        async with self._sessions.open(service) as session:
            await session.value("SELECT 1")

    async def close(self) -> None:
        """Give back connections."""
        await self._clients.close()

    async def health(self, service: Service) -> Health:
        """Its own figures. Raises BackendError."""
        async with self._sessions.open(service) as session:
            rows, _ = await session.rows(sql.FIGURES)
        found = signs(target_of(service), rows[0])
        verdict, reason = worst(found)
        return Health(service=service.id, verdict=verdict, reason=reason, signs=found)

    def offers(self, service: Service, kind: str) -> tuple[str, ...]:
        """What can be looked at."""
        return VIEWS if kind == "db" else ()

    async def answer(self, service: Service, question: Query, now: datetime) -> QueryResult:
        """One look. Raises BackendError."""
        assert isinstance(question, DatabaseQuery)
        async with self._sessions.open(service) as session:
            if question.name in _SIMPLE:
                statement, told = _SIMPLE[question.name]
                rows, left_out = await session.rows(statement, most=sql.ROWS)
                return told(target_of(service), rows, left_out)
            if question.name == "idle":
                rows, left_out = await session.rows(sql.IDLE, question.older, most=sql.ROWS)
                return looks.idle(target_of(service), rows, left_out, question.older)
            return await self._replication(session)

    async def _replication(self, session: Session) -> QueryResult:
        if await session.value(sql.IS_STANDBY):
            return looks.replication(True, await session.value(sql.LAG), (), 0)
        rows, left_out = await session.rows(sql.SLOTS, most=sql.ROWS)
        return looks.replication(False, None, rows, left_out)

    async def backups(self, service: Service) -> tuple[BackupFound, ...]:
        """The dumps in the bucket. Raises BackendError."""
        return await self._dumps(service).listed()

    def accepts(self, change: Change) -> bool:
        """Ending idle sessions, dumps, restores and swaps."""
        return isinstance(change, KillIdle | Backup | Restore | Swap)

    async def plan(self, service: Service, change: Change) -> Plan:
        """Raises BackendError, Refused."""
        target, now = target_of(service), self._clock()
        match change:
            case KillIdle():
                async with self._sessions.open(service) as session:
                    rows, _ = await session.rows(sql.IDLE, change.older)
                return plans.plan_kill(service, change, rows, await self.fingerprint(service))
            case Backup():
                taken = [one.id for one in await self.backups(service)]
                mark = await self.fingerprint(service)
                return plans.plan_backup(service, change, target, taken, mark, now)
            case Restore() if change.at is not None:
                raise Refused(
                    f"{service.id} has dumps, and each is of the moment it was taken.",
                    f"Take the last one before: {slash('history')} {service.id} lists them.",
                )
            case Restore():
                backups, there = await self.backups(service), await self._databases(service)
                return plans.plan_restore(service, change, target, backups, there, now)
            case _:
                assert isinstance(change, Swap)
                return plans.plan_swap(service, change, target, await self._databases(service))

    async def _databases(self, service: Service) -> Databases:
        target = target_of(service)
        async with self._sessions.open(service) as session:
            rows, _ = await session.rows(
                "SELECT datname AS name, pg_get_userbyid(datdba) AS owner FROM pg_database ORDER BY 1"
            )
            inside, _ = await session.rows(
                "SELECT usename AS who, application_name AS app FROM pg_stat_activity"
                " WHERE datname = $1 AND pid <> pg_backend_pid()",
                target.database,
            )
        ours = tuple(
            str(row["name"])
            for row in rows
            if row["name"] in {target.database, plans.restored(target), plans.old(target)}
        )
        owner = next((str(row["owner"]) for row in rows if row["name"] == target.database), "")
        return Databases(ours, owner, inside)

    async def fingerprint(self, service: Service) -> str:
        """Of which databases there are; sessions and backups come and go by themselves."""
        return plans.mark_of(service, *(await self._databases(service)).names)

    async def apply(self, service: Service, step: Step, token: str) -> None:
        """One step. Raises BackendError."""
        params = step.params
        match step.call:
            case "postgres:TerminateBackend":
                await self._end(service, params)
            case "postgres:Dump":
                await self._dumps(service).make(self._sessions.url(service), str(params["name"]))
            case "postgres:CreateDatabase":
                await self._do(
                    service, f"CREATE DATABASE {_q(params['database'])} OWNER {_q(params['owner'])}"
                )
            case "postgres:RestoreDump":
                database = str(params["database"])
                last = f"COMMENT ON SCHEMA public IS {_literal(_mark(params))};"
                await self._dumps(service).restore(
                    self._sessions.url(service, database), str(params["name"]), last
                )
            case "postgres:CloseDatabase":
                await self._close(service, str(params["database"]))
            case _:
                old, new = params["database"], params["to"]
                await self._do(service, f"ALTER DATABASE {_q(old)} RENAME TO {_q(new)}")
                await self._do(service, f"ALTER DATABASE {_q(new)} WITH ALLOW_CONNECTIONS true")

    async def _end(self, service: Service, params: Mapping[str, Any]) -> None:
        began = datetime.fromisoformat(str(params["backend_start"]))
        async with self._sessions.open(service) as session:
            await session.value(sql.STILL_IDLE, params["pid"], began)

    async def _close(self, service: Service, database: str) -> None:
        """Let nobody in any more, and put out who is in."""
        await self._do(service, f"ALTER DATABASE {_q(database)} WITH ALLOW_CONNECTIONS false")
        async with self._sessions.open(service, ELSEWHERE) as session:
            await session.rows(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", database
            )

    async def _do(self, service: Service, statement: str) -> None:
        """A statement about databases, from beside them. Raises BackendError."""
        async with self._sessions.open(service, ELSEWHERE, reads_only=False) as session:
            await session.value(statement)

    async def has_applied(self, service: Service, step: Step, token: str, since: datetime) -> bool | None:
        """What is there now. Raises BackendError."""
        params = step.params
        match step.call:
            case "postgres:TerminateBackend":
                began = datetime.fromisoformat(str(params["backend_start"]))
                async with self._sessions.open(service) as session:
                    return not await session.value(sql.STILL_THERE, params["pid"], began)
            case "postgres:Dump":
                return await self._dumps(service).exists(str(params["name"]))
            case "postgres:CreateDatabase":
                return str(params["database"]) in await self._names(service)
            case "postgres:RestoreDump":
                return await self._marked(service, str(params["database"])) == _mark(params)
            case "postgres:CloseDatabase":
                return False  # safe to do again
            case _:
                return str(params["to"]) in await self._names(service)

    async def _names(self, service: Service) -> set[str]:
        async with self._sessions.open(service, ELSEWHERE) as session:
            rows, _ = await session.rows("SELECT datname AS name FROM pg_database")
        return {str(row["name"]) for row in rows}

    async def _marked(self, service: Service, database: str) -> str:
        async with self._sessions.open(service, database) as session:
            return str(await session.value(sql.MARK) or "")

    async def watch(self, service: Service, plan: Plan, since: datetime) -> AsyncGenerator[Progress]:
        """All of it is done when its calls are; look once more that it is so."""
        for step in plan.steps:
            if step.call == "postgres:CloseDatabase":
                continue
            if await self.has_applied(service, step, "", since) is False:
                yield Progress(ok=False, why=f"It was done and is not so: {step.says}.")
                return
        yield Progress(ok=True, last_event=f"{str(plan.goal['done']).capitalize()}.")

    def _dumps(self, service: Service) -> Dumps:
        target = target_of(service)
        if not target.bucket:
            what = f"The catalog says no bucket for the backups of {service.id}."
            raise BackendError(Fault.INVALID, what, "Add `bucket` to its target.")
        return Dumps(self._clients, target)


def _q(name: object) -> str:
    """A name as SQL writes it."""
    return '"' + str(name).replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _mark(params: Mapping[str, Any]) -> str:
    return f"restored by muster from {params['name']}"
