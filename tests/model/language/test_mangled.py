"""Inputs as phones and Slack mangle them: understood exactly, or refused with what to type instead."""

from datetime import timedelta

import pytest

from model.language.parse import ParsedCommand, parse, render
from model.people import Person
from model.plan import Amount
from model.refusal import Refused
from tests.model.language.conftest import CATALOG, REGISTRY, typed_in

ARCHITECT = CATALOG.service("architect-api")
MIYABI = CATALOG.service("miyabi-api")
DELIVERY = CATALOG.service("delivery-standard")
ANA = Person(team="T0MUSTER", user="U0ANA")


def to(n: float) -> Amount:
    return Amount(how="to", n=n)


SCALE = {"service": ARCHITECT, "count": to(6)}
BOUNDS = {"service": ARCHITECT, "min": 3, "max": 9}
DECLARED = {"severity": "SEV2", "service": MIYABI, "title": "Elevated 5xx"}
HALF_HOUR = {"next": timedelta(minutes=30)}

UNDERSTOOD = [
    # Case, slashes, spaces
    ("scale architect-api 6", SCALE),
    ("Scale Architect-API 6", SCALE),
    ("/scale architect-api 6", SCALE),
    ("scale   architect-api   6  ", SCALE),
    ("scale\tarchitect-api\n6", SCALE),
    ("scale\u00a0architect-api\u00a06", SCALE),
    ("scale architect-api\u20096", SCALE),
    ("scale\u3000architect-api\u202f6", SCALE),
    # Copied from a message, with its marks; the value tied to its service
    ("scale `architect-api` 6", SCALE),
    ("scale *architect-api* `6`", SCALE),
    ("scale ```architect-api``` 6", SCALE),
    ("scale architect-api=6", SCALE),
    ("scale `architect-api`=6", SCALE),
    # What cannot be seen
    ("scale \u200barchitect-api 6", SCALE),
    ("scale \ufeffarchitect-api 6\u2060", SCALE),
    ("scale \u202barchitect-api\u202c \u200e6\u200f", SCALE),
    ("\u2066scale architect-api 6\u2069", SCALE),
    ("scale architect\u00ad-api 6", SCALE),
    # Names, numbers and what phones do to them
    ("scale architect 6", SCALE),
    ("scale “architect-api” 6", SCALE),
    ("scale architect–api 6", SCALE),
    ("scale architect-api, 6.", SCALE),
    ("scale architect-api ６", SCALE),
    ("scale architect-api ٦", SCALE),
    ("scale ａｒｃｈｉｔｅｃｔ－ａｐｉ 6", SCALE),
    ("scale architect-api =6", SCALE),
    ("scale architect-api +2", {"service": ARCHITECT, "count": Amount(how="up", n=2)}),
    ("scale architect-api ＋2", {"service": ARCHITECT, "count": Amount(how="up", n=2)}),
    ("scale architect-api -2", {"service": ARCHITECT, "count": Amount(how="down", n=2)}),
    ("scale architect-api –2", {"service": ARCHITECT, "count": Amount(how="down", n=2)}),
    ("scale architect-api —2", {"service": ARCHITECT, "count": Amount(how="down", n=2)}),
    ("scale architect-api \u22122", {"service": ARCHITECT, "count": Amount(how="down", n=2)}),
    ("scale architect-api \u20122", {"service": ARCHITECT, "count": Amount(how="down", n=2)}),
    ("scale architect-api x2", {"service": ARCHITECT, "count": Amount(how="times", n=2)}),
    ("scale architect-api ×2", {"service": ARCHITECT, "count": Amount(how="times", n=2)}),
    ("scale architect-api 2X", {"service": ARCHITECT, "count": Amount(how="times", n=2)}),
    ("scale architect-api x1.5", {"service": ARCHITECT, "count": Amount(how="times", n=1.5)}),
    # Options
    ("scale architect-api min=3 max=9", BOUNDS),
    ("scale architect-api –min=3 —max=9", BOUNDS),
    ("scale architect-api -min=3 -max=9", BOUNDS),
    ("scale architect-api --min 3 --max 9", BOUNDS),
    ("scale architect-api min = 3 max = 9", BOUNDS),
    ("scale architect-api min= 3 max =9", BOUNDS),
    ("scale min=3, max=9, architect-api", BOUNDS),
    ("scale architect-api MIN=“3” Max=9", BOUNDS),
    ("scale architect-api ｍｉｎ＝３ ｍａｘ＝９", BOUNDS),
    ("scale miyabi-api reserved=None", {"service": MIYABI, "reserved": "none"}),
    ("restart architect-api —hard", {"service": ARCHITECT, "hard": True}),
    ("restart architect-api hard", {"service": ARCHITECT, "hard": True}),
    ("restart hard architect-api", {"service": ARCHITECT, "hard": True}),
    ("restart architect-api --hard=yes", {"service": ARCHITECT, "hard": True}),
    ("restart architect-api --hard=no", {"service": ARCHITECT}),
    ("restart architect-api hard=false", {"service": ARCHITECT}),
    # Versions and ids
    ("rollback miyabi-api 13", {"service": MIYABI, "version": "13"}),
    ("rollback miyabi-api 13?", {"service": MIYABI, "version": "13"}),
    (
        "rollback delivery-standard delivery-standard:41",
        {"service": DELIVERY, "version": "delivery-standard:41"},
    ),
    ("undo op-17", {"operation": "OP-17"}),
    ("undo OP–17", {"operation": "OP-17"}),
    ("undo #17", {"operation": "OP-17"}),
    ("undo", {}),
    # People
    ("incident role ic <@U0ANA|ana>", {"role": "ic", "person": ANA}),
    ("incident role IC: <@U0ANA>,", {"role": "ic", "person": ANA}),
    # Severity stands anywhere
    ("incident declare miyabi-api Elevated 5xx SEV2", DECLARED),
    ("incident declare sev2 miyabi-api Elevated 5xx", DECLARED),
    ("incident declare SEV-2 miyabi-api Elevated 5xx", DECLARED),
    ("incident declare Sev 2: miyabi-api Elevated 5xx", DECLARED),
    ("incident declare miyabi-api SEV2 Elevated 5xx", DECLARED),
    ("Incident Declare SEV2 miyabi-api Elevated 5xx", DECLARED),
    ("incident declare SEV2 miyabi-api “Elevated 5xx”", DECLARED),
    (
        'incident declare SEV2 miyabi-api "SEV1 yesterday, worse now"',
        {"severity": "SEV2", "service": MIYABI, "title": "SEV1 yesterday, worse now"},
    ),
    (
        "incident declare high delivery-standard Low error budget",
        {"severity": "High", "service": DELIVERY, "title": "Low error budget"},
    ),
    (
        "incident declare miyabi-api High latency SEV3",
        {"severity": "SEV3", "service": MIYABI, "title": "High latency"},
    ),
    # Free text is kept as it was typed
    (
        "incident declare SEV2 miyabi-api 🔥 👩‍🚒 Elevated 5xx",
        {"severity": "SEV2", "service": MIYABI, "title": "🔥 👩‍🚒 Elevated 5xx"},
    ),
    (
        "incident declare SEV2 miyabi-api \u202bخطأ في الدخول\u202c",
        {"severity": "SEV2", "service": MIYABI, "title": "خطأ في الدخول"},
    ),
    (
        "incident declare SEV2 miyabi-api A &amp; B &lt;down&gt;",
        {"severity": "SEV2", "service": MIYABI, "title": "A & B <down>"},
    ),
    ("incident update It is at <https://x.example/a>", {"text": "It is at https://x.example/a"}),
    ("incident update See <http://x.example|x.example>", {"text": "See x.example"}),
    ("incident update <https://x.example/a|Runbook>", {"text": "Runbook (https://x.example/a)"}),
    ("incident update https://x.example/?a=1&amp;copy=2", {"text": "https://x.example/?a=1&copy=2"}),
    ("incident update Ask <@U0ANA|ana> in <#C0OPS|ops>", {"text": "Ask <@U0ANA> in <#C0OPS>"}),
    ("incident update Tell <!here> and <!subteam^S1|@ops>", {"text": "Tell @here and @ops"}),
    ("incident update Errors fall —mostly in the EU", {"text": "Errors fall —mostly in the EU"}),
    ("incident update Only “two” pods, not 5", {"text": 'Only "two" pods, not 5'}),
    ("incident update Line one\n  line two", {"text": "Line one\n  line two"}),
    ('incident update Replaced a 5" disk', {"text": 'Replaced a 5" disk'}),
    # Options around free text
    (
        "incident update Identified: Bad config next=30m",
        {"status": "Identified", "text": "Bad config", **HALF_HOUR},
    ),
    ("incident update next=30m. Bad config", {"text": "Bad config", **HALF_HOUR}),
    ("incident update Bad config —next 30min", {"text": "Bad config", **HALF_HOUR}),
    ("incident update Bad config next = 30m", {"text": "Bad config", **HALF_HOUR}),
    (
        "incident update Bad config impact=Some users cannot log in next=30m",
        {"text": "Bad config", "impact": "Some users cannot log in", **HALF_HOUR},
    ),
    (
        "incident update impact=“Some users” Bad config",
        {"text": "Bad config", "impact": "Some users"},
    ),
    ('incident update "Identified by next=30m"', {"text": "Identified by next=30m"}),
    ("incident note Moved traffic at=14.02", {"text": "Moved traffic", "at": "14:02"}),
    ("incident note at=9:05Z Moved traffic", {"text": "Moved traffic", "at": "09:05"}),
    ("incident timeline page=２", {"page": 2}),
]

WITH_REASON = [
    ("scale architect-api 6 —dry-run", True, ""),
    ("scale architect-api 6 --dry", True, ""),
    ("scale architect-api 6 dry run", True, ""),
    ("scale dry architect-api 6", True, ""),
    ("scale architect-api DRY 6 dry", True, ""),
    ("scale architect-api 6 because “too slow”", False, "too slow"),
    ('scale architect-api 6 because it is "slow" again', False, 'it is "slow" again'),
    ("scale architect-api 6 because it’s slow", False, "it's slow"),
    ("scale architect-api 6 BECAUSE of load", False, "of load"),
    ("scale architect-api 6 —because of load", False, "of load"),
    ("scale architect-api 6 because: of load", False, "of load"),
    ("scale architect-api 6 because=of load", False, "of load"),
    ("scale architect-api 6\nbecause of\n load", False, "of load"),
    ('scale architect-api 6 because 5" disk', False, '5" disk'),
    ("scale architect-api 6 because max=9 was not enough", False, "max=9 was not enough"),
    ("scale architect-api 6 dry because the well ran dry", True, "the well ran dry"),
    ("scale architect-api 6 because x because y", False, "x because y"),
]

REFUSED = [
    ("", "/scale"),
    ("scael architect-api 6", "/scale"),
    ("incident", "/incident declare"),
    ("incident declar x", "/incident declare"),
    ("scale", "SERVICE"),
    ("scale architct-api 6", "/scale architect-api 6"),
    ("scale 6 architect-api dry", "/scale architect-api 6 dry"),
    ("scale architect-api six", "6, +2, -1 or x2"),
    ("scale architect-api + 2", "6, +2, -1 or x2"),
    ("scale architect-api x2x", "6, +2, -1 or x2"),
    ("scale architect-api 1.5", "whole number"),
    ("scale architect-api 6 7", "Usage: /scale"),
    ("scale architect-api 6 --fast", "Usage: /scale"),
    ("scale architect-api --mim=3", "`min`"),
    ("scale architect-api min=3 --min 4", "once"),
    ("scale architect-api min=", "min=N"),
    ("scale architect-api min=-3", "0 to 10,000"),
    ("scale architect-api min=lots", "0 to 10,000"),
    ('scale "architect-api 6', 'Close it with "'),
    ("scale architect-api 6 because", "Type the reason"),
    ("scale architect-api 6 because “ ”", "Type the reason"),
    ("scale architect-api 6 because of load --dry-run", "before `because`"),
    ("scale architect-api 6 because of load —dry", "before `because`"),
    ("scale architect-api 6 because " + "x" * 501, "Shorten"),
    ("scale architect-api 6 --break-glass", "because"),
    ("scale architect-api " + "9" * 8000, "up to 4,000"),
    ("scale architect-api " + "9" * 3000, "6, +2, -1 or x2"),
    ("restart architect-api miyabi-dev", "Usage: /restart"),
    ("restart architect-api --hard=maybe", "--hard"),
    ("rollback miyabi-api latest", "/history"),
    ("rollback miyabi-api architect-ap", "`architect-api`"),
    ("health", "Usage: /health SERVICE"),
    ("health miyabi-api dry", "Usage: /health"),
    ("run OP-17 dry", "Usage: /ops run"),
    ("approve OP-17 --dry-run", "Usage: /ops approve"),
    ("undo OP-x", "OP-17"),
    ("incident declare --dry SEV2 miyabi-api Down", "Usage: /incident declare"),
    ("incident declare SEV1 SEV2 miyabi-api Down", "quotes"),
    ("incident declare SEV2 miyabi-api P1 customers are affected", "quotes"),
    (
        "incident declare delivery-standard High error rate",
        "/incident declare High delivery-standard error rate",
    ),
    (
        "incident declare SEV2 Elevated 5xx miyabi-api",
        "/incident declare miyabi-api SEV2 Elevated 5xx miyabi-api",
    ),
    ("incident update", "Usage: /incident update"),
    ("incident update Identified", "Usage: /incident update"),
    ("incident update Bad config nxt=30m", "`next`"),
    ("incident update Bad config next=soon", "30m"),
    ("incident update Bad config next=30d", "7d"),
    ("incident update “Bad config", 'Close it with "'),
    ("incident note Moved at=25:00", "14:02"),
    ("incident role boss <@U0ANA>", "`ic`"),
    ("incident role ic @ana", "pick the person"),
    ("incident sev SEV9", "`SEV1`"),
    ("incident update " + "a b " * 600, "Shorten"),
    ('incident update ""', "Type it after the command"),
    ("incident status Fixed", "`Monitoring`"),
]


def read(line: str, service: str | None = None) -> ParsedCommand:
    command, text = REGISTRY.find(line)
    return parse(command, text, typed_in(service))


@pytest.mark.parametrize(("line", "means"), UNDERSTOOD)
def test_it_is_understood_exactly(line: str, means: dict[str, object]):
    request = read(line)
    assert request == ParsedCommand(request.command, means)


@pytest.mark.parametrize(("line", "dry", "because"), WITH_REASON)
def test_dry_stands_anywhere_and_the_reason_runs_to_the_end(line: str, dry: bool, because: str):
    request = read(line)
    assert request == ParsedCommand(request.command, SCALE, dry, because)


@pytest.mark.parametrize(("line", "told"), REFUSED)
def test_it_is_refused_with_what_to_type(line: str, told: str):
    with pytest.raises(Refused) as refused:
        read(line)
    assert refused.value.what
    said = f"{refused.value.what} {refused.value.instead} {' '.join(refused.value.suggestions)}"
    assert told in said


@pytest.mark.parametrize("line", [line for line, _ in REFUSED])
def test_a_suggestion_may_be_copied_as_it_is(line: str):
    with pytest.raises(Refused) as refused:
        read(line)
    for suggestion in refused.value.suggestions:
        if "/" in suggestion and "@" not in suggestion:
            assert read(suggestion)


def test_what_may_be_written_without_quotes_is():
    line = "/incident declare SEV2 miyabi-api Logins fail, some time out"
    assert render(read(line)) == line
    assert render(read("/incident update Identified the cause")) == "/incident update Identified the cause"
    assert render(read('/incident update "Identified the cause"')) == (
        '/incident update "Identified the cause"'
    )
