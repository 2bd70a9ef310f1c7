"""Argo Rollouts: how far an update is, what waits for people, which version is the stable one. Pure.

Source: the documentation of Argo Rollouts and its specification, and how `kubectl argo rollouts` reads a
Rollout (`status.phase` is out of date while the generation is not observed, and while a pause was taken away
and the controller has not gone on yet).
"""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import cast

from backends.kubernetes.kinds import ROLLOUT, Json
from backends.kubernetes.target import ROLLOUT_HASH, entries, part, revision_of
from model.slash import slash

_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600}


def is_rollout(item: Json) -> bool:
    """Whether it is a Rollout."""
    return item.get("kind") == ROLLOUT.kind


def is_blue_green(item: Json) -> bool:
    """Whether the new version comes up whole beside the old one."""
    return part(item, "spec", "strategy").get("blueGreen") is not None


def steps_of(item: Json) -> list[Json]:
    """The steps of a canary; none where it has none."""
    return entries(part(item, "spec", "strategy", "canary"), "steps")


def index_of(item: Json) -> int:
    """How many steps are done."""
    return int(part(item, "status").get("currentStepIndex") or 0)


def is_seen(item: Json) -> bool:
    """Whether the controller has seen the Rollout, and the end of its pause, as they are now."""
    status = part(item, "status")
    observed = str(status.get("observedGeneration") or "0")
    is_observed = not observed.isdigit() or int(observed) >= int(item["metadata"].get("generation", 0))
    is_going_on = bool(status.get("controllerPause")) and not entries(status, "pauseConditions")
    return is_observed and not is_going_on and not status.get("promoteFull")


def phase_of(item: Json) -> tuple[str, str]:
    """`Healthy`, `Progressing`, `Paused` or `Degraded`, and why."""
    status = part(item, "status")
    if not is_seen(item):
        return "Progressing", "the controller has not acted yet"
    return str(status.get("phase") or "Progressing"), str(status.get("message") or "")


def is_under_way(item: Json) -> bool:
    """Whether a new version is not the stable one yet."""
    status = part(item, "status")
    return status.get("currentPodHash") != status.get("stableRS")


def is_aborted(item: Json) -> bool:
    """Whether the update was given up: all traffic is the stable version's."""
    return bool(part(item, "status").get("abort"))


def waits_for_people(item: Json) -> bool:
    """Whether it is paused until somebody lets it go on; a pause that has a time ends by itself."""
    if phase_of(item)[0] != "Paused":
        return False
    if item["spec"].get("paused"):
        return True
    reasons = {str(one.get("reason")) for one in entries(part(item, "status"), "pauseConditions")}
    if reasons == {"CanaryPauseStep"}:
        steps, index = steps_of(item), index_of(item)
        return index >= len(steps) or not part(steps[index], "pause").get("duration")
    strategy = part(item, "spec", "strategy", "blueGreen")
    return reasons != {"BlueGreenPause"} or not strategy.get("autoPromotionSeconds")


def weight_at(item: Json, index: int) -> int:
    """The share of the new version in percent once that many steps are done; with the last it is all."""
    steps = steps_of(item)
    if index >= len(steps):
        return 100
    return next((int(one["setWeight"]) for one in reversed(steps[: index + 1]) if "setWeight" in one), 0)


def where(item: Json) -> str:
    """`step 2 of 6, weight 25%`; of blue-green which revisions there are."""
    if is_blue_green(item):
        return "the new version stands beside the one that serves" if is_under_way(item) else "all of it"
    steps, index = steps_of(item), index_of(item)
    routed = part(item, "status", "canary", "weights", "canary").get("weight")
    weight = weight_at(item, index) if routed is None else int(routed)
    if not steps:
        return "a canary without steps"
    at = f"step {index + 1} of {len(steps)}" if index < len(steps) else f"all {len(steps)} steps done"
    return f"{at}, weight {0 if is_aborted(item) else weight}%"


def told(item: Json, service: str) -> str:
    """How it stands in a sentence or two, and what to type where it waits. service: its id."""
    phase, why = phase_of(item)
    at = where(item)
    said = f"{at[:1].upper()}{at[1:]}."
    if waits_for_people(item):
        on = f"{slash('promote')} {service}"
        again = f"`{on}`" + ("" if is_blue_green(item) else f", or `{on} full`")
        return f"{said} Paused: waits for promotion. To go on, type {again}."
    if phase == "Paused":
        return f"{said} Paused for a time; it goes on by itself."
    return f"{said} {why[:1].upper()}{why[1:]}.".replace("..", ".") if why else said


def by_hash(holders: Sequence[Json], mark: object) -> Json | None:
    """The ReplicaSet whose pods have this hash."""
    return next(
        (one for one in holders if mark and part(one, "metadata", "labels").get(ROLLOUT_HASH) == mark), None
    )


def stable_of(item: Json, holders: Sequence[Json]) -> Json | None:
    """What keeps the stable version: the one that an abort gives all traffic to."""
    return by_hash(holders, part(item, "status").get("stableRS"))


def running(item: Json, holders: Sequence[Json]) -> Json:
    """The Rollout with the pod template of its ReplicaSet, which has the API server's defaults in it.

    A custom kind has none of these: held against a ReplicaSet's, its own template would differ by them.
    """
    current = by_hash(holders, part(item, "status").get("currentPodHash"))
    if current is None or not is_rollout(item) or not is_seen(item):
        return item
    return {**item, "spec": {**item["spec"], "template": current["spec"]["template"]}}


def runs_the_same(one: Json, other: Json) -> bool:
    """Whether the containers of two templates have the same images and variables."""
    return _essentials(one) == _essentials(other)


def _essentials(item: Json) -> dict[str, tuple[str, dict[str, object]]]:
    containers = entries(item["spec"]["template"]["spec"], "containers")
    return {
        str(one["name"]): (
            str(one["image"]),
            {str(var["name"]): var.get("value") for var in entries(one, "env")},
        )
        for one in containers
    }


def revisions(item: Json, holders: Sequence[Json]) -> tuple[str, str]:
    """The number of the stable revision, empty where it is not kept, and of the wanted one."""
    stable = stable_of(item, holders)
    return (revision_of(stable) if stable else "", revision_of(item))


def pauses(item: Json) -> timedelta:
    """How long its pauses take together that end by themselves."""
    found = [part(one, "pause").get("duration") for one in steps_of(item)]
    return timedelta(seconds=sum(_seconds(cast(object, one)) for one in found if one))


def _seconds(duration: object) -> int:
    """`90`, `90s`, `10m` or `1h` in seconds. Source: the specification, RolloutPause."""
    form = re.fullmatch(r"(\d+)([smh]?)", str(duration))
    return int(form[1]) * _SECONDS[form[2]] if form else 0
