"""Fifty inputs as phones and Slack mangle them: understood exactly, or refused with what to type."""

import pytest

from model.change import Amount
from model.language.parse import Request, parse, render
from model.refusal import Refused
from tests.model.language.conftest import REGISTRY, typed_in

CHANNEL = "architect-api"

UNDERSTOOD = [
    ("scale architect-api 6", "/scale architect-api 6"),
    ("Scale Architect-API 6", "/scale architect-api 6"),
    ("/scale architect-api 6", "/scale architect-api 6"),
    ("scale\u00a0architect-api\u00a06", "/scale architect-api 6"),
    ("scale architect-api\u2009+2", "/scale architect-api +2"),
    ("scale architect-api \u20132", "/scale architect-api -2"),
    ("scale architect-api \u22122", "/scale architect-api -2"),
    ("scale architect-api x2", "/scale architect-api x2"),
    ("scale architect-api ×2", "/scale architect-api x2"),
    ("scale architect-api =6", "/scale architect-api 6"),
    ("scale architect-api 6 —dry-run", "/scale architect-api 6 dry"),
    ("scale architect-api 6 --dry", "/scale architect-api 6 dry"),
    ("scale dry architect-api 6", "/scale architect-api 6 dry"),
    ("scale architect-api –min=3 —max=9", "/scale architect-api min=3 max=9"),
    ("scale architect-api --min 3 --max 9", "/scale architect-api min=3 max=9"),
    ("scale architect-api MAX=9", "/scale architect-api max=9"),
    ("scale architect-api 6 because “too slow”", '/scale architect-api 6 because "too slow"'),
    ("scale architect-api 6 because it's slow", "/scale architect-api 6 because it's slow"),
    ("scale architect-api 6 because it’s slow", "/scale architect-api 6 because it's slow"),
    ("scale architect-api 6 BECAUSE of load", "/scale architect-api 6 because of load"),
    ("scale architect-api 6\nbecause of load", "/scale architect-api 6 because of load"),
    ("scale\tarchitect-api\t6", "/scale architect-api 6"),
    ("scale \u200barchitect-api 6", "/scale architect-api 6"),
    ("scale \u202barchitect-api\u202c 6", "/scale architect-api 6"),
    ("scale \ufeffarchitect-api 6", "/scale architect-api 6"),
    ("rollback miyabi-api 13", "/rollback miyabi-api 13"),
    ("rollback delivery-standard delivery-standard:41", "/rollback delivery-standard delivery-standard:41"),
    ("restart architect-api —hard", "/restart architect-api --hard"),
    ("restart architect-api hard", "/restart architect-api --hard"),
    ("incident role ic <@U0ANA|ana>", "/incident role ic <@U0ANA>"),
    ("incident role IC <@U0ANA>", "/incident role ic <@U0ANA>"),
    ("incident declare miyabi-api Elevated 5xx SEV2", "/incident declare SEV2 miyabi-api Elevated 5xx"),
    ("incident declare sev2 miyabi-api Elevated 5xx", "/incident declare SEV2 miyabi-api Elevated 5xx"),
    ("incident declare SEV2 miyabi-api 🔥 Elevated 5xx", "/incident declare SEV2 miyabi-api 🔥 Elevated 5xx"),
    ("incident declare SEV2 miyabi-api خطأ في الدخول", "/incident declare SEV2 miyabi-api خطأ في الدخول"),
    (
        "incident declare SEV2 miyabi-api A &amp; B &lt;down&gt;",
        "/incident declare SEV2 miyabi-api A & B <down>",
    ),
    ("incident update It is <https://x.example/a|x.example/a>", "/incident update It is x.example/a"),
    ("incident update Identified: Bad config next=30m", "/incident update Identified Bad config next=30m"),
    ("incident update Bad config —next 1h30m", "/incident update Bad config next=1h30m"),
    ("incident note Moved traffic at=14.02", "/incident note Moved traffic at=14:02"),
    ("undo op-17", "/undo OP-17"),
    ("undo 17", "/undo OP-17"),
]

REFUSED = [
    ("scale architct-api 6", "architect-api"),
    ("scale architect-api six", "6, +2, -1 or x2"),
    ("scale architect-api 6 7", "more than"),
    ("scale architect-api 6 --fast", "not an option"),
    ("scale architect-api --mim=3", "min"),
    ("scale architect-api min=3 min=4", "twice"),
    ('scale "architect-api 6', "never closed"),
    ("scale architect-api 6 because", "reason"),
    ("scale architect-api 1.5", "whole number"),
    ("incident declare SEV1 SEV2 miyabi-api Down", "two severities"),
    ("incident declare delivery-standard High error rate", "part of the text"),
    ("incident update", "TEXT"),
    ("incident role boss <@U0ANA>", "`ic`"),
    ("incident role ic ana", "pick the person"),
    ("incident sev SEV9", "SEV1"),
    ("rollback miyabi-api latest", "/history"),
    ("scael architect-api 6", "/scale"),
    ("incident declar x", "incident declare"),
    ("scale architect-api " + "9" * 8000, "characters"),
]


def read(line: str, service: str | None = None) -> Request:
    command, text = REGISTRY.find(line)
    return parse(command, text, typed_in(service))


@pytest.mark.parametrize(("line", "means"), UNDERSTOOD)
def test_it_is_understood(line: str, means: str):
    assert render(read(line)).replace('"', "") == means.replace('"', "")


@pytest.mark.parametrize(("line", "told"), REFUSED)
def test_it_is_refused_with_what_to_type(line: str, told: str):
    with pytest.raises(Refused) as refused:
        read(line)
    said = f"{refused.value.what} {refused.value.instead} {' '.join(refused.value.suggestions)}"
    assert told in said


@pytest.mark.parametrize(
    ("line", "means"),
    [
        ("scale 6", "/scale architect-api 6"),
        ("rollback", "/rollback architect-api"),
        ("rollback 7", "/rollback architect-api 7"),
        ("restart because stuck", "/restart architect-api because stuck"),
        ("health", "/health architect-api"),
    ],
)
def test_in_an_incident_channel_the_service_is_the_incidents_own(line: str, means: str):
    request = read(line, CHANNEL)
    assert render(request) == means
    assert request.assumed


def test_a_service_that_is_named_is_never_replaced_by_the_incidents():
    request = read("scale miyabi-dev 3", CHANNEL)
    assert request.service is not None
    assert request.service.id == "miyabi-dev"
    assert not request.assumed


@pytest.mark.parametrize("line", ["rollback architct-api", "rollback miyabi-apy 7", "scale architct-api 6"])
def test_a_mistyped_service_is_no_version_and_not_the_incidents(line: str):
    with pytest.raises(Refused):
        read(line, CHANNEL)


def test_counts_are_what_they_say():
    amounts = {text: read(f"scale architect-api {text}").values["count"] for text in ("6", "+2", "-1", "x2")}
    assert {text: amount.of(4) for text, amount in amounts.items()} == {"6": 6, "+2": 6, "-1": 3, "x2": 8}
    assert amounts["+2"] == Amount.model_validate({"how": "up", "n": 2})
