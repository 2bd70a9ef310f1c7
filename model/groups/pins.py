"""Who is in each of the catalog's groups, and which groups are not any more what they were."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from model.catalog.schema import Catalog, GroupFact
from model.events import RecordedEvent
from model.groups.events import CATALOG, NOBODY, Pinned, Source, from_recorded, slack_group

Pins = Mapping[str, Source]
"""Group handle → what it was when it was trusted."""


@dataclass(frozen=True)
class SeenGroup:
    """A user group as Slack lists it now; `users` are user ids."""

    id: str
    handle: str
    users: frozenset[str]


@dataclass(frozen=True)
class Wanted:
    """A group that the catalog names.

    id: of the Slack group, where the catalog says so. members: the catalog's own list, for workspaces
    without user groups.
    """

    handle: str
    id: str = ""
    members: frozenset[str] = frozenset()


@dataclass(frozen=True)
class HeldGroup:
    """A group as it counts now."""

    source: Source
    users: frozenset[str]


@dataclass(frozen=True)
class Differs:
    """A handle stands for something else than what was trusted; what was trusted goes on counting."""

    handle: str
    was: Source
    now: Source


@dataclass(frozen=True)
class Settled:
    """What comes of one reading. held: by handle. news: to record. differing: to tell, and refused."""

    held: Mapping[str, HeldGroup]
    news: tuple[Pinned, ...] = ()
    differing: tuple[Differs, ...] = ()


def wanted_of(catalog: Catalog, roles: Iterable[str] = ()) -> tuple[Wanted, ...]:
    """Every group that rights hang on; `roles`: names of groups that have them by their name alone."""
    of_services = (handle for one in catalog.services for handle in (one.owners, one.on_call))
    handles = dict.fromkeys((*catalog.people.groups, *of_services, *roles))
    return tuple(_wanted(handle, catalog.people.groups.get(handle)) for handle in handles)


def _wanted(handle: str, fact: GroupFact | None) -> Wanted:
    return Wanted(handle, fact.id, frozenset(fact.members)) if fact else Wanted(handle)


def fold(events: Iterable[RecordedEvent], before: Pins | None = None) -> dict[str, Source]:
    """What each group was last said to be. Raises pydantic.ValidationError for events of something else."""
    pins = dict(before or {})
    for one in events:
        event = from_recorded(one)
        pins[event.handle] = event.source
    return pins


def settle(pins: Pins, wanted: Sequence[Wanted], seen: Sequence[SeenGroup]) -> Settled:
    """Hold what Slack lists now against what was trusted.

    A group is who it was: one of the same name and another id counts for nobody until it is trusted. Only
    the catalog's authors, who say what each group may do, may also say which one it is.
    """
    by_handle = {group.handle: group for group in seen}
    by_id = {group.id: group for group in seen}
    held: dict[str, HeldGroup] = {}
    news: list[Pinned] = []
    differing: list[Differs] = []
    for one in wanted:
        now = _source(one, by_handle)
        pin = pins.get(one.handle)
        if pin is None or (pin != now and _is_catalogs_word(one, pin, now)):
            news.append(Pinned(handle=one.handle, source=now))
            pin = now
        elif pin != now:
            differing.append(Differs(one.handle, pin, now))
        held[one.handle] = HeldGroup(pin, _users(one, pin, by_id))
    return Settled(held, tuple(news), tuple(differing))


def _source(wanted: Wanted, by_handle: Mapping[str, SeenGroup]) -> Source:
    if wanted.id:
        return slack_group(wanted.id)
    if wanted.handle in by_handle:
        return slack_group(by_handle[wanted.handle].id)
    return CATALOG if wanted.members else NOBODY


def _is_catalogs_word(wanted: Wanted, pin: Source, now: Source) -> bool:
    """Whether the change was made in the catalog, and not by what happens in Slack."""
    return bool(wanted.id) or (pin == NOBODY and now == CATALOG)


def _users(wanted: Wanted, source: Source, by_id: Mapping[str, SeenGroup]) -> frozenset[str]:
    if source.kind == "slack" and source.id in by_id:
        return by_id[source.id].users
    return wanted.members if source.kind == "catalog" else frozenset()
