"""A reason says something, in any script."""

import pytest

from model.language.reason import says_something


@pytest.mark.parametrize(
    "reason",
    [
        ".",
        "x",
        "xxxxxxxx",
        "...",
        "🔥🔥🔥🔥",
        "because",
        "None",
        "n/a",
        "   ",
        "1234",
        "asdf",
        "-- --",
        "w w w w",
        "idk",
    ],
)
def test_what_says_nothing(reason):
    assert not says_something(reason)


@pytest.mark.parametrize(
    "reason",
    [
        "5xx since the deploy",
        "slow",
        "data loss",
        "障害",
        "メモリ不足",
        "упал",
        "عطل في الخدمة",
        "OOM kills",
        "step 4 of runbook api-down",
    ],
)
def test_what_says_something(reason):
    assert says_something(reason)
