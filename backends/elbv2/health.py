"""A load balancer, its listeners and its targets as signs of health: pure."""

from collections.abc import Sequence
from typing import cast

from backends.elbv2.target import Json, LoadBalancerTarget
from model.health import Check, Verdict

_STATES = {"active": Verdict.OK, "failed": Verdict.DOWN}
MOST_NAMED = 3


def balancer_sign(target: LoadBalancerTarget, seen: Json) -> Check:
    """Whether the load balancer itself is up."""
    state = cast(Json, seen.get("State") or {})
    code = str(state.get("Code") or "active")
    verdict = _STATES.get(code, Verdict.DEGRADED)
    said = code.replace("_", " ")
    reason = f": {state['Reason']}" if state.get("Reason") else ""
    why = "" if verdict is Verdict.OK else f"{target.load_balancer} is {said}{reason}"
    return Check(name="load balancer", value=said, verdict=verdict, why=why)


def target_sign(states: Sequence[Json]) -> Check:
    """The load balancer's view of the targets: none healthy is down, some unhealthy is degraded."""
    live = [one for one in states if _state(one) != "draining"]
    healthy = sum(_state(one) == "healthy" for one in live)
    bad = [one for one in live if _state(one) in {"unhealthy", "unavailable"}]
    starting = sum(_state(one) == "initial" for one in live)
    verdict, why = Verdict.OK, ""
    if bad:
        verdict = Verdict.DEGRADED if healthy else Verdict.DOWN
        why = f"{len(bad)} of {len(live)} targets are unhealthy: {_named(bad)}"
    elif not live:
        verdict, why = Verdict.DOWN, "no target is registered, so the load balancer answers 503"
    elif not healthy:
        verdict, why = Verdict.DEGRADED, f"none of {len(live)} targets is healthy yet"
    value = f"{healthy} of {len(live)} healthy" + (f", {starting} starting" if starting else "")
    return Check(name="load balancer targets", value=value, verdict=verdict, why=why, number=healthy)


def _state(one: Json) -> str:
    return str(one["TargetHealth"]["State"])


def _named(bad: Sequence[Json]) -> str:
    """The first of them with AWS's own reason, so that the task can be found by its address."""
    said = [_one(one) for one in bad[:MOST_NAMED]]
    more = [f"and {len(bad) - MOST_NAMED} more"] if len(bad) > MOST_NAMED else []
    return "; ".join([*said, *more])


def _one(one: Json) -> str:
    health = cast(Json, one["TargetHealth"])
    reason = health.get("Description") or health.get("Reason") or "no reason given"
    return f"{one['Target']['Id']}:{one['Target'].get('Port', '')} {reason}"


def listener_signs(target: LoadBalancerTarget, listeners: Sequence[Json], group: str) -> tuple[Check, ...]:
    """One sign for each port that has to be listened on. group: the target group's ARN."""
    by_port = {int(one["Port"]): one for one in listeners}
    return tuple(_listener(target, port, by_port, group) for port in target.ports)


def _listener(target: LoadBalancerTarget, port: int, by_port: dict[int, Json], group: str) -> Check:
    name = f"listener {port}"
    if port not in by_port:
        others = ", ".join(str(one) for one in sorted(by_port))
        instead = f"it listens on {others} only" if others else "it has no listener at all"
        why = f"nothing listens on port {port} of {target.load_balancer}: {instead}"
        return Check(name=name, value="missing", verdict=Verdict.DOWN, why=why)
    actions = cast(list[Json], by_port[port].get("DefaultActions") or [])
    if group in {arn for action in actions for arn in _groups(action)}:
        return Check(name=name, value=f"forwards to {target.target_group}", verdict=Verdict.OK)
    redirect = next((one["RedirectConfig"] for one in actions if one["Type"] == "redirect"), None)
    if redirect and str(redirect.get("Port")) in {str(one) for one in target.ports if one != port}:
        return Check(name=name, value=f"redirects to {redirect['Port']}", verdict=Verdict.OK)
    does = str(actions[-1]["Type"]) if actions else "nothing"
    why = f"port {port} of {target.load_balancer} does not lead to {target.target_group}, but to: {does}"
    return Check(name=name, value=does, verdict=Verdict.DOWN, why=why)


def _groups(action: Json) -> list[str]:
    forward = cast(Json, action.get("ForwardConfig") or {})
    groups = cast(list[Json], forward.get("TargetGroups") or [])
    several = [str(one["TargetGroupArn"]) for one in groups]
    return [str(action.get("TargetGroupArn") or ""), *several]
