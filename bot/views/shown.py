"""What only the asker sees at once: an incident, the open ones, a timeline, help."""

from bot.views.alert import alert_list
from bot.views.help import show_help
from bot.views.incident.catchup import catchup
from bot.views.incident.headline import headline
from bot.views.incident.open_list import incident_list
from bot.views.incident.tasks import task_list
from bot.views.incident.text import text
from bot.views.incident.timeline import timeline
from bot.views.maintenance.card import listed
from bot.views.message import Message
from bot.views.runbook import runbook_list
from model.context import RequestContext
from model.incidents.catchup import missed
from model.outcomes import Display


def shown(show: Display, world: RequestContext) -> Message:
    """The view that a `Show` asks for. Raises ValueError for one there is none of."""
    match show.what:
        case "incidents":
            return incident_list(tuple(world.open), world.now, show.page, world.open.unreadable.values())
        case "incident" if show.incident:
            return headline(show.incident, world.now)
        case "catchup" if show.incident and show.person:
            news = missed(show.incident, show.person, show.since)
            return catchup(show.incident, news, world.now)
        case "timeline" if show.incident:
            return timeline(show.incident, show.page)
        case "tasks" if show.incident:
            return task_list(show.incident, lambda person: person.mention)
        case "text" if show.incident:
            return text(show.incident, world.catalog.by_system[show.incident.system], world.now)
        case "alerts":
            return alert_list([*world.alerts.values()], world.now)
        case "maintenances":
            return listed(world.planned, world.now)
        case "runbooks" if show.service:
            return runbook_list(show.service)
        case "help":
            return show_help(world.registry, show.allowed, show.about)
        case _:
            raise ValueError(f"nothing shows {show.what}")
