"""The composition root: the one place where ports meet their adapters."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import httpx
import structlog
from slack_bolt.app.async_app import AsyncApp

import commands
from backends.registry import backends, target_types
from bot.admin import feature as admin
from bot.alerts import feature as alerts
from bot.alerts.door import AlertDoor
from bot.clock import utc_now
from bot.configured import backend_settings, load_policies, slash_of
from bot.extras import missing
from bot.gate.budgets import Budgets
from bot.gate.commits import CommitWriter
from bot.gate.context import ContextReader
from bot.gate.gate import Gate
from bot.gate.incident_plans import IncidentPlans
from bot.gate.projections import Projection
from bot.incidents import feature as incidents
from bot.listeners.home import Home
from bot.listeners.home_viewers import HomeViewers
from bot.listeners.messages import MessageShortcuts
from bot.listeners.runbook_steps import RunbookSteps
from bot.listeners.slack import Listeners, bolt
from bot.maintenance import feature as maintenance
from bot.open_journal import journal_of
from bot.operations import feature as operations
from bot.queries import feature as queries
from bot.reports import feature as reports
from bot.runbooks import feature as runbooks
from bot.services import Ground, Services, services_on
from bot.settings import Settings
from bot.slack.directory import Directory
from bot.slack.messages import Chat
from bot.slack.operators import Operators
from bot.views.answered import answered
from bot.views.ended import ended
from bot.views.shown import shown
from bot.webhooks import feature as webhooks
from journal.opening import Opened
from model.catalog.schema import Catalog
from model.catalog_loader import load_catalog
from model.change_backend import changer
from model.incidents.state import Incident
from model.language.registry import Registry
from model.operations.state import Operation
from model.secrets import fingerprints_with
from model.slash import install

_LOG = structlog.get_logger()

FEATURES = (
    operations.build, incidents.build, queries.build, maintenance.build, runbooks.build, admin.build,
    reports.build, webhooks.build, alerts.build,
)  # fmt: skip
"""Each builds itself from the services; none knows another."""


@dataclass(frozen=True)
class Muster:
    """A running Muster: its Bolt app for a transport, and what tools look at.

    look: sets the timers that are due by the clock as it stands now; done every few seconds anyway.
    """

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
    door: AlertDoor
    team: str
    bot_user: str
    look: Callable[[], Awaitable[None]]


@asynccontextmanager
async def muster(settings: Settings, clock: Callable[[], datetime] = utc_now) -> AsyncGenerator[Muster]:
    """Start everything but the transport. Raises what stops a start, each saying what to do:

    NotConfigured, CatalogErrors, PolicyErrors, ServerUnfit, EmbeddedFailed, JournalUnavailable, SlackRefused.
    """
    settings.require_slack()
    registry = commands.registry()
    install(slash_of(settings, registry))
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
        ground = Ground(settings, clock, catalog, registry, policies, opened, kinds, http, prints)
        yield await _started(ground, stack)


async def _started(ground: Ground, stack: AsyncExitStack) -> Muster:
    """Build the features, the gate before them, and the doors before that; then let the journal ring."""
    services, dispatch = await services_on(ground, stack)
    slack, journal = services.slack, services.journal
    gate = gate_on(services)
    home = Home(
        ground.catalog, slack.chat, journal.opened.journal, services.authorizer, journal.open_incidents,
        journal.operations, journal.maintenances, ground.clock,
    )  # fmt: skip
    every_s = 3 * ground.settings.post_every_s
    viewers = HomeViewers(partial(home.publish, only_if_changed=True), ground.clock, every_s)
    stack.push_async_callback(viewers.close)
    for build in FEATURES:
        dispatch.join(build(services), viewers.changed)
    again = min(timedelta(seconds=ground.settings.redelivery_s), timedelta(seconds=5))
    await stack.enter_async_context(journal.drainer.running(again))
    await stack.enter_async_context(journal.timers.running(again))
    await admin.begin(services, stack)
    return Muster(
        _listening(services, gate, home, viewers),
        gate,
        ground.catalog,
        ground.registry,
        ground.opened,
        journal.operations,
        journal.incidents,
        slack.chat,
        slack.operators,
        slack.directory,
        alerts.door(services),
        slack.me.team,
        slack.me.user,
        journal.timers.reconcile,
    )


def gate_on(services: Services) -> Gate:
    """The one path of every request, on these services."""
    ground, journal, settings = services.ground, services.journal, services.ground.settings
    contexts = ContextReader(
        ground.catalog,
        ground.registry,
        ground.opened.journal,
        journal.incidents,
        journal.open_incidents,
        journal.operations,
        journal.maintenances,
        journal.runbook_runs,
        journal.alerts,
        ground.clock,
        lambda: services.slack.directory.listed,
    )
    budgets = Budgets(
        {
            "declarations": settings.budget_declarations,
            "plans": settings.budget_plans,
            "looks": settings.budget_looks,
            "refusals": settings.budget_refusals,
        }
    )
    plans = IncidentPlans(ground.opened.journal, journal.operations, ground.clock, journal.wake)
    writer = CommitWriter(
        ground.opened.journal, journal.incidents, ground.clock, journal.wake, shown, answered, ended, plans
    )
    return Gate(
        ground.registry, services.authorizer, contexts, writer, budgets, ground.clock, services.slack.patience
    )


def _listening(services: Services, gate: Gate, home: Home, viewers: HomeViewers) -> AsyncApp:
    """The Bolt app, with everything that people can do in Slack."""
    ground, slack, journal, me = services.ground, services.slack, services.journal, services.slack.me
    secret = ground.settings.slack_signing_secret.get_secret_value()
    client = slack.chat.client
    app = bolt(secret, lambda: client.token or "", me.bot, me.user, me.workspaces)
    steps = RunbookSteps(gate, ground.registry, slack.chat, journal.runbook_runs.get, slack.patience)
    Listeners(
        gate, ground.registry, slack.chat, journal.operations.get, steps, home, viewers, slack.patience,
        me.workspaces, me.user, lambda service, change: changer(service, change, ground.backends) is not None,
        MessageShortcuts(gate, slack.chat, ground.clock),
    ).listen(app)  # fmt: skip
    return app
