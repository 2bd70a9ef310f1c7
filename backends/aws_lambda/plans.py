"""Plans for functions, from what was read: pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from backends.aws_lambda.published import cold, going_on, pointing, weighted
from backends.aws_lambda.reads import Snapshot
from backends.aws_lambda.target import LambdaTarget, Set
from model.catalog.schema import Service
from model.plan import (
    Change,
    Concurrency,
    Delta,
    Direction,
    Plan,
    RiskTier,
    Rollback,
    Step,
    Warning,
)
from model.planning import limit_cautions
from model.refusal import Refused
from model.slash import slash

LEAST_UNRESERVED = 100
"""Of an account's concurrency, this much stays for functions without a reservation (AWS's rule)."""


def instead(service: Service, change: Change) -> Refused:
    """Why a function has no such change, and what to type."""
    if change.kind == "restart":
        return Refused(
            "A function has nothing to restart: every call may get a fresh environment.",
            f"To go back to an older version, type {slash('rollback')} {service.id}",
        )
    return Refused(
        "A function has no count; it scales by itself.",
        "Set the most it may use (reserved) or how many environments are kept ready (provisioned).",
        (f"{slash('scale')} {service.id} reserved=100", f"{slash('scale')} {service.id} provisioned=10"),
    )


def plan_rollback(service: Service, change: Rollback, seen: Snapshot, published: Sequence[str]) -> Plan:
    """The alias pointed to another version, if nobody moves it meanwhile. Raises Refused."""
    if seen.alias is None:
        raise Refused(
            f"{service.id} has no alias, so there is nothing to point back.",
            f"Its versions are in {slash('history')} {service.id}; roll it back the way it is deployed.",
        )
    wanted, cautions = _wanted(service, change.version, seen, published)
    name, is_same = str(seen.alias["Name"]), wanted == seen.version and not seen.weights
    weights = going_on(seen, wanted)
    after = f"version {wanted}{_shares(weights)}"
    step = pointing(service, seen, wanted, f"Point {name} to version {wanted}", weights)
    lost = " The weights do not come back." if seen.weights and not weights else ""
    return Plan(
        service=service.id,
        change=Rollback(version=wanted),
        deltas=(Delta(what=f"alias {name}", before=_points(seen), after=after),),
        steps=() if is_same else (step,),
        cautions=(*weighted(service, seen, wanted, weights), *cautions, *cold(seen)),
        tier=RiskTier.R2,
        size=1,
        fingerprint=seen.fingerprint,
        goal={"version": wanted, "from": seen.version, "weights": {**weights}},
        inverse=None if wanted == seen.version else Rollback(version=seen.version),
        undo=f"Points {name} to version {seen.version} again.{lost}",
    )


def plan_concurrency(service: Service, change: Concurrency, seen: Snapshot, unreserved: int | None) -> Plan:
    """Reserved or provisioned concurrency set or taken away. Raises Refused.

    unreserved: what the account has not reserved for any function, None when that is not known.
    """
    if (change.reserved is None) == (change.provisioned is None):
        raise Refused("Reserved and provisioned concurrency are two changes.", "Type one at a time.")
    is_reserved = change.reserved is not None
    what = "reserved" if is_reserved else "provisioned"
    before = seen.reserved if is_reserved else seen.asked_ready
    wanted = _asked(change)
    step = _reserve(service, wanted) if is_reserved else _provision(service, wanted)
    if is_reserved:
        _must_fit(service, wanted, seen, unreserved)
    else:
        _must_fit_in_reserved(service, wanted, seen)
    limits = limit_cautions(service, wanted, f"{what}=") if wanted != "none" else ()
    ends = () if is_reserved else _ends_warming(service, seen, wanted)
    return Plan(
        service=service.id,
        change=_set(what, wanted),
        deltas=(Delta(what=f"{what} concurrency", before=str(before), after=str(wanted)),),
        steps=() if wanted == before else (step,),
        cautions=(*limits, *ends, *_effects(is_reserved, before, wanted)),
        tier=RiskTier.R3 if is_reserved and wanted == 0 and before != 0 else RiskTier.R2,
        direction=_direction(before, wanted),
        size=abs(_count(wanted) - _count(before)),
        fingerprint=seen.fingerprint,
        goal={what: wanted},
        inverse=None if wanted == before else _set(what, before),
        undo=f"Sets {what} concurrency back to {before}.",
    )


def _wanted(
    service: Service, named: str | None, seen: Snapshot, published: Sequence[str]
) -> tuple[str, tuple[Warning, ...]]:
    """The version to go to. AWS keeps no record of what an alias pointed to before, and the plan says so.

    Without a name a canary of a newer version is ended first, and what is not warm yet goes back to what is.
    """
    current = seen.version
    if named is None and (seen.warming_from or _has_canary(seen)):
        return seen.warming_from or current, ()
    if named is not None:
        if named not in published:
            choice = ", ".join(f"`{one}`" for one in published[:6])
            raise Refused(f"{service.id} has no version {named}.", f"It has {choice or 'none'}.")
        return named, ()
    older = [one for one in published if current.isdigit() and int(one) < int(current)]
    if not older:
        raise Refused(
            f"{service.id} has no version before {current}.", f"See {slash('history')} {service.id}."
        )
    text = (
        f"Version {older[0]} is the newest published before {current}; "
        "AWS keeps no record of whether the alias ever pointed to it."
    )
    return older[0], (Warning(level="note", code="by-number", text=text),)


def _has_canary(seen: Snapshot) -> bool:
    """Whether a share of calls goes to a version newer than the alias's own."""
    newer = [one for one in (*seen.weights, seen.version) if one.isdigit()]
    return bool(seen.weights) and max(map(int, newer), default=0) != int(seen.version or 0)


def _points(seen: Snapshot) -> str:
    warming = f", still going to version {seen.warming_from}" if seen.warming_from else ""
    return f"version {seen.version}{_shares(seen.weights)}{warming}"


def _shares(weights: Mapping[str, float]) -> str:
    return "".join(f" and {share:.0%} to {version}" for version, share in weights.items())


def _asked(change: Concurrency) -> Set:
    """What is asked for; to keep 0 ready is to keep none ready."""
    if change.reserved is not None:
        return change.reserved
    assert change.provisioned is not None
    return "none" if change.provisioned == 0 else change.provisioned


def _set(what: str, value: Set) -> Concurrency:
    return Concurrency(reserved=value) if what == "reserved" else Concurrency(provisioned=value)


def _reserve(service: Service, wanted: Set) -> Step:
    params: dict[str, Any] = {"FunctionName": LambdaTarget.of(service).function}
    if wanted == "none":
        return Step(call="lambda:DeleteFunctionConcurrency", params=params, says="Take the reservation away")
    params["ReservedConcurrentExecutions"] = wanted
    return Step(call="lambda:PutFunctionConcurrency", params=params, says=f"Reserve {wanted}")


def _provision(service: Service, wanted: Set) -> Step:
    target = LambdaTarget.of(service)
    if target.alias is None:
        raise Refused(
            f"{service.id} has no alias, and only an alias keeps environments ready.",
            f"Type {slash('scale')} {service.id} reserved=100",
        )
    params: dict[str, Any] = {"FunctionName": target.function, "Qualifier": target.alias}
    if wanted == "none":
        return Step(call="lambda:DeleteProvisionedConcurrencyConfig", params=params, says="Keep none ready")
    params["ProvisionedConcurrentExecutions"] = wanted
    return Step(call="lambda:PutProvisionedConcurrencyConfig", params=params, says=f"Keep {wanted} ready")


def _must_fit(service: Service, wanted: Set, seen: Snapshot, unreserved: int | None) -> None:
    """A reservation has to leave the account its rest, and hold what is kept ready. Raises Refused."""
    if wanted == "none":
        return
    ready = _count(seen.asked_ready)
    if wanted < ready:
        raise Refused(
            f"{ready} environments are kept ready, and a reservation of {wanted} is less.",
            f"Type {slash('scale')} {service.id} provisioned=none first.",
        )
    if unreserved is None:
        return
    most = unreserved + _count(seen.reserved) - LEAST_UNRESERVED
    if wanted > most:
        raise Refused(
            f"The account has room to reserve at most {most}; AWS keeps {LEAST_UNRESERVED} for the rest.",
            f"Type {slash('scale')} {service.id} reserved={most}",
        )


def _must_fit_in_reserved(service: Service, wanted: Set, seen: Snapshot) -> None:
    if wanted == "none":
        return
    if seen.warming_from or seen.weights:
        raise _weighted_already(service, seen)
    if seen.version == "$LATEST":
        raise Refused(
            "The alias points to $LATEST, of which nothing can be kept ready.", "Point it to a version."
        )
    if seen.reserved != "none" and wanted > seen.reserved:
        raise Refused(
            f"Its reserved concurrency is {seen.reserved}, so {wanted} cannot be kept ready.",
            f"Type {slash('scale')} {service.id} reserved={wanted} first.",
        )


def _weighted_already(service: Service, seen: Snapshot) -> Refused:
    """AWS refuses to set provisioned concurrency of an alias with weights, its own among them."""
    if not seen.warming_from:
        return Refused(
            f"The alias is weighted ({_points(seen)}), and AWS then keeps nothing ready for it.",
            f"Send all calls to one version first: {slash('deploy')} {service.id} {seen.version}",
        )
    return Refused(
        f"Version {seen.version} is still being made ready, and AWS takes no other number until it is.",
        "Try again then, or end it:",
        (
            f"{slash('rollback')} {service.id} {seen.warming_from}",
            f"{slash('scale')} {service.id} provisioned=none",
        ),
    )


def _ends_warming(service: Service, seen: Snapshot, wanted: Set) -> tuple[Warning, ...]:
    """A `warn` where provisioning is taken away before calls went over: they then stay where they are."""
    if not seen.warming_from or wanted != "none":
        return ()
    text = f"Calls stay with version {seen.warming_from}, as version {seen.version} was never ready."
    instead = f"To send them to {seen.version}, then type {slash('deploy')} {service.id} {seen.version}"
    return (Warning(level="warn", code="ends-warming", text=text, instead=instead),)


def _effects(is_reserved: bool, before: Set, wanted: Set) -> tuple[Warning, ...]:
    if not is_reserved or wanted == before:
        return ()
    if wanted == 0:
        text = "Reserving 0 refuses every call of the function."
        return (Warning(level="warn", code="throttles-all", text=text),)
    if wanted != "none" and (before == "none" or wanted < before):
        text = f"A reservation is a cap too: calls beyond {wanted} at once are refused."
        return (Warning(level="note", code="caps", text=text),)
    return ()


def _count(value: Set) -> int:
    return 0 if value == "none" else int(value)


def _direction(before: Set, wanted: Set) -> Direction:
    if before == wanted:
        return Direction.SAME
    return Direction.UP if _count(wanted) > _count(before) else Direction.DOWN
