"""PagerDuty's REST API v2, as far as on-call and incidents are read: it refuses what the real one refuses.

developer.pagerduty.com: "Authentication" (`Authorization: Token token=…`, 401 with code 2006), "Versioning"
(`Accept: application/vnd.pagerduty+json;version=2`), "Pagination" (`limit` up to 100, `offset`, `more`),
"List all of the on-calls" (schedules that no escalation policy uses are not in it), "Get a schedule"
(`final_schedule` only between `since` and `until`, of at most three months), "List incidents"
(`incident_key`). support.pagerduty.com/docs/rest-api-rate-limits: 429 with `ratelimit-reset` in seconds.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

TOKEN = "u+playground-token"
ACCEPT = "application/vnd.pagerduty+json;version=2"
LONGEST = timedelta(days=92)
MOST = 100


@dataclass(frozen=True)
class PagerUser:
    """A user of PagerDuty."""

    id: str
    name: str
    email: str


@dataclass(frozen=True)
class Shift:
    """A turn; an override stands over the turns of its time."""

    user: PagerUser
    start: datetime
    end: datetime
    is_override: bool = False


@dataclass
class Schedule:
    """A schedule. in_policy: whether an escalation policy uses it."""

    id: str
    name: str
    shifts: list[Shift] = field(default_factory=list[Shift])
    in_policy: bool = True

    def final(self, since: datetime, until: datetime) -> list[Shift]:
        """What overrides have come to, by the start."""
        found = [one for one in self.shifts if not one.is_override]
        for over in (one for one in self.shifts if one.is_override):
            found = [*_without(found, over), over]
        return sorted(
            (one for one in found if one.start < until and one.end > since), key=lambda it: it.start
        )


@dataclass
class Account:
    """What the account has. throttled: so many requests are answered with 429 first."""

    schedules: dict[str, Schedule] = field(default_factory=dict[str, Schedule])
    throttled: int = 0
    failing: bool = False
    page: int = MOST
    seen: list[str] = field(default_factory=list[str])


def _without(shifts: Iterable[Shift], over: Shift) -> Iterable[Shift]:
    for one in shifts:
        if one.end <= over.start or one.start >= over.end:
            yield one
            continue
        if one.start < over.start:
            yield Shift(one.user, one.start, over.start)
        if one.end > over.end:
            yield Shift(one.user, over.end, one.end)


def _error(status: int, message: str, code: int, errors: list[str] | None = None) -> Response:
    body: dict[str, Any] = {"error": {"message": message, "code": code, "errors": errors or []}}
    headers = {"ratelimit-limit": "960", "ratelimit-remaining": "0", "ratelimit-reset": "0"}
    return JSONResponse(body, status, headers if status == 429 else None)


def _refused(account: Account, request: Request) -> Response | None:
    """What keeps every request from being answered."""
    account.seen.append(f"{request.url.path}?{request.url.query}")
    if account.failing:
        return JSONResponse({"error": {"message": "Internal Server Error", "code": 2000}}, 500)
    if request.headers.get("authorization") != f"Token token={TOKEN}":
        return _error(401, "Unauthorized", 2006)
    if request.headers.get("accept") != ACCEPT:
        return _error(406, "Not Acceptable", 2010)
    if account.throttled:
        account.throttled -= 1
        return _error(429, "Rate Limit Exceeded", 2020)
    return None


def routes(account: Account, incidents: Callable[[str, bool], list[dict[str, Any]]]) -> list[Route]:
    """incidents: the account's incidents of an incident key, as JSON."""

    async def oncalls(request: Request) -> Response:
        if (no := _refused(account, request)) is not None:
            return no
        times = _times(request)
        if isinstance(times, Response):
            return times
        ids = request.query_params.getlist("schedule_ids[]")
        asked = [one for one in account.schedules.values() if one.in_policy and (not ids or one.id in ids)]
        full = "users" in request.query_params.getlist("include[]")
        found = [_on_call(one, shift, full) for one in asked for shift in one.final(*times)]
        return _page(request, "oncalls", found, account.page)

    async def schedule(request: Request) -> Response:
        if (no := _refused(account, request)) is not None:
            return no
        found = account.schedules.get(str(request.path_params["id"]))
        if found is None:
            return _error(404, "Not Found", 2100)
        times = _times(request)
        if isinstance(times, Response):
            return times
        shifts = found.final(*times)
        users = {one.user.id: one.user for one in found.shifts}
        return JSONResponse(
            {
                "schedule": {
                    "id": found.id,
                    "type": "schedule",
                    "name": found.name,
                    "users": [_user(one, full=True) for one in users.values()],
                    "final_schedule": {
                        "name": "Final Schedule",
                        "rendered_schedule_entries": [
                            {
                                "start": _at(one.start),
                                "end": _at(one.end),
                                "user": _user(one.user, full=False),
                            }
                            for one in shifts
                        ],
                    },
                }
            }
        )

    async def listed(request: Request) -> Response:
        if (no := _refused(account, request)) is not None:
            return no
        full = "acknowledgers" in request.query_params.getlist("include[]")
        found = incidents(request.query_params.get("incident_key", ""), full)
        return _page(request, "incidents", found, account.page)

    return [
        Route("/oncalls", oncalls),
        Route("/schedules/{id}", schedule),
        Route("/incidents", listed),
    ]


def _times(request: Request) -> tuple[datetime, datetime] | Response:
    query = request.query_params
    try:
        since, until = (datetime.fromisoformat(query[name]) for name in ("since", "until"))
    except (KeyError, ValueError):
        return _error(400, "Invalid Input Provided", 2001, ["Since and until have to be ISO 8601."])
    if since.tzinfo is None or until.tzinfo is None or until <= since or until - since > LONGEST:
        return _error(400, "Invalid Input Provided", 2001, ["The time range may be up to 3 months."])
    return since, until


def _page(request: Request, name: str, found: list[dict[str, Any]], most: int) -> Response:
    limit = min(int(request.query_params.get("limit", 25)), MOST, most)
    offset = int(request.query_params.get("offset", 0))
    shown = found[offset : offset + limit]
    more = offset + limit < len(found)
    return JSONResponse({name: shown, "limit": limit, "offset": offset, "more": more, "total": None})


def _on_call(schedule: Schedule, shift: Shift, full: bool) -> dict[str, Any]:
    return {
        "escalation_policy": {"id": "PPOLICY", "type": "escalation_policy_reference"},
        "escalation_level": 1,
        "schedule": {"id": schedule.id, "type": "schedule_reference", "summary": schedule.name},
        "user": _user(shift.user, full=full),
        "start": _at(shift.start),
        "end": _at(shift.end),
    }


def _user(user: PagerUser, *, full: bool) -> dict[str, Any]:
    if not full:
        return {"id": user.id, "type": "user_reference", "summary": user.name}
    return {"id": user.id, "type": "user", "summary": user.name, "name": user.name, "email": user.email}


def _at(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
