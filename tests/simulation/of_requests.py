"""What must hold of what people asked for: what was acknowledged is there once, what was refused is not."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.gate.indexes import KINDS, derived
from bot.ids import StreamId

if TYPE_CHECKING:
    from tests.simulation.world import World

_UNKNOWN = "whether this was taken is not known"
_MADE = {"OP": "op:", "INC": "inc:", "MNT": "mnt:"}


def at_rest(world: "World") -> Iterator[str]:
    """What does not hold at the end."""
    streams = world.durable.journal.streams
    names = {StreamId.parse(name).subject for name, events in streams.items() if events}
    taken = {one.claim for one in world.said if one.answer.id and not one.answer.is_refusal}
    for one in world.said:
        answer = one.answer
        if answer.id and not answer.is_refusal and answer.id not in names:
            yield f"{one.claim} was acknowledged as {answer.id}, which is lost"
        if not one.word:
            continue
        found = _said(world, one.word)
        told = answer.message.text if answer.message else ""
        if one.claim in taken and found != 1:
            yield f"{one.claim} ({one.line}) was acknowledged, and is in the journal {found} times"
        if one.claim not in taken and told and _UNKNOWN not in told and found:
            yield f"{one.claim} ({one.line}) was refused, and was done: {told[:160]}"
    yield from _ids(world)
    yield from _lists(world)


def _said(world: "World", word: str) -> int:
    return sum(
        word in str(event.data)
        for name, events in world.durable.journal.streams.items()
        if name.startswith(("inc:", "mnt:"))
        for event in events
        if event.type != "incident.channel_created"
    )


def _ids(world: "World") -> Iterator[str]:
    """Ids are used up by what is made; a request that comes twice or is cut off may use up one more."""
    if world.lost_ids:
        return
    for kind, begins in _MADE.items():
        made = sum(name.startswith(begins) and bool(e) for name, e in world.durable.journal.streams.items())
        given = world.durable.journal.ids.get(kind, 0)
        if not made <= given <= made + world.repeated:
            yield f"{given} ids of {kind} were given out, and {made} things made"


def _lists(world: "World") -> Iterator[str]:
    """Each list of the journal is what the streams say."""
    lists = dict[str, set[str]]()
    for name, events in world.durable.journal.streams.items():
        if StreamId.parse(name).kind not in KINDS:
            continue
        for _, change in derived(name, events):
            if change.op == "add":
                lists.setdefault(change.index, set()).add(change.key)
            elif change.op == "remove":
                lists.get(change.index, set()).discard(change.key)
    found = world.durable.journal.lists
    wanted = {index: keys for index, keys in lists.items() if keys}
    if found != wanted:
        yield f"the lists are {found}, and should be {wanted}"
