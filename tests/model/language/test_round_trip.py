"""What a command says of itself, written and read again, is the same; and nothing makes the reader fail."""

from datetime import UTC, datetime, timedelta
from html import escape
from ipaddress import ip_network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commands.admin.parameters import GroupNamed, SetAsideNamed, SourceNamed
from commands.logs import RetentionDays
from model.groups.events import CATALOG as CATALOG_LIST
from model.groups.events import NOBODY, slack_group
from model.groups.pins import wanted_of
from model.language.declare import ArgumentSlot, Command
from model.language.moment import FutureTime, When
from model.language.options import DRY, GLASS
from model.language.pairs import Pairs
from model.language.parameters import (
    TAG,
    AddressOrWaf,
    AlertNamed,
    BackupNamed,
    Clock,
    Count,
    Duration,
    Flag,
    IdParameter,
    InstanceClassNamed,
    IntegerParameter,
    Name,
    OneOf,
    PersonParameter,
    Release,
    Revision,
    ServiceNamed,
    Severity,
    Status,
    Text,
)
from model.language.parse import ParsedCommand, parse, render
from model.language.past import PastTime, Then
from model.language.reading import tidy
from model.language.system import SystemNamed
from model.language.text import argument, plain
from model.people import Person
from model.plan import Amount
from model.refusal import Refused
from model.secrets import REMOVED, is_secret
from tests.model.language.conftest import CATALOG, REGISTRY, typed_in

HERE = typed_in()


def is_release(tag: str) -> bool:
    """Whether a tag may be typed as it is: no word of commands, no service, no full stop at its end."""
    try:
        return Release().read(argument(tag), HERE) == tag
    except Refused:
        return False


TRAPS = st.sampled_from(
    [
        "next=30m",
        "--next",
        "at=14:02",
        "impact=none",
        'eta="soon enough"',
        "nxt=1h",
        "SEV2",
        "SEV",
        "2",
        "High",
        "P1",
        "Identified",
        "Monitoring:",
        "miyabi-api",
        "architct-api",
        "dry",
        "--dry-run",
        "because",
        "break-glass",
        "queue",
        "—",
        "—mostly",
        "-1",
        "×2",
        '"',
        '""',
        '"quoted"',
        "it’s",
        "&amp;",
        "&lt;b&gt;",
        "a < b",
        "<@U0ANA>",
        "<@U0ANA|ana>",
        "<!here>",
        "<#C0OPS|ops>",
        "<https://x.example/a?b=c|x>",
        "https://x.example/a?b=c&copy=2",
        "👩‍🚒",
        "خطأ",
        "\u202bחדש\u202c",
        "６",
        "\\",
        "`",
        "*bold*",
        "=",
        "= 3",
        "\n",
        "\t",
        "\u00a0",
        "\u200b",
    ]
)
MESSY = st.lists(TRAPS | st.text(max_size=12), min_size=1, max_size=8).map(" ".join)
TYPED = MESSY | MESSY.map(escape)
"""As Slack's own markup, and as a person types the same characters (which Slack escapes)."""


def is_flag(word: str) -> bool:
    flag = argument(word).casefold()
    return flag.startswith("--") and flag in DRY | GLASS


TEXTS = TYPED.map(plain).filter(bool)
REASONS = (
    TYPED.map(plain)
    .map(tidy)
    .filter(lambda reason: bool(reason) and not any(is_flag(w) for w in reason.split()))
)


def without_secrets(variables: dict[str, str]) -> dict[str, str]:
    """What may be typed: a variable that is a secret by a reference."""
    return {
        key: "secret:miyabi/prod/jwt-secret" if is_secret(key, value) or REMOVED in value else value
        for key, value in variables.items()
    }


def values(slot: ArgumentSlot) -> st.SearchStrategy[object]:
    """Anything that the argument may hold."""
    match slot.parameter:
        case ServiceNamed():
            return st.sampled_from(CATALOG.services)
        case Count():
            whole = st.builds(
                lambda how, n: Amount.model_validate({"how": how, "n": n}),
                st.sampled_from(["to", "up", "down"]),
                st.integers(0, 99_999),
            )
            times = st.integers(0, 9_999_999).map(
                lambda n: Amount.model_validate({"how": "times", "n": n / 100})
            )
            return whole | times
        case IntegerParameter() as kind:
            numbers = st.integers(kind.least, min(kind.most, 99_999))
            return numbers | st.just("none") if kind.may_be_none else numbers
        case SystemNamed():
            return st.sampled_from(CATALOG.systems)
        case OneOf() as kind:
            return st.sampled_from(kind.choices)
        case Severity():
            return st.sampled_from(HERE.severities)
        case Status():
            return st.sampled_from(HERE.statuses)
        case Duration() as kind:
            least, longest = (one // timedelta(seconds=1) for one in (kind.least, kind.longest))
            return st.integers(least, longest).map(lambda seconds: timedelta(seconds=seconds))
        case PastTime():
            ago = st.integers(1, 400 * 1440).map(lambda minutes: Then(ago=timedelta(minutes=minutes)))
            first = datetime(2020, 1, 1, tzinfo=UTC)
            at = st.integers(0, 10**7).map(lambda minutes: Then(at=first + timedelta(minutes=minutes)))
            clock = st.times().map(lambda time: Then(clock=f"{time:%H:%M}"))
            return ago | clock | at
        case InstanceClassNamed():
            return st.sampled_from(["db.r6g.large", "db.t4g.micro", "cache.t3.micro"])
        case GroupNamed():
            return st.sampled_from([one.handle for one in wanted_of(CATALOG)])
        case SourceNamed():
            ids = st.from_regex(r"S[A-Z0-9]{2,20}", fullmatch=True).map(slack_group)
            return st.sampled_from([CATALOG_LIST, NOBODY]) | ids
        case SetAsideNamed():
            return st.from_regex(r"(drain|timer):[a-z]{2,5}:[A-Z]{2,4}-[0-9]{1,4}", fullmatch=True)
        case BackupNamed():
            return st.from_regex(r"[a-z][a-z0-9.:/_+-]{0,40}[a-z0-9]", fullmatch=True)
        case AddressOrWaf():
            networks = st.ip_addresses().map(lambda address: str(ip_network(address)))
            return st.one_of(st.just("waf"), networks)
        case FutureTime():
            first = datetime(2020, 1, 1, tzinfo=UTC)
            at = st.integers(0, 10**7).map(lambda minutes: When(at=first + timedelta(minutes=minutes)))
            weekly = st.builds(
                lambda day, time: When(weekday=day, clock=f"{time:%H:%M}"), st.integers(0, 6), st.times()
            )
            ahead = st.integers(0, 92 * 1440).map(lambda minutes: When(after=timedelta(minutes=minutes)))
            soon = st.builds(
                lambda days, time: When(days=days, clock=f"{time:%H:%M}"), st.integers(0, 1), st.times()
            )
            return at | weekly | soon | ahead
        case RetentionDays():
            return st.integers(1, 99_999) | st.just("forever")
        case Clock():
            return st.times().map(lambda at: f"{at:%H:%M}")
        case PersonParameter():
            return st.from_regex(r"U[A-Z0-9]{4,9}", fullmatch=True).map(
                lambda u: Person(team="T0MUSTER", user=u)
            )
        case Release():
            tags = st.from_regex(TAG, fullmatch=True).filter(is_release)
            digests = st.from_regex(r"sha256:[0-9a-f]{64}", fullmatch=True)
            return tags | digests | st.from_regex(r"[a-z]{3,9}:[0-9]{1,3}", fullmatch=True)
        case Revision():
            return st.from_regex(
                r"[1-9][0-9]{0,4}|v[0-9]\.[0-9]{1,2}|[a-z]{3,9}(-[a-z]{3})?:[0-9]{1,3}", fullmatch=True
            )
        case AlertNamed():
            return st.integers(1, 10**6).map(lambda n: f"ALR-{n}")
        case IdParameter() as kind:
            return st.integers(1, 10**6).map(lambda n: f"{kind.prefix}-{n}")
        case Name():
            return st.sampled_from([one.id for one in CATALOG.services])
        case Pairs():
            keys = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,20}", fullmatch=True)
            plains = TEXTS | st.sampled_from(["debug", "dry", "--dry-run", "because", "a=b", "secret:a/b"])
            by_key = st.dictionaries(keys, plains.filter(str.strip), min_size=1, max_size=4)
            return by_key.map(without_secrets)
        case Flag():
            return st.just(True)
        case Text() as kind:
            return TEXTS.filter(lambda text: len(text) <= kind.longest)
        case other:
            raise AssertionError(f"no values for {other}")


@st.composite
def requests(draw: st.DrawFn, command: Command) -> ParsedCommand:
    given_values: dict[str, object] = {}
    for slot in command.slots:
        if slot.is_required or draw(st.booleans()):
            given_values[slot.name] = draw(values(slot))
    because = draw(st.just("") | REASONS) if command.takes_reason else ""
    dry = draw(st.booleans()) if command.takes_dry else False
    glass = draw(st.booleans()) if because else False
    queue = draw(st.booleans()) if command.takes_dry else False
    return ParsedCommand(command, given_values, dry, because, glass, queue=queue)


@pytest.mark.parametrize("command", REGISTRY.commands, ids=lambda one: one.name)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_every_command_round_trips(command: Command, data: st.DataObject):
    request = data.draw(requests(command))
    found, text = REGISTRY.find(render(request).lstrip("/"))
    assert found is command
    assert parse(command, text, HERE) == request


@pytest.mark.parametrize("command", REGISTRY.commands, ids=lambda one: one.name)
@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=300) | TYPED, service=st.sampled_from([None, "architect-api"]))
def test_no_text_makes_the_reader_fail_otherwise_than_by_saying_why(
    command: Command, text: str, service: str | None
):
    must_be_read_or_refused(command, text, service)


@settings(max_examples=60, deadline=None)
@given(
    command=st.sampled_from(REGISTRY.commands),
    text=st.text(min_size=1, max_size=40),
    size=st.integers(1000, 8000),
)
def test_nor_does_a_very_long_one(command: Command, text: str, size: int):
    must_be_read_or_refused(command, (text * size)[:size], None)


def must_be_read_or_refused(command: Command, text: str, service: str | None) -> None:
    try:
        request = parse(command, text, typed_in(service))
    except Refused as refused:
        assert refused.what
        assert refused.instead or refused.suggestions
        assert len(refused.what) + len(refused.instead) < 1500
    else:
        found, rest = REGISTRY.find(render(request))
        assert parse(found, rest, typed_in()) == (
            ParsedCommand(
                request.command,
                request.values,
                request.dry,
                request.because,
                request.break_glass,
                False,
                request.queue,
            )
        )


@settings(max_examples=200, deadline=None)
@given(line=st.text(max_size=60) | TYPED)
def test_no_line_makes_the_registry_fail(line: str):
    try:
        REGISTRY.find(line)
    except Refused as refused:
        assert refused.what
        assert "/" in refused.instead


@pytest.mark.parametrize("command", REGISTRY.commands, ids=lambda one: one.name)
def test_every_example_parses(command: Command):
    for example in command.examples:
        text = example.replace("@ana", "<@U0ANA>")
        parse(command, text, HERE)


@pytest.mark.parametrize("text", ["because", "Because", "dry", "it went dry, because"])
def test_free_text_that_speaks_of_reasons_stays_text(text: str):
    command = REGISTRY.by_action("maintenance.done")
    request = ParsedCommand(command, {"maintenance": "MNT-1", "text": text}, because="a reason of its own")
    found, rest = REGISTRY.find(render(request).lstrip("/"))
    assert parse(found, rest, HERE) == request
