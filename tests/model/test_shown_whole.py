"""What a plan cannot show as it would be sent is refused, whatever it holds."""

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.views.message import safe
from model.changes import Configure
from model.escape import mrkdwn
from model.plan import Delta, Plan, RiskTier, Step
from model.plan_shown_whole import ALTOGETHER, LONGEST, must_be_shown_whole
from model.refusal import Refused


def plan_of(*values: str) -> Plan:
    variables = {f"V{at}": value for at, value in enumerate(values)}
    return Plan(
        service="architect-api",
        change=Configure(set=variables),
        deltas=tuple(Delta(what=key, before="not set", after=value) for key, value in variables.items()),
        steps=(Step(call="kubernetes:PatchDeployment", params={"set": dict(variables)}, says="Set them"),),
        tier=RiskTier.R2,
        fingerprint="0" * 12,
        undo="Takes them away.",
    )


@given(st.lists(st.text(min_size=1, max_size=60), min_size=1, max_size=5))
def test_a_value_is_shown_as_it_is_sent_or_refused(values):
    plan = plan_of(*values)
    try:
        must_be_shown_whole(plan)
    except Refused:
        return
    for delta in plan.deltas:
        read = safe(delta.after).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        assert read.replace("@\u2060", "@") == delta.after


@given(st.text(alphabet=st.characters(categories=["Cf", "Cc", "Zl", "Zp"]), min_size=1, max_size=3))
def test_what_cannot_be_seen_is_refused(hidden):
    with pytest.raises(Refused, match="cannot be seen"):
        must_be_shown_whole(plan_of(f"db{hidden}.internal"))


@given(st.text(alphabet="abc <&é日", min_size=1, max_size=40))
def test_what_can_be_seen_is_let_through(value):
    assume(all(unicodedata.category(c) not in {"Cf", "Cc"} for c in value))
    must_be_shown_whole(plan_of(value))


def test_what_is_too_long_for_its_line_or_for_the_message_is_refused():
    must_be_shown_whole(plan_of("a" * LONGEST))
    with pytest.raises(Refused, match="too long"):
        must_be_shown_whole(plan_of("a" * (LONGEST + 1)))
    with pytest.raises(Refused, match="too long"):
        must_be_shown_whole(plan_of(*["&" * (LONGEST // 5)] * (ALTOGETHER // LONGEST + 1)))
    assert len(mrkdwn("&" * (LONGEST // 5))) <= LONGEST


def test_what_would_be_struck_out_is_refused():
    with pytest.raises(Refused, match="looks like a secret"):
        must_be_shown_whole(plan_of("ghp_Zk3vQ9tR7xW2pL8mN4bV6cY1sD5fG0hJ1234"))
