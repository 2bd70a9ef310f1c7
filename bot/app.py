"""The composition root: the one place where ports meet their adapters."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import httpx
import structlog
from pydantic import JsonValue
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

import commands
from backends.http_health import HealthUrls
from backends.registry import BackendSettings, backends, target_types
from bot.admin.group_news import GroupNews
from bot.admin.position import Position
from bot.admin.reactions import AdminReactions
from bot.admin.reindex import reindexing
from bot.clock import utc_now
from bot.extras import missing
from bot.gate import streams
from bot.gate.authorizer import Authorizer
from bot.gate.budgets import Budgets
from bot.gate.commits import CommitWriter
from bot.gate.context import ContextReader
from bot.gate.gate import Gate
from bot.gate.incident_links import IncidentLinks
from bot.gate.projections import Projection
from bot.health import HealthChecker
from bot.incidents.effects import IncidentEffects
from bot.incidents.paging import Pager
from bot.incidents.reactions import IncidentReactions
from bot.listeners.home import Home
from bot.listeners.home_viewers import HomeViewers
from bot.listeners.runbook_steps import RunbookSteps
from bot.listeners.slack import Listeners, bolt
from bot.maintenance.reactions import MaintenanceReactions
from bot.open_incidents import OpenNow
from bot.open_journal import journal_of
from bot.operations.execution import ExecutionDependencies, Polling
from bot.operations.log import OperationLog
from bot.operations.planner import Planner
from bot.operations.reactions import OperationReactions
from bot.operations.runner import Runner
from bot.patience import Patience
from bot.queries.reactions import QueryReactions
from bot.queries.runner import QueryRunner
from bot.reactions import Reactions
from bot.runbooks.reactions import RunbookReactions
from bot.settings import Settings
from bot.slack.announce_channel import AnnounceChannel
from bot.slack.channels import Channels
from bot.slack.directory import SERVES, Directory
from bot.slack.files import Files
from bot.slack.groups import Groups
from bot.slack.messages import Chat
from bot.slack.operators import Operators
from bot.slack.people import People
from bot.views.message import Message, safe
from journal import aside
from journal.drain import Drainer
from journal.opening import Opened
from journal.redis import RedisJournal
from journal.sealed import Unsealed, must_be_sealed
from journal.stream_lock import LockPace as TurnPace
from journal.timers import Timers
from model import pending_query as looks
from model.catalog.schema import Catalog
from model.catalog_loader import load_catalog
from model.events import RecordedEvent
from model.groups.pins import wanted_of
from model.incidents import state as incidents_state
from model.incidents.state import Incident
from model.language.registry import Registry
from model.maintenance import state as maintenance_state
from model.operations import state as operations_state
from model.operations.state import Operation
from model.ports.backend import Backend
from model.runbooks import state as runbooks_state
from model.secrets import Prints, fingerprints_with
from permissions import ROLES, Policies, actions_of, schema

_LOG = structlog.get_logger()


@dataclass(frozen=True)
class Muster:
    """A running Muster: its Bolt app for a transport, and what tools look at."""

    app: AsyncApp
    gate: Gate
    catalog: Catalog
    registry: Registry
    opened: Opened
    operations: Projection[Operation]
    incidents: Projection[Incident]
    chat: Chat
    operators: Operators
    directory: Directory
    team: str
    bot_user: str


@dataclass(frozen=True)
class _Identity:
    """Who the bot is in its workspace (`auth.test`)."""

    team: str
    user: str
    bot: str


@asynccontextmanager
async def muster(settings: Settings, clock: Callable[[], datetime] = utc_now) -> AsyncGenerator[Muster]:
    """Start everything but the transport. Raises what stops a start, each saying what to do:

    NotConfigured, CatalogErrors, PolicyErrors, ServerUnfit, EmbeddedFailed, JournalUnavailable, SlackRefused.
    """
    settings.require_slack()
    registry = commands.registry()
    catalog = load_catalog(settings.catalog, target_types(), registry)
    policies = load_policies(settings, registry, catalog)
    async with AsyncExitStack() as stack:
        opened = await stack.enter_async_context(journal_of(settings, clock))
        http = await stack.enter_async_context(httpx.AsyncClient())
        prints = fingerprints_with(opened.key_for("fingerprints"))
        kinds = backends(replace(backend_settings(settings, clock), fingerprint_of=prints))
        for kind in kinds.values():
            stack.push_async_callback(kind.close)
        for one in missing(catalog, kinds):
            _LOG.warning("not installed", extra=one.extra, lost=str(one), next=one.mend)
        yield await _assembled(
            settings, clock, catalog, registry, policies, opened, kinds, http, prints, stack
        )


async def _assembled(
    settings: Settings,
    clock: Callable[[], datetime],
    catalog: Catalog,
    registry: Registry,
    policies: Policies,
    opened: Opened,
    kinds: dict[str, Backend],
    http: httpx.AsyncClient,
    prints: Prints,
    stack: AsyncExitStack,
) -> Muster:
    token = settings.slack_bot_token.get_secret_value()
    client = AsyncWebClient(token=token, base_url=settings.slack_api_url, timeout=10)
    chat = Chat(client, opened.posts, clock, settings.post_every_s)
    patience = Patience(settings.slack_waits_s)
    stack.push_async_callback(chat.close)
    me = await _identity(chat)
    announce = AnnounceChannel(chat, opened.kept, settings.incidents_channel)
    told = settings.operators_channel
    operators = Operators(chat, AnnounceChannel(chat, opened.kept, told) if told else announce)
    seals = _Seals(opened.journal, operators)
    directory = _directory(settings, clock, catalog, opened, chat, me.team, operators, seals)
    stack.push_async_callback(directory.close)
    directory.refresh_soon()
    operations = Projection(opened.journal, streams.operation, operations_state.fold)
    incidents = Projection(opened.journal, streams.incident, incidents_state.fold)
    maintenances = Projection(opened.journal, streams.maintenance, maintenance_state.fold)
    guides = Projection(opened.journal, streams.guide, runbooks_state.fold)
    asked = Projection(opened.journal, streams.look, looks.fold)

    def forget() -> None:
        for folds in (operations, incidents, maintenances, guides, asked):
            folds.forget()

    open_now = OpenNow(opened.journal, incidents, forget)
    authorizer = Authorizer(
        policies, catalog, directory, opened.journal, opened.leases, open_now, maintenances, clock
    )
    dispatch = _Dispatch()
    redelivery = timedelta(seconds=settings.redelivery_s)
    turns = TurnPace(life=redelivery * 2 / 3)
    timers = Timers(opened.journal, dispatch.fired, turns, dispatch.aside)
    drainer = Drainer(opened.journal, dispatch.handle, turns, dispatch.aside)
    wake = drainer.wake
    dispatch.operators = operators
    health_checker = HealthChecker(kinds, HealthUrls(http, settings.health_overrides).check)
    operation_log = OperationLog(opened.journal, operations, clock, me.team, wake)
    links = IncidentLinks(opened.journal, clock, me.team, wake)
    on_operation = OperationReactions(
        operations,
        incidents,
        Planner(catalog, kinds, operations, authorizer, operation_log, health_checker, prints),
        operation_log,
        chat,
        links,
        timers.set,
        clock,
        announce.id,
    )
    pace = Polling(settings.watch_poll_s, settings.watch_longest_s)
    with_ = ExecutionDependencies(
        operations,
        opened.leases,
        authorizer,
        operation_log,
        health_checker,
        clock,
        on_operation.show_if_possible,
        on_operation.announce,
        seals.unsealed,
        prints,
        pace,
    )
    files = Files(chat, http)
    team_keys = {team: key.get_secret_value() for team, key in settings.pagerduty_team_keys.items()}
    pager = Pager(settings.pagerduty_url, settings.pagerduty_routing_key.get_secret_value(), http, team_keys)
    steps = IncidentEffects(
        catalog,
        incidents,
        chat,
        Channels(chat, opened.posts, me.user),
        directory,
        pager,
        files,
        announce.id,
        clock,
    )
    on_incident = IncidentReactions(
        catalog,
        opened.journal,
        incidents,
        steps,
        timers.set,
        clock,
        me.team,
        wake,
        timedelta(seconds=settings.retry_s),
    )
    answering = QueryRunner(kinds, opened.journal, operations, health_checker)
    on_look = QueryReactions(catalog, asked, answering, authorizer, chat, files, links, timers.set, clock)
    on_maintenance = MaintenanceReactions(
        catalog,
        opened.journal,
        maintenances,
        chat,
        directory,
        announce.id,
        timers.set,
        clock,
        me.team,
        wake,
    )
    home = Home(catalog, chat, opened.journal, authorizer, open_now, operations, maintenances, clock)
    viewers = HomeViewers(partial(home.publish, only_if_changed=True), clock, 3 * settings.post_every_s)
    stack.push_async_callback(viewers.close)
    dispatch.reactions = Reactions(
        {
            "op": on_operation,
            "inc": on_incident,
            "look": on_look,
            "mnt": on_maintenance,
            "guide": RunbookReactions(guides, chat),
            "admin": AdminReactions(
                directory, operators, lambda name: aside.resume(opened.journal, name), seals
            ),
        },
        viewers.changed,
    )
    dispatch.timers = {
        "run": Runner(catalog, kinds, with_, timers.set).run,
        "expire": on_operation.expire,
        "follow": on_look.again,
        "retry": on_incident.retry,
        "clock": on_incident.fire,
        "maintenance": on_maintenance.fire,
    }
    position = Position(opened.journal, operators, timers.set, clock)
    dispatch.timers["position"] = position.fire if told else position.leave
    contexts = ContextReader(
        catalog,
        registry,
        opened.journal,
        incidents,
        open_now,
        operations,
        maintenances,
        guides,
        clock,
        lambda: directory.listed,
    )
    budgets = Budgets(
        {
            "declarations": settings.budget_declarations,
            "plans": settings.budget_plans,
            "looks": settings.budget_looks,
            "refusals": settings.budget_refusals,
        }
    )
    writer = CommitWriter(opened.journal, incidents, clock, wake)
    gate = Gate(registry, authorizer, contexts, writer, budgets, clock, patience)
    again = min(redelivery, timedelta(seconds=5))
    await stack.enter_async_context(drainer.running(again))
    await stack.enter_async_context(timers.running(again))
    await stack.enter_async_context(reindexing(opened.journal, operators, open_now.renew))
    if told and await timers.due(position.timer) is None:
        await position.begin()  # elsewhere a line a day would be noise: #incidents is for incidents
    app = bolt(settings.slack_signing_secret.get_secret_value(), token, me.bot, me.user, me.team)
    steps_of_runbooks = RunbookSteps(gate, registry, chat, guides.get, patience)
    inbound = Listeners(
        gate, registry, chat, operations.get, steps_of_runbooks, home, viewers, patience, me.team, me.user
    )
    inbound.listen(app)
    return Muster(
        app,
        gate,
        catalog,
        registry,
        opened,
        operations,
        incidents,
        chat,
        operators,
        directory,
        me.team,
        me.user,
    )


def _directory(
    settings: Settings,
    clock: Callable[[], datetime],
    catalog: Catalog,
    opened: Opened,
    chat: Chat,
    team: str,
    operators: Operators,
    seals: "_Seals",
) -> Directory:
    """People and groups of the workspace, as far as the catalog gives them rights."""
    roles = () if catalog.people.roles else ROLES
    wanted = wanted_of(catalog, roles)
    people = People(chat, team, opened.kept, clock, SERVES)
    groups = Groups(chat, opened.journal, opened.kept, seals, clock, team, wanted, SERVES)
    max_age = timedelta(seconds=settings.groups_max_age_s)
    news = GroupNews(operators, is_new=opened.journal.tip.entries == 0)
    people_s = Patience(settings.slack_waits_s).people_s
    return Directory(people, groups, team, clock, max_age, people_s, news.told)


def load_policies(settings: Settings, registry: Registry, catalog: Catalog) -> Policies:
    """The configured policies, checked against what commands declare. Raises PolicyErrors."""
    return Policies.load(settings.policies, schema(actions_of(registry)), catalog)


class _Seals:
    """Holds streams against the audit log, and tells the operators what is not as it was sealed."""

    def __init__(self, journal: RedisJournal, operators: Operators) -> None:
        self._journal, self._operators = journal, operators

    async def unsealed(self, stream: str, after: int = 0) -> str:
        """What is wrong with a stream after a version, which is told; nothing when all was sealed.

        Raises JournalUnavailable.
        """
        try:
            await must_be_sealed(self._journal, stream, after)
        except Unsealed as error:
            await self.tell(stream, str(error))
            return str(error)
        return ""

    async def tell(self, stream: str, why: str) -> None:
        """Tell those who run Muster."""
        said = (
            f"🛑 Somebody wrote into Muster's journal beside Muster: `{safe(stream, 100)}`, "
            f"{safe(why, 300)}. "
            "Nothing of it is run. Look with `muster audit verify`, and at who can reach its Redis."
        )
        await self._operators.tell(f"unsealed:{stream}", Message(text=said))


class _Dispatch:
    """What the journal rings; filled in once everything stands, as each needs the other."""

    def __init__(self) -> None:
        self.reactions = Reactions({})
        self.timers: dict[str, Callable[[str], Awaitable[None]]] = {}
        self.operators: Operators | None = None

    async def handle(self, stream: str, news: list[RecordedEvent]) -> None:
        """News of a stream."""
        await self.reactions.handle(stream, news)

    async def aside(self, name: str, why: str) -> None:
        """Something was set aside: those who run Muster are told, and what takes it up again."""
        _LOG.error("set aside", name=name, why=why)
        if self.operators is not None:
            said = (
                f"⚠️ `{safe(name, 200)}` is set aside: {safe(why, 400)}. "
                "What should follow from it is not done; all else goes on. "
                f"When the cause is mended, an operator types `/ops resume {safe(name, 200)}`, or on "
                f"Muster's host `muster resume {safe(name, 200)}`."
            )
            await self.operators.tell(f"aside:{name}", Message(text=said))

    async def fired(self, key: str, payload: JsonValue) -> None:
        """A timer: `run:OP-17` rings what stands under `run`."""
        kind, _, id = key.partition(":")
        await self.timers[kind](id)


async def _identity(chat: Chat) -> _Identity:
    answer = await chat.call("auth.test")
    return _Identity(str(answer["team_id"]), str(answer["user_id"]), str(answer.get("bot_id", "")))


def backend_settings(settings: Settings, clock: Callable[[], datetime]) -> BackendSettings:
    """What the backends need to know of the settings."""
    token = settings.kube_token.get_secret_value() if settings.kube_token else None
    return BackendSettings(
        aws_endpoint_url=settings.aws_endpoint_url,
        kube_api_url=settings.kube_api_url,
        kube_token=token,
        kubeconfig=settings.kubeconfig,
        poll_s=settings.watch_poll_s,
        clock=clock,
        postgres_urls=settings.postgres_urls,
        redis_urls=settings.redis_urls,
        prometheus_urls=settings.prometheus_overrides,
        health_overrides=settings.health_overrides,
    )
