"""A line is bounded and freed of secrets as it comes in, whatever way it came."""

from dataclasses import replace

from bot.gate.request import MOST, IncomingRequest
from model.people import Person

ANA = Person(team="T0MUSTER", user="U0ANA")


def incoming(line: str) -> IncomingRequest:
    return IncomingRequest(ANA, "C0OPS", line, "slash", "claim")


def test_nobody_behind_the_door_has_a_secret_in_clear():
    assert "hunter2" not in repr(incoming("config architect-api set JWT_SECRET=hunter2"))
    assert incoming("config architect-api set JWT_SECRET=hunter2").line.endswith(
        "JWT_SECRET=[secret removed]"
    )


def test_a_reference_to_a_secret_comes_through():
    line = "config architect-api set JWT_SECRET=secret:architect/prod/jwt"
    assert incoming(line).line == line


def test_of_a_line_over_the_bound_only_its_beginning_and_length_are_kept():
    long = incoming("logs architect-api " + "x" * MOST)
    assert len(long.line) <= 200
    assert long.too_long == MOST + len("logs architect-api ")
    assert replace(long, step="RB-1 1").too_long == long.too_long
    assert incoming("x" * MOST).too_long == 0
