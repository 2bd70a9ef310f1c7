"""Incidents: their channel, their one message, posts, pages and clocks."""

from datetime import timedelta

from bot.gate.incident_plans import IncidentPlans
from bot.incidents.background import BackgroundReader
from bot.incidents.effects import IncidentEffects
from bot.incidents.pager_answers import PagerAnswers
from bot.incidents.paging import Pager
from bot.incidents.posts import IncidentPosts
from bot.incidents.reactions import IncidentReactions
from bot.on_call.pages import PagerDutyPages
from bot.on_call.reader import rest_on
from bot.reactions import Each, Feature
from bot.services import Services
from bot.slack.channels import Channels


def build(services: Services) -> Feature:
    """Streams `inc:`; timers of clocks and of effects that are tried again."""
    ground, slack, journal = services.ground, services.slack, services.journal
    settings, clock = ground.settings, ground.clock
    team_keys = {team: key.get_secret_value() for team, key in settings.pagerduty_team_keys.items()}
    routing_key = settings.pagerduty_routing_key.get_secret_value()
    effects = IncidentEffects(
        ground.catalog,
        slack.chat,
        Channels(slack.chat, journal.opened.posts, slack.me.user),
        slack.directory,
        Pager(settings.pagerduty_url, routing_key, ground.http, team_keys),
        slack.files,
        IncidentPosts(
            ground.catalog, journal.incidents, slack.chat, slack.directory, slack.incidents_channel
        ),
        slack.incidents_channel,
        clock,
        BackgroundReader(journal.opened.journal, journal.operations, ground.catalog),
        services.on_call,
    )
    reactions = IncidentReactions(
        ground.catalog, journal.opened.journal, journal.incidents, effects, journal.later, clock,
        slack.me.team, journal.wake, timedelta(seconds=settings.retry_s),
        IncidentPlans(journal.opened.journal, journal.operations, clock, journal.wake),
    )  # fmt: skip
    answers = PagerAnswers(
        PagerDutyPages(rest_on(settings, ground.http)), journal.incidents, journal.opened.journal,
        services.on_call.find, journal.later, journal.wake, clock, slack.me.team,
    )  # fmt: skip
    timers = {"retry": reactions.retry, "clock": reactions.fire, "pager": answers.fire}
    return Feature({"inc": Each(answers, reactions)}, timers)
