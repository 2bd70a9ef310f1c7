"""The controller of Argo Rollouts: canaries by steps, blue-green, pauses, promotion, abort, restart.

Source: the documentation of Argo Rollouts (concepts, canary, blue-green, restarting, rollback windows) and
what its controller and `kubectl argo rollouts` do: `status.pauseConditions` taken away or `spec.paused:
false` ends a pause, `status.promoteFull: true` leaves out every step left, `status.abort: true` gives all
traffic to the stable ReplicaSet, and another pod template ends an abort. A template that is the stable one
again takes no steps; an older one takes all of them. The API server fills no defaults into a Rollout's pod
template, so its ReplicaSets' templates have more in them. There are no Services here: what they would select
stands in `status.blueGreen` alone. One with a `workloadRef` is left as it is.
"""

import copy
from datetime import datetime

from playground.kubernetes.deleting import terminate
from playground.kubernetes.podstate import is_ending
from playground.kubernetes.recorder import Recorder
from playground.kubernetes.resources import PODS, REPLICASETS, ROLLOUTS, Json, entries, part
from playground.kubernetes.rolloutsets import (
    REVISION,
    available,
    desired_counts,
    hash_of,
    new_set,
    next_counts,
    owned,
    renumbered,
    revision_of,
)
from playground.kubernetes.rolloutstatus import counted, step_of, steps_of, with_phase
from playground.kubernetes.store import Store, moment_of, stamp

COMPONENT = "rollouts-controller"
SCALE_DOWN_DELAY_S = 30
"""How long what blue-green replaced goes on. Source: scaleDownDelaySeconds."""


class RolloutController:
    """Moves ReplicaSets and status toward what Rollouts ask for, a step at a time.

    model_s: how many real seconds one second of pauses, delays and deadlines takes here.
    """

    def __init__(self, store: Store, recorder: Recorder, model_s: float) -> None:
        self._store, self._recorder, self._model_s = store, recorder, model_s
        self._progressed: dict[str, tuple[datetime, tuple[int, ...]]] = {}
        self._replaced: dict[str, datetime] = {}
        self._paused: dict[str, datetime] = {}

    def step(self, now: datetime) -> None:
        """Look at every Rollout once."""
        for item in self._store.every(ROLLOUTS):
            if "deletionTimestamp" not in item["metadata"] and "template" in item["spec"]:
                self._sync(item, now)

    def _sync(self, item: Json, now: datetime) -> None:
        new = self._new_set(item)
        meta = item["metadata"]
        item = copy.deepcopy(self._store.get(ROLLOUTS, meta["namespace"], meta["name"]))
        status, mark = item.setdefault("status", {}), hash_of(new)
        if status.get("currentPodHash") != mark:
            self._begin(item, mark)
        sets = {hash_of(one): one for one in owned(self._store, item)}
        if item["spec"]["strategy"].get("blueGreen") is not None:
            self._blue_green(item, sets, now)
        else:
            self._canary(item, sets, now)
        self._restart(item, now)
        status["observedGeneration"] = str(item["metadata"]["generation"])
        fresh = owned(self._store, item)
        counted(item, fresh)
        with_phase(item, fresh, now, is_late=self._is_late(item, now))
        self._store.replace(ROLLOUTS, item)

    def _new_set(self, item: Json) -> Json:
        """The ReplicaSet of the template: made, or found and made the newest."""
        sets = owned(self._store, item)
        made = new_set(item, 0)
        newest = max((revision_of(one) for one in sets), default=0)
        found = next((one for one in sets if hash_of(one) == hash_of(made)), None)
        if found is None:
            found = self._store.add(REPLICASETS, new_set(item, newest + 1))
        elif revision_of(found) < newest:
            found = self._store.replace(REPLICASETS, renumbered(found, newest + 1))
        meta = item["metadata"]
        notes = meta.get("annotations", {}) | {REVISION: str(revision_of(found))}
        self._store.replace(ROLLOUTS, item | {"metadata": meta | {"annotations": notes}})
        return found

    def _begin(self, item: Json, mark: str) -> None:
        """Another template: pauses, aborts and promotions are over; back to the stable one takes no steps."""
        status = item["status"]
        status["currentPodHash"] = mark
        for name in ("pauseConditions", "controllerPause", "abort", "abortedAt", "promoteFull"):
            status.pop(name, None)
        if steps_of(item):
            status["currentStepIndex"] = len(steps_of(item)) if mark == status.get("stableRS") else 0
        self._progressed.pop(item["metadata"]["uid"], None)

    def _canary(self, item: Json, sets: dict[str, Json], now: datetime) -> None:
        status, steps = item["status"], steps_of(item)
        if status.get("promoteFull"):
            status.pop("pauseConditions", None)
            status.pop("abort", None)
            if steps:
                status["currentStepIndex"] = len(steps)
        new, stable = sets[status["currentPodHash"]], sets.get(status.get("stableRS", ""))
        self._scale_all(next_counts(item, new, stable, [*sets.values()]), sets)
        new = self._store.get(REPLICASETS, new["metadata"]["namespace"], new["metadata"]["name"])
        wanted, is_through = item["spec"]["replicas"], status.get("currentStepIndex", 0) >= len(steps)
        if status.get("abort"):
            status["currentStepIndex"] = 0
        elif (stable is None or is_through) and available(new) == wanted:
            self._promote(status)
            if steps:
                status["currentStepIndex"] = len(steps)
        elif stable is not None and not is_through and not item["spec"].get("paused"):
            self._take_step(item, now)

    def _take_step(self, item: Json, now: datetime) -> None:
        """The step at hand: wait for its counts or its pause, then go on to the next."""
        status, step = item["status"], step_of(item)
        if "setWeight" in step:
            is_over = self._at_counts(item)
        else:
            is_over = self._is_pause_over(item, "CanaryPauseStep", part(step, "pause"), now)
        status["currentStepIndex"] += int(is_over)

    def _is_pause_over(self, item: Json, reason: str, pause: Json, now: datetime) -> bool:
        """Begin the pause, or say whether it is over: by its time, or because somebody ended it."""
        status, uid = item["status"], item["metadata"]["uid"]
        there = [one for one in entries(status, "pauseConditions") if one["reason"] == reason]
        if not there and not status.get("controllerPause"):
            status["pauseConditions"] = [{"reason": reason, "startTime": stamp(now)}]
            status["controllerPause"] = True
            self._paused[uid] = now
            return False
        lasts_s = int(pause.get("duration") or 0) * self._model_s
        waited_s = (now - self._paused.get(uid, now)).total_seconds()
        if there and not (lasts_s and waited_s > lasts_s):
            return False
        status.pop("pauseConditions", None)
        status.pop("controllerPause", None)
        return True

    def _at_counts(self, item: Json) -> bool:
        sets = owned(self._store, item)
        new = next(one for one in sets if hash_of(one) == item["status"]["currentPodHash"])
        stable = next((one for one in sets if hash_of(one) == item["status"].get("stableRS")), None)
        wanted = next_counts(item, new, stable, sets)
        goal = desired_counts(item, new, stable)
        counts = (wanted[hash_of(new)], wanted[hash_of(stable)] if stable else 0)
        is_there = all(one["spec"]["replicas"] == wanted[hash_of(one)] == available(one) for one in sets)
        return is_there and counts == goal

    def _blue_green(self, item: Json, sets: dict[str, Json], now: datetime) -> None:
        status, strategy = item["status"], item["spec"]["strategy"]["blueGreen"]
        marks, wanted = status.setdefault("blueGreen", {}), item["spec"]["replicas"]
        mark, active = status["currentPodHash"], marks.get("activeSelector", "")
        marks["previewSelector"] = mark
        counts = dict.fromkeys(sets, 0) | {mark: 0 if status.get("abort") else wanted}
        if active in sets:
            counts[active] = wanted
        for one, since in list(self._replaced.items()):
            if one in counts and (now - since).total_seconds() < SCALE_DOWN_DELAY_S * self._model_s:
                counts[one] = max(counts[one], sets[one]["spec"]["replicas"])
            else:
                del self._replaced[one]
        self._scale_all(counts, sets)
        new = next(one for one in owned(self._store, item) if hash_of(one) == mark)
        if status.get("abort") or item["spec"].get("paused") or available(new) < wanted:
            return
        is_manual = strategy.get("autoPromotionEnabled") is False
        waits = is_manual and active not in ("", mark) and not status.get("promoteFull")
        if waits and not self._is_pause_over(item, "BlueGreenPause", {}, now):
            return
        if active not in ("", mark):
            self._replaced[active] = now
        marks["activeSelector"] = mark
        self._promote(status)

    def _promote(self, status: Json) -> None:
        status["stableRS"] = status["currentPodHash"]
        for name in ("promoteFull", "controllerPause", "pauseConditions", "abort"):
            status.pop(name, None)

    def _restart(self, item: Json, now: datetime) -> None:
        """End pods that are older than `restartAt`, one after another; note when none is left."""
        at, status = item["spec"].get("restartAt"), item["status"]
        if not at or status.get("restartedAt") == at or moment_of(at) > now:
            return
        sets = owned(self._store, item)
        if any(available(one) != one["spec"]["replicas"] for one in sets):
            return
        uids = {one["metadata"]["uid"] for one in sets}
        pods = [
            pod
            for pod in self._store.every(PODS, item["metadata"]["namespace"])
            if any(owner["uid"] in uids for owner in entries(pod["metadata"], "ownerReferences"))
        ]
        if any(is_ending(pod) for pod in pods):
            return
        old = [pod for pod in pods if moment_of(pod["metadata"]["creationTimestamp"]) < moment_of(at)]
        if old:
            terminate(self._store, old[0])
        else:
            status["restartedAt"] = at

    def _scale_all(self, counts: dict[str, int], sets: dict[str, Json]) -> None:
        for mark, one in sets.items():
            if one["spec"]["replicas"] != counts[mark]:
                changed = copy.deepcopy(one)
                changed["spec"]["replicas"] = counts[mark]
                self._store.replace(REPLICASETS, changed)
                what = f"Scaled ReplicaSet {one['metadata']['name']} from {one['spec']['replicas']} to"
                self._recorder.normal(one, COMPONENT, "ScalingReplicaSet", f"{what} {counts[mark]}")

    def _is_late(self, item: Json, now: datetime) -> bool:
        """Whether nothing has moved for as long as `progressDeadlineSeconds`; a pause is no standstill."""
        status, uid = item["status"], item["metadata"]["uid"]
        names = ("replicas", "updatedReplicas", "availableReplicas", "currentStepIndex")
        counts = tuple(int(status.get(name) or 0) for name in names)
        since, before = self._progressed.get(uid, (now, counts))
        is_still = before == counts and not status.get("pauseConditions") and not item["spec"].get("paused")
        self._progressed[uid] = (since, counts) if is_still else (now, counts)
        deadline_s = item["spec"].get("progressDeadlineSeconds", 600) * self._model_s
        return is_still and (now - since).total_seconds() > deadline_s
