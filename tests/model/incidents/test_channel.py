"""Channel names keep Slack's rules, whatever the title."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.incidents.channel import channel_name


@pytest.mark.parametrize(
    ("title", "attempt", "name"),
    [
        ("Elevated 5xx", 0, "inc-42-miyabi-api-elevated-5xx"),
        ("Elevated 5xx", 1, "inc-42-miyabi-api-elevated-5xx-2"),
        ("  Überlast — <!channel> in #prod.", 0, "inc-42-miyabi-api-uberlast-channel-in-prod"),
        ("障害", 0, "inc-42-miyabi-api"),
        (
            "every single request to the public api fails with an error since the deployment",
            0,
            "inc-42-miyabi-api-every-single-request-to-the-public-api-fails-with-an-error",
        ),
    ],
)
def test_the_name_says_which_incident_it_is(title: str, attempt: int, name: str):
    assert channel_name("INC-42", "miyabi-api", title, attempt) == name


@given(st.text(max_size=300), st.integers(0, 120))
def test_any_title_gives_a_name_slack_takes(title: str, attempt: int):
    name = channel_name("INC-42", "miyabi-api", title, attempt)
    assert re.fullmatch(r"inc-42-miyabi-api([a-z0-9-]*[a-z0-9])?", name)
    assert len(name) <= 80
    assert name == channel_name("INC-42", "miyabi-api", title, attempt)


@given(st.text(min_size=0, max_size=300))
def test_every_attempt_has_a_name_of_its_own(title: str):
    names = [channel_name("INC-42", "miyabi-api", title, attempt) for attempt in range(5)]
    assert len(set(names)) == 5
