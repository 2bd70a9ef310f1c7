"""Changes: planned, run and watched once somebody asked for them."""

from bot.gate.runbook_links import RunbookLinks
from bot.gate.targets import Targets
from bot.operations.execution import ExecutionDependencies, Polling
from bot.operations.in_line import InLine
from bot.operations.log import OperationLog
from bot.operations.planner import Planner
from bot.operations.reactions import OperationReactions
from bot.operations.replies import OperationReplies
from bot.operations.runner import Runner
from bot.operations.versions import RollbackPlanner
from bot.reactions import Feature
from bot.services import Services


def build(services: Services) -> Feature:
    """Streams `op:`; timers that run an operation and that let a plan run out."""
    ground, slack, journal = services.ground, services.slack, services.journal
    settings, clock = ground.settings, ground.clock
    log = OperationLog(journal.opened.journal, journal.operations, clock, slack.me.team, journal.wake)
    rollbacks = RollbackPlanner(journal.opened.journal, journal.operations)
    in_line = InLine(journal.opened.journal, journal.operations)
    planner = Planner(
        ground.catalog, ground.backends, journal.operations, services.authorizer, log,
        services.health_checker, rollbacks, ground.fingerprint_of,
        Targets(journal.opened.leases, journal.operations), in_line, slack.directory.others_in,
    )  # fmt: skip
    reactions = OperationReactions(
        journal.operations, journal.incidents, planner, log, slack.chat, journal.links, journal.later,
        clock, slack.incidents_channel, in_line, journal.opened.leases,
        RunbookLinks(journal.opened.journal, clock, slack.me.team, journal.wake),
        OperationReplies(slack.chat, slack.directory.mention),
    )  # fmt: skip
    with_ = ExecutionDependencies(
        operations=journal.operations,
        leases=journal.opened.leases,
        authorizer=services.authorizer,
        operation_log=log,
        health_checker=services.health_checker,
        clock=clock,
        show=reactions.show_if_possible,
        announce=reactions.announce,
        unsealed=journal.seals.unsealed,
        fingerprint_of=ground.fingerprint_of,
        pace=Polling(settings.watch_poll_s, settings.watch_longest_s),
        stillness=services.stillness,
    )
    runner = Runner(ground.catalog, ground.backends, with_, journal.later)
    return Feature({"op": reactions}, {"run": runner.run, "expire": reactions.expire, "plan": reactions.plan})
