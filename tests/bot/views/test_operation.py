"""An operation's headline, which on a phone is all that is read before Run."""

import pytest

from bot.views.operation.card import card, describe
from model.operations.state import Phase
from model.plan import Delta
from tests.model.operations.test_life import START, plan, planned


def changing(*deltas: Delta):
    return planned(plan=plan().model_copy(update={"deltas": deltas}))


def test_the_headline_and_the_run_dialog_say_all_that_changes():
    both = changing(
        Delta(what="minimum", before="3", after="4"), Delta(what="maximum", before="20", after="12")
    )
    told = "api: minimum 3 → 4, maximum 20 → 12"
    assert describe(both) == told
    assert str(card(both, START)).count(told) == 3  # the notification, the headline and the Run dialog


@pytest.mark.parametrize("number", [3, 8])
def test_what_does_not_fit_is_counted(number: int):
    many = changing(*(Delta(what=f"variable {n}", before="a" * 20, after="b" * 20) for n in range(number)))
    assert describe(many).endswith(f", and {number - 1} more")
    assert "variable 1" not in describe(many)


def test_what_could_not_be_verified_is_not_called_verified():
    over = planned(phase=Phase.SUCCEEDED, verdict="unknown", says="Not verified: no figures to compare.")
    shown = str(card(over, START))
    assert "Not verified: no figures" in shown
    assert "*Verified*" not in shown
