"""The freeze in the last week of a quarter: refused, broken with a reason, never in the way of mitigation."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.clock import utc_now
from tests.end_to_end.conftest import PASSED, Stage, keep_or_compare, staged
from tests.end_to_end.test_incidents import declared


class QuarterEnd:
    """A clock that goes on from the last week of a quarter."""

    def __init__(self) -> None:
        self._began = utc_now()

    def __call__(self) -> datetime:
        return datetime(2024, 9, 27, 12, 0, tzinfo=UTC) + (utc_now() - self._began)


@pytest.fixture
async def stage(tmp_path: Path, transport: str, request: pytest.FixtureRequest) -> AsyncGenerator[Stage]:
    async with staged(tmp_path, transport, QuarterEnd()) as playing:
        yield playing
    if request.node.stash.get(PASSED, False):
        keep_or_compare(request, playing.exchange)


@pytest.mark.procedure("freeze")
async def test_a_change_in_the_freeze_is_refused_and_an_operator_breaks_it_with_a_reason(stage: Stage):
    ack = await stage.types("U0DEV", "/restart delivery-standard because routine")
    stage.exchange.shown(str(ack.body["text"]))
    assert "frozen" in str(ack.body)
    line = "/restart delivery-standard break-glass because it leaks memory"
    await stage.types("U0ANA", line)
    plan = await stage.shows("· plan")
    await stage.presses("U0ANA", plan, "op.run")
    await stage.shows("✅ Done")
    assert stage.cloud_changes() == ["UpdateService"]


async def test_in_the_freeze_mitigation_goes_on(stage: Stage):
    room = await declared(stage, "Critical delivery-standard No healthy hosts")
    await stage.types("U0ANA", "/restart delivery-standard because no healthy hosts", room)
    await stage.presses("U0ANA", await stage.shows("OP-1 · plan", room), "op.run")
    await stage.shows("✅ Done", room)
