"""Questions about services: answered once, or again and again for a while."""

from bot.queries.reactions import QueryReactions
from bot.queries.runner import QueryRunner
from bot.reactions import Feature
from bot.services import Services


def build(services: Services) -> Feature:
    """Streams `look:`; the timer of answers that are followed."""
    ground, slack, journal = services.ground, services.slack, services.journal
    runner = QueryRunner(ground.backends, journal.opened.journal, journal.operations, services.health_checker)
    reactions = QueryReactions(
        ground.catalog, journal.queries, runner, services.authorizer, slack.chat, slack.files, journal.links,
        journal.later, ground.clock, services.on_call, slack.directory,
    )  # fmt: skip
    return Feature({"look": reactions}, {"follow": reactions.again})
