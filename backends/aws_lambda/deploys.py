"""Plans for putting a version of a function live, from what was read: pure."""

from collections.abc import Sequence

from backends.aws_lambda.published import (
    PUBLISHED,
    cold,
    differing,
    going_on,
    must_be_settled,
    pointing,
    publishing,
    weighted,
)
from backends.aws_lambda.reads import Snapshot
from backends.aws_lambda.target import Json
from model.catalog.schema import Service
from model.changes import Deploy, Rollback
from model.plan import Delta, Plan, RiskTier, Warning
from model.refusal import Refused
from model.slash import slash


def plan_deploy(
    service: Service, change: Deploy, seen: Snapshot, published: Sequence[Json], rehearsed: Json | None
) -> Plan:
    """The alias pointed to a published version, or (`latest`) to one that is published now. Raises Refused.

    rehearsed: what the function runs on which a version has to run first; None where the catalog names none.
    """
    if seen.alias is None:
        raise Refused(
            f"{service.id} has no alias: what is uploaded runs at once, so there is nothing to point.",
            f"Deploy it the way it is deployed; look with {slash('health')} {service.id}.",
        )
    is_latest = change.version == "latest"
    wanted = seen.latest if is_latest else _named(service, change.version, published)
    if is_latest:
        must_be_settled(service, seen)
    name, code = str(seen.alias["Name"]), str(wanted["CodeSha256"])
    is_same = _is_live(seen, wanted, is_latest)
    number = PUBLISHED if is_latest else change.version
    weights = {} if is_latest and _holds_the_same(seen, wanted) else going_on(seen, number)
    steps = (
        publishing(service, seen, code, weights)
        if is_latest
        else (pointing(service, seen, number, f"Point {name} to version {number}", weights),)
    )
    after = "a new version of what was uploaded last" if is_latest else f"version {number}"
    return Plan(
        service=service.id,
        change=change,
        deltas=(Delta(what=f"alias {name}", before=f"version {seen.version}", after=after),),
        steps=() if is_same else steps,
        cautions=()
        if is_same
        else (
            *_rehearsed(service, code, rehearsed),
            *weighted(service, seen, number, weights),
            *_brings(seen, wanted),
            *cold(seen),
        ),
        tier=RiskTier.R2,
        size=1,
        fingerprint=seen.fingerprint,
        goal={
            **({"code": code} if is_latest else {"version": number}),
            "from": seen.version,
            "weights": {**weights},
        },
        inverse=None if is_same else Rollback(version=seen.version),
        undo=f"Points {name} to version {seen.version} again.",
    )


def _named(service: Service, version: str, published: Sequence[Json]) -> Json:
    """The published version of that number. Raises Refused with those there are."""
    found = next((one for one in published if one["Version"] == version), None)
    if found is None:
        choice = ", ".join(f"`{one['Version']}`" for one in published[:6]) or "none"
        raise Refused(
            f"{service.id} has no version {version}.",
            f"It has {choice}; `latest` publishes what was uploaded last.",
        )
    return found


def _is_live(seen: Snapshot, wanted: Json, is_latest: bool) -> bool:
    if seen.weights:
        return False
    if not is_latest:
        return seen.version == wanted["Version"]
    return _holds_the_same(seen, wanted)


def _holds_the_same(seen: Snapshot, wanted: Json) -> bool:
    return seen.live.get("CodeSha256") == wanted["CodeSha256"] and not differing(seen.live, wanted)


def _rehearsed(service: Service, code: str, rehearsed: Json | None) -> tuple[Warning, ...]:
    """A `stop` unless the same code runs where the catalog says it has to run first."""
    first = service.deploys_after
    if not first or rehearsed is None:
        return ()
    if rehearsed.get("CodeSha256") == code:
        text = f"{first} runs this code."
        return (Warning(level="note", code="rehearsed", text=text),)
    return (
        Warning(
            level="stop",
            code="not-rehearsed",
            text=f"{first} does not run this code, and it has to run there first.",
            instead=f"Upload it there and type {slash('deploy')} {first} latest, look with "
            f"{slash('health')} {first}, then type "
            f"this again. To go back to what ran before: {slash('rollback')} {service.id}",
        ),
    )


def _brings(seen: Snapshot, wanted: Json) -> tuple[Warning, ...]:
    """Settings that change together with the code, as each version froze its own."""
    moved = differing(seen.live, wanted)
    if not moved:
        return ()
    text = f"That version has other settings too: {', '.join(moved)}."
    return (Warning(level="warn", code="other-settings", text=text),)
