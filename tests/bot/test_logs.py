"""What stands in Muster's own log: lines of JSON, bounded, without values and without secrets."""

import json
import subprocess
import sys

from bot.logs import LONGEST, bounded

PROGRAM = """
import logging, structlog
from bot.logs import configure
configure("INFO")
def fails(token, depth):
    if depth:
        return fails(token, depth - 1)
    raise ValueError("no answer of redis://muster:hunter2-hunter2@cache/0 " + "x" * 100_000)
for log in (structlog.get_logger(), logging.getLogger("bot.gate.gate")):
    try:
        fails("a local value that nobody may read", 200)
    except ValueError:
        log.exception("the gate failed")
logging.getLogger("httpx").info("HTTP Request: GET http://ana:hunter2-hunter2@prometheus/")
logging.getLogger("slack_sdk.web").debug("body")
from slack_bolt.async_app import AsyncApp
from slack_bolt.logger import get_bolt_logger
get_bolt_logger(AsyncApp).info("Bolt app is running!")
structlog.get_logger().info("ready", port=3)
"""


def lines() -> list[str]:
    ended = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    return ended.stderr.splitlines()


def test_an_exception_is_one_bounded_line_without_values_of_variables_or_secrets():
    failed = [line for line in lines() if "the gate failed" in line]
    assert len(failed) == 2
    for line in failed:
        [trace] = json.loads(line)["exception"]
        assert trace["exc_type"] == "ValueError"
        assert trace["frames"][-1]["name"] == "fails"
        assert "a local value" not in line
        assert "hunter2" not in line
        assert len(line) < 20_000


def test_what_libraries_say_in_passing_is_not_logged():
    said = [json.loads(line) for line in lines()]
    assert [one["event"] for one in said] == ["the gate failed", "the gate failed", "ready"]
    assert said[-1]["port"] == 3


def test_a_secret_that_the_bound_cuts_in_two_is_struck_out_before():
    for before in range(LONGEST - 60, LONGEST):
        said = f"{'x' * before} redis://muster:hunter2-hunter2@cache/0"
        line = bounded(None, "", {"event": said})
        assert "hunter" not in line["event"], before
        assert len(line["event"]) <= LONGEST + 1
