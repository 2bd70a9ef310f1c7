"""What every feature is built with: the journal's services, Slack's, and what decides."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import httpx
from slack_sdk.web.async_client import AsyncWebClient

from backends.http_health import HealthUrls
from bot.dispatch import Dispatch
from bot.gate import streams
from bot.gate.authorizer import Authorizer
from bot.gate.incident_links import IncidentLinks
from bot.gate.open_incidents import OpenIncidentsReader
from bot.gate.projections import Projection
from bot.health import HealthChecker
from bot.ids import TimerId
from bot.on_call.reader import OnCallReader, reader_on
from bot.patience import Patience
from bot.reactions import Later
from bot.rotating import rotation_of
from bot.seals import Seals
from bot.settings import Settings
from bot.slack.announce_channel import AnnounceChannel
from bot.slack.directory import SERVES, Directory
from bot.slack.files import Files
from bot.slack.group_news import GroupNews
from bot.slack.groups import Groups
from bot.slack.install import workspaces_of
from bot.slack.messages import Chat
from bot.slack.operators import Operators
from bot.slack.people import People
from bot.slack.workspaces import Workspaces
from bot.stillness import NeverStill, Stillness
from bot.views.token import token_refused, token_renewed
from journal.drain import Drainer
from journal.opening import Opened
from journal.stream_lock import LockPace
from journal.timers import Timers
from model import pending_query
from model.alerts import state as alert_state
from model.alerts.state import Alert
from model.catalog.schema import Catalog
from model.groups.pins import wanted_of
from model.incidents import state as incidents
from model.incidents.state import Incident
from model.language.registry import Registry
from model.maintenance import state as maintenance
from model.maintenance.state import Maintenance
from model.operations import state as operations
from model.operations.state import Operation
from model.pending_query import PendingQuery
from model.ports.backend import Backend
from model.runbooks import state as runbooks
from model.runbooks.state import RunbookRun
from model.secrets import Prints
from permissions import ROLES, Policies

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Ground:
    """What stands before anything is built: read, opened and checked."""

    settings: Settings
    clock: Clock
    catalog: Catalog
    registry: Registry
    policies: Policies
    opened: Opened
    backends: dict[str, Backend]
    http: httpx.AsyncClient
    fingerprint_of: Prints


@dataclass(frozen=True)
class Identity:
    """Who the bot is (`auth.test`), and which workspaces it serves."""

    workspaces: Workspaces
    user: str
    bot: str

    @property
    def team(self) -> str:
        """The workspace that Muster's own entries are of: the first that is served."""
        return self.workspaces.home


@dataclass(frozen=True)
class SlackServices:
    """Everything through which Slack is spoken to. incidents_channel: the id of #incidents."""

    me: Identity
    chat: Chat
    files: Files
    directory: Directory
    operators: Operators
    incidents_channel: Callable[[], Awaitable[str]]
    patience: Patience


@dataclass(frozen=True)
class JournalServices:
    """What is read of the journal and set in it. wake: told which stream has news."""

    opened: Opened
    operations: Projection[Operation]
    incidents: Projection[Incident]
    maintenances: Projection[Maintenance]
    runbook_runs: Projection[RunbookRun]
    queries: Projection[PendingQuery]
    alerts: Projection[Alert]
    timers: Timers
    later: Later
    drainer: Drainer
    wake: Callable[[str], None]
    links: IncidentLinks
    open_incidents: OpenIncidentsReader
    seals: Seals


@dataclass(frozen=True)
class Services:
    """What features are built with."""

    ground: Ground
    slack: SlackServices
    journal: JournalServices
    authorizer: Authorizer
    health_checker: HealthChecker
    on_call: OnCallReader
    stillness: Stillness = field(default_factory=NeverStill)


async def services_on(ground: Ground, stack: AsyncExitStack) -> tuple[Services, Dispatch]:
    """Build them; what has to be closed is left to the stack.

    Raises SlackRefused, SlackUnreachable, or NotConfigured for an install that does not fit MUSTER_TEAMS.
    """
    settings, opened, clock = ground.settings, ground.opened, ground.clock
    token = settings.slack_bot_token.get_secret_value()
    client = AsyncWebClient(token=token, base_url=settings.slack_api_url, timeout=10)
    stillness = Stillness()
    stack.enter_context(stillness.watched())
    chat = Chat(client, opened.posts, clock, settings.post_every_s, stillness=stillness)
    stack.push_async_callback(chat.close)
    rotation = rotation_of(settings, opened, clock, client)
    if rotation is not None:
        await rotation.renew()
    me = await _identity(chat, settings.teams)
    chat.team = me.team if me.workspaces.enterprise else ""
    announce = _channel(settings, chat, opened, settings.incidents_channel)
    told = settings.operators_channel
    operators = Operators(chat, _channel(settings, chat, opened, told) if told else announce)
    if rotation is not None:
        await stack.enter_async_context(rotation.running(partial(_token_told, operators)))
    seals = Seals(opened.journal, operators)
    dispatch = Dispatch(operators, stillness)
    journal = _journal(ground, dispatch, seals, me.team)
    directory = _directory(ground, chat, me.workspaces, operators, journal)
    stack.push_async_callback(directory.close)
    directory.refresh_soon()
    patience = Patience(settings.slack_waits_s)
    slack = SlackServices(me, chat, Files(chat, ground.http), directory, operators, announce.id, patience)
    authorizer = Authorizer(
        ground.policies, ground.catalog, directory.standing, opened.journal, opened.leases,
        journal.open_incidents, journal.maintenances, journal.operations, clock,
    )  # fmt: skip
    checker = HealthChecker(ground.backends, HealthUrls(ground.http, settings.health_overrides).check)
    on_call = reader_on(settings, ground.catalog, opened.journal, chat, directory, ground.http, clock)
    return Services(ground, slack, journal, authorizer, checker, on_call, stillness), dispatch


async def _token_told(operators: Operators, why: str) -> None:
    await operators.tell("slack-token", token_refused(why) if why else token_renewed())


def _channel(settings: Settings, chat: Chat, opened: Opened, name: str) -> AnnounceChannel:
    return AnnounceChannel(chat, opened.kept, name, private=settings.private_channels)


def _journal(ground: Ground, dispatch: Dispatch, seals: Seals, team: str) -> JournalServices:
    opened = ground.opened
    pace = LockPace(life=timedelta(seconds=ground.settings.redelivery_s) * 2 / 3)
    drainer = Drainer(opened.journal, dispatch.handle, pace, dispatch.aside)
    ops = Projection(opened.journal, streams.operation, operations.fold)
    incs = Projection(opened.journal, streams.incident, incidents.fold)
    mnts = Projection(opened.journal, streams.maintenance, maintenance.fold)
    runs = Projection(opened.journal, streams.guide, runbooks.fold)
    queries = Projection(opened.journal, streams.look, pending_query.fold)
    alerts = Projection(opened.journal, streams.alert, alert_state.fold)

    timers = Timers(opened.journal, dispatch.fired, pace, dispatch.aside)

    async def later(timer: TimerId, at: datetime) -> None:
        await timers.set(str(timer), at)

    def forget() -> None:
        for projection in (ops, incs, mnts, runs, queries, alerts):
            projection.forget()

    return JournalServices(
        opened=opened,
        operations=ops,
        incidents=incs,
        maintenances=mnts,
        runbook_runs=runs,
        queries=queries,
        alerts=alerts,
        timers=timers,
        later=later,
        drainer=drainer,
        wake=drainer.wake,
        links=IncidentLinks(opened.journal, ground.clock, team, drainer.wake),
        open_incidents=OpenIncidentsReader(opened.journal, incs, forget),
        seals=seals,
    )


def _directory(
    ground: Ground, chat: Chat, workspaces: Workspaces, operators: Operators, journal: JournalServices
) -> Directory:
    """People of the workspaces and groups of the first, as far as the catalog gives them rights."""
    team = workspaces.home
    opened, clock, settings = ground.opened, ground.clock, ground.settings
    wanted = wanted_of(ground.catalog, () if ground.catalog.people.roles else ROLES)
    people = People(chat, workspaces, opened.kept, clock, SERVES)
    groups = Groups(
        chat, opened.journal, opened.kept, journal.seals, clock, team, wanted, SERVES, journal.wake
    )
    max_age = timedelta(seconds=settings.groups_max_age_s)
    news = GroupNews(operators, is_new=opened.journal.tip.entries == 0)
    people_s = Patience(settings.slack_waits_s).people_s
    return Directory(people, groups, team, clock, max_age, people_s, news.told)


async def _identity(chat: Chat, teams: Sequence[str]) -> Identity:
    answer = await chat.call("auth.test")
    return Identity(workspaces_of(answer, teams), str(answer["user_id"]), str(answer.get("bot_id", "")))
