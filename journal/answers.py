"""Turns each question to the journal into one server command, and its raw reply into an answer."""

import json
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from journal.chain import LogPosition, StreamHead
from journal.keys import Keys
from journal.redis_connection import Command
from model.events import UNDECODED, Actor, RecordedEvent
from model.ports.journal import GetMembers, GetValue, JournalAnswer, JournalQuery, NextId, ReadEvents
from model.ports.log import GetLogPlace, GetMoves, LogPlace, Moves

MOST_MOVES = 200
"""Entries of the log that are looked through at a time."""


def command(keys: Keys, question: JournalQuery) -> Command:
    """The one command that answers a question."""
    match question:
        case GetValue():
            return "HGET", keys.map(question.index), question.key
        case GetMembers():
            return _members(keys, question)
        case NextId():
            return "INCR", keys.counter(question.kind)
        case ReadEvents():
            first = f"{question.after + 1}-0"
            return "XRANGE", keys.stream(question.stream), first, "+", "COUNT", question.limit
        case GetLogPlace():
            return "GET", keys.tip
        case GetMoves():  # with the entry of that place, which tells whether the log is still the same
            return "XRANGE", keys.audit, f"{question.after.entry}-0", "+", "COUNT", MOST_MOVES
        case _:
            return "HGET", keys.heads, question.stream


def _members(keys: Keys, question: GetMembers) -> Command:
    low = "-inf" if question.min_score is None else question.min_score
    high = "+inf" if question.max_score is None else question.max_score
    index = keys.ordered(question.index)
    if question.newest is None:
        return "ZRANGE", index, low, high, "BYSCORE"
    return "ZRANGE", index, high, low, "BYSCORE", "REV", "LIMIT", 0, question.newest


def answer(question: JournalQuery, reply: Any) -> JournalAnswer:
    """What a raw reply means."""
    match question:
        case GetValue():
            return None if reply is None else str(reply)
        case GetMembers():
            return [str(member) for member in reply]
        case NextId():
            return f"{question.kind}-{int(reply)}"
        case ReadEvents():
            return [recorded(question.stream, id_, fields) for id_, fields in reply]
        case GetLogPlace():
            tip = LogPosition.parse(reply)
            return LogPlace(entry=tip.entries, digest=tip.chain)
        case GetMoves():
            return _moves(question.after, reply)
        case _:
            return StreamHead.parse(reply).version


def _moves(after: LogPlace, reply: Any) -> Moves | None:
    """What entries of the log say; they are not verified here, as the lists and events are not either."""
    found = list(reply)
    if after.entry:
        if not found or found[0][0] != f"{after.entry}-0" or found[0][1].get("c") != after.digest:
            return None
        del found[0]
    versions: dict[str, int] = {}
    to = after
    for _, fields in found:
        for link in json.loads(fields["j"])["links"]:
            if link["types"]:
                versions[link["stream"]] = link["after"] + len(link["types"])
    if found:
        id_, fields = found[-1]
        to = LogPlace(entry=int(id_.partition("-")[0]), digest=fields["c"])
    return Moves(to=to, versions=versions, is_all=len(reply) < MOST_MOVES)


def recorded(stream: str, id_: str, fields: dict[str, str]) -> RecordedEvent:
    """One stored event; its id "<version>-0" is its version.

    One of another form than ours (a newer version's, or a stranger's) is given as UNDECODED, with all that it
    says: who folds the stream says that it cannot be read, and no other stream is kept from being read.
    """
    version, stored = int(id_.partition("-")[0]), fields.get("e", "")
    try:
        return RecordedEvent(stream=stream, version=version, **json.loads(stored))
    except (ValueError, TypeError, ValidationError):
        never, nobody = datetime.fromtimestamp(0, UTC), Actor(team="", user="", via="system")
        data = {"stored": _json_or_text(stored)}
        return RecordedEvent(stream=stream, version=version, at=never, who=nobody, type=UNDECODED, data=data)


def _json_or_text(stored: str) -> Any:
    try:
        return json.loads(stored)
    except ValueError:
        return stored
