"""What people may do with an incident in which state, and the events that come of it."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from model.catalog.system import System
from model.events import Event
from model.incidents.checklist import SAYS, TICKED_BY
from model.incidents.clocks import next_level
from model.incidents.events import (
    Acknowledged,
    Ending,
    Escalated,
    Item,
    Noted,
    Paged,
    Promised,
    Reopened,
    Resolved,
    Role,
    RoleAssigned,
    Started,
    StatusChanged,
    Ticked,
    Updated,
    to_event,
)
from model.incidents.named_level import named_level
from model.incidents.promise import promised_at
from model.incidents.said_in_slack import LINK
from model.incidents.state import Incident
from model.incidents.timeline import ROLE_NAMES, Kind
from model.language.near import nearest, or_list, shown
from model.people import Person
from model.refusal import Refused
from model.slash import slash

LOOKS_BACK = timedelta(hours=12)
"""How far before the declaration a bare `at=14:02` may lie; further back it is taken for a slip."""


def acknowledge(incident: Incident) -> tuple[Event, ...]:
    """Answer an incident. Raises Refused when someone has, or when it is resolved."""
    must_be_open(incident)
    if incident.acknowledged_at is not None:
        raise Refused(
            f"{incident.id} was acknowledged at {incident.acknowledged_at:%H:%M} UTC already.",
            f"To lead it, type {slash('incident role')} ic and your name.",
        )
    return (to_event(Acknowledged()),)


def escalate(incident: Incident, system: System, now: datetime, level: str = "") -> tuple[Event, ...]:
    """Tell the next level of the system's escalation matrix now, or the one that is named.

    level: its name, or as much of it as tells it from the others, such as `3`. Raises Refused.
    """
    must_be_open(incident)
    if system.escalation is None:
        raise Refused(
            f"The runbook of {system.name} has no escalation matrix.",
            f"Page a team: {slash('incident page')} TEAM",
        )
    chosen = named_level(incident, system, level) if level else next_level(incident, system)
    if chosen is None:
        raise Refused(
            "Every level of the escalation matrix was told.", f"Page a team: {slash('incident page')} TEAM"
        )
    return (to_event(Escalated(level=chosen.name, who=chosen.who, due=now)),)


def page(incident: Incident, team: str | Person, text: str, known: Iterable[str]) -> tuple[Event, ...]:
    """Page a team, or a person. Raises Refused for a team that the catalog does not have."""
    must_be_open(incident)
    if isinstance(team, Person):
        return (to_event(Paged(team="", person=team.user, text=text)),)
    named, teams = team.removeprefix("@").casefold(), sorted(known)
    if named not in teams:
        near = nearest(named, teams) or tuple(teams[:6])
        raise Refused(f"There is no team {shown(team)}.", f"Type {or_list(near)}.")
    return (to_event(Paged(team=named, text=text)),)


def update(
    incident: Incident,
    now: datetime,
    text: str,
    *,
    status: str = "",
    next: timedelta | None = None,
    every: timedelta | None = None,
    impact: str = "",
    affected: str = "",
    customers: str = "",
    eta: str = "",
    actions: Sequence[str] = (),
) -> tuple[Event, ...]:
    """Tell people how it stands; the last status of the template resolves the incident.

    next: the next update is promised for so long from now, else for `every`, as the severity has it.
    Fields left empty stay as they were.
    Raises Refused for a resolved incident, no text, an unknown status, a promise out of range.
    """
    must_be_open(incident)
    if not text.strip():
        raise Refused("The update has no text.", f"Type {slash('incident update')} and what is known now.")
    promised = promised_at(now, next, every)
    chosen = _status(incident, status) if status else ""
    if chosen == incident.statuses[-1]:
        return (to_event(Resolved(status=chosen, text=text.strip())),)
    told = Updated(
        text=text.strip(),
        status="" if chosen == incident.status else chosen,
        next_update_at=promised,
        impact=impact.strip(),
        affected=affected.strip(),
        customers=customers.strip(),
        eta=eta.strip(),
        actions=tuple(words for action in actions if (words := one_line(action))),
    )
    return (to_event(told),)


def promise(incident: Incident, now: datetime, next: timedelta) -> tuple[Event, ...]:
    """Promise the next update without one, or for no time. Raises Refused for a resolved incident."""
    must_be_open(incident)
    return (to_event(Promised(next_update_at=promised_at(now, next, None))),)


def set_status(incident: Incident, status: str) -> tuple[Event, ...]:
    """Change the status without a word; the last status of the template resolves the incident.

    Raises Refused for a resolved incident, an unknown status, or the one it has.
    """
    must_be_open(incident)
    chosen = _status(incident, status)
    if chosen == incident.status:
        others = _or(one for one in incident.statuses if one != chosen)
        raise Refused(f"{incident.id} is {chosen} already.", f"Type {slash('incident status')} {others}.")
    if chosen == incident.statuses[-1]:
        return (to_event(Resolved(status=chosen)),)
    return (to_event(StatusChanged(was=incident.status, status=chosen)),)


def resolve(incident: Incident, text: str = "") -> tuple[Event, ...]:
    """End an incident. Raises Refused when it is resolved."""
    must_be_open(incident)
    return (to_event(Resolved(status=incident.statuses[-1], text=text.strip())),)


def started(incident: Incident, now: datetime, clock: str) -> tuple[Event, ...]:
    """When it began, `13:40` UTC. Raises Refused for a time that has not come or is after the end."""
    moment = _moment(incident, now, clock)
    if incident.resolved_at is not None and moment > incident.resolved_at:
        raise Refused(f"{incident.id} was over by then.", "Say when it began, in UTC: 13:40.")
    if moment == incident.began_at:
        raise Refused(f"{incident.id} began at {clock} UTC already.")
    return (to_event(Started(at=moment)),)


def cancel(incident: Incident, text: str, ended: Ending) -> tuple[Event, ...]:
    """End what was no incident. Raises Refused when it is resolved, or when nothing says why."""
    must_be_open(incident)
    if not text.strip():
        raise Refused("Why it was no incident is missing.", "Say it in a few words, for the record.")
    return (to_event(Resolved(status=ended.capitalize(), text=text.strip(), ended=ended)),)


def reopen(incident: Incident, text: str = "") -> tuple[Event, ...]:
    """Open a resolved incident again, with the template's first status. Raises Refused when it is open."""
    if incident.is_open:
        raise Refused(
            f"{incident.id} is open: {incident.status}.",
            f"To say something new, type {slash('incident update')} TEXT.",
        )
    return (to_event(Reopened(status=incident.statuses[0], text=text.strip())),)


def assign(incident: Incident, role: Role, person: Person, by: Person) -> tuple[Event, ...]:
    """Give a role to a person. Raises Refused when they have it, or when the incident is resolved.

    What comes with a role hangs on who gave it, so another person may give it once more.
    """
    must_be_open(incident)
    if incident.roles[role] == person and by in (person, *incident.givers.get(role, ())):
        raise Refused(
            f"{ROLE_NAMES[role]} of {incident.id} is that person already.",
            f"To hand it over, type {slash('incident role')} {role} and another name.",
        )
    return (to_event(RoleAssigned(role=role, person=person)),)


def note(
    incident: Incident,
    now: datetime,
    text: str,
    *,
    at: str | datetime | None = None,
    corrects: int = 0,
    removes: int = 0,
) -> tuple[Event, ...]:
    """Write into the timeline; allowed after the end too, for the post-mortem.

    at: `14:02` (UTC, the last time it was that o'clock) or a moment; None is now.
    corrects: the number of the entry that this one sets right; that entry stays.
    removes: the number of a note that should not have been written; it stays, struck out.
    Raises Refused for no text, a time that has not come, an entry that does not exist or is no note.
    """
    if removes:
        _must_be_note(incident, removes)
        if corrects:
            raise Refused("A note corrects an entry or removes it.", "Type one of corrects= and removes=.")
    if not corrects and not removes:
        _must_be_new(incident, text)
    corrects = removes or corrects
    if not text.strip():
        raise Refused("The note has no text.", f"Type {slash('incident note')} and what happened.")
    if corrects and not 0 < corrects <= incident.version:  # each event has its entry, by its version
        raise Refused(
            f"The timeline has no entry {corrects}.", f"Type {slash('incident timeline')} to see the numbers."
        )
    moment = _moment(incident, now, at) if isinstance(at, str) else at
    if moment is not None and moment > now:
        raise Refused(f"{moment:%H:%M} UTC has not come yet.", "Leave `at` out to note it as of now.")
    return (to_event(Noted(text=text.strip(), at=moment, corrects=corrects, removes=bool(removes))),)


def _must_be_new(incident: Incident, text: str) -> None:
    """A message of Slack's is one entry, however often somebody adds it. Raises Refused."""
    link = LINK.search(text)
    if link is None:
        return
    for one in incident.timeline:
        if link[0] in one.text and one.number not in incident.timeline.removed:
            raise Refused(f"That message is entry {one.number} of {incident.id} already.")


def _must_be_note(incident: Incident, number: int) -> None:
    found = next((one for one in incident.timeline if one.number == number), None)
    where = f"Type {slash('incident timeline')} to see the numbers."
    if found is None:
        raise Refused(f"The timeline has no entry {number}.", where)
    if number in incident.timeline.removed:
        raise Refused(f"Entry {number} is removed already.")
    if found.kind is not Kind.NOTE or found.removes:
        said = "Only what somebody noted can be removed, not what happened."
        raise Refused(said, f"Set it right: {slash('incident note')} TEXT corrects={number}")


def tick(incident: Incident, item: Item) -> tuple[Event, ...]:
    """Tick an item of the checklist. Raises Refused when it is ticked, or when a command ticks it."""
    if item in incident.ticked:
        raise Refused(f"“{SAYS[item]}” is ticked already.")
    if item in TICKED_BY:
        raise Refused(f"“{SAYS[item]}” is ticked when it is done.", f"Type {slash(TICKED_BY[item])}.")
    return (to_event(Ticked(item=item)),)


def must_be_open(incident: Incident) -> None:
    """Raises Refused for a resolved incident."""
    if incident.resolved_at is not None:
        how = "ended as a false alarm" if incident.ended == "false alarm" else f"was {incident.ended}"
        raise Refused(
            f"{incident.id} {how} at {incident.resolved_at:%H:%M} UTC.",
            f"If it is not over, type {slash('incident reopen')} first; "
            f"{slash('incident note')} works all the same.",
            (slash("incident reopen"),),
        )


def one_line(text: str) -> str:
    """The words in one line, so that they cannot pass for another line of a post."""
    return " ".join(text.split())


def _status(incident: Incident, status: str) -> str:
    """The template's own spelling of a status."""
    for known in incident.statuses:
        if known.casefold() == status.casefold():
            return known
    raise Refused(f"{incident.service_name} has no status {status}.", f"Type {_or(incident.statuses)}.")


def _moment(incident: Incident, now: datetime, clock: str) -> datetime:
    """The last time it was that o'clock, unless that is too long before the incident to be meant."""
    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", clock)
    if found is None:
        raise Refused(f"`{clock}` is not a time.", "Type a time in UTC, such as 14:02.")
    today = now.astimezone(UTC).replace(hour=int(found[1]), minute=int(found[2]), second=0, microsecond=0)
    moment = today if today <= now else today - timedelta(days=1)
    if moment < min(incident.declared_at, now) - LOOKS_BACK:
        raise Refused(
            f"{clock} UTC has not come yet today.", "Times are in UTC; leave `at` out to note it as of now."
        )
    return moment


def _or(words: Iterable[str]) -> str:
    quoted = [f"`{word}`" for word in words]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"
