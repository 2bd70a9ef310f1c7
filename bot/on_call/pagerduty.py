"""Schedules of `kind: pagerduty`: `GET /oncalls`, and `GET /schedules/{id}` for one in no escalation policy.

Both give what overrides have come to (developer.pagerduty.com, "List all of the on-calls", "Get a schedule":
its `final_schedule`), so that a swap in PagerDuty is seen here without more.
"""

from datetime import datetime
from typing import Any, cast

from pydantic import ValidationError

from bot.on_call.pagerduty_rest import PagerDutyRefused, PagerDutyRest
from model.catalog.on_call import OnCallSchedule
from model.ports.on_call import OnCallShift, ScheduleUnreadable


class PagerDutySchedules:
    """Reads only; each person's address comes with the answer."""

    kind = "pagerduty"

    def __init__(self, rest: PagerDutyRest) -> None:
        self._rest = rest

    async def shifts(
        self, handle: str, schedule: OnCallSchedule, since: datetime, until: datetime
    ) -> tuple[OnCallShift, ...]:
        """The shifts that touch [since, until), by their start. Raises ScheduleUnreadable."""
        times = {"since": since.isoformat(), "until": until.isoformat()}
        try:
            asked = {**times, "schedule_ids[]": schedule.id, "include[]": "users"}
            entries = await self._rest.pages("/oncalls", asked, "oncalls")
            if not entries:
                entries = await self._rendered(schedule, times)
            shifts = {(one.who, one.start): one for one in map(_shift, entries)}
        except PagerDutyRefused as refused:
            raise ScheduleUnreadable(str(refused)) from refused
        except (ValidationError, KeyError, TypeError, AttributeError) as error:
            raise ScheduleUnreadable("PagerDuty's answer is not the documented one") from error
        return tuple(sorted(shifts.values(), key=lambda one: (one.start, one.who)))

    async def _rendered(self, schedule: OnCallSchedule, times: dict[str, str]) -> list[dict[str, Any]]:
        """One that no escalation policy uses is in no list of on-calls; its users come by id alone."""
        answer = await self._rest.get(f"/schedules/{schedule.id}", {**times, "include[]": "users"})
        final = answer["schedule"]["final_schedule"]
        entries = cast(list[dict[str, Any]], final["rendered_schedule_entries"])
        known = {one["id"]: one for one in answer["schedule"].get("users", [])}
        return [{**one, "user": known.get(one["user"]["id"], one["user"])} for one in entries]


def _shift(entry: dict[str, Any]) -> OnCallShift:
    """Someone who is always on call has neither start nor end ("On-calls")."""
    user = entry["user"]
    name = str(user.get("name") or user.get("summary") or user["id"])
    start = entry.get("start") or "1970-01-01T00:00:00Z"
    return OnCallShift.model_validate(
        {"who": str(user.get("email") or name), "name": name, "start": start, "end": entry.get("end")}
    )
