"""The DaemonSet controller: a pod on each node, replaced node by node.

Source: the documentation of DaemonSets and of their rolling update: at most `maxUnavailable` nodes are
without a pod that is available; pods of an old template that are not available go first, so a rollback heals
by itself.
A DaemonSet has no /scale: it runs once on each node.
"""

from playground.kubernetes.controllerrevisions import MARK, is_owned, pod_of, truncate, wanted_revision
from playground.kubernetes.deleting import terminate
from playground.kubernetes.podstate import is_ending, is_ready
from playground.kubernetes.recorder import Recorder
from playground.kubernetes.resources import DAEMONSETS, NODES, PODS, Json, entries, part
from playground.kubernetes.store import Store
from playground.kubernetes.validation import whole

COMPONENT = "daemonset-controller"
KIND = "DaemonSet"


class DaemonSetController:
    """Makes and replaces pods, a step at a time."""

    def __init__(self, store: Store, recorder: Recorder) -> None:
        self._store, self._recorder = store, recorder

    def step(self) -> None:
        """Look at every DaemonSet once."""
        for item in self._store.every(DAEMONSETS):
            if "deletionTimestamp" in item["metadata"]:
                continue
            update = wanted_revision(self._store, item, KIND)
            nodes = [one["metadata"]["name"] for one in self._store.every(NODES)]
            self._fill(item, update, nodes)
            self._roll(item, update, len(nodes))
            self._report(item, update, nodes)

    def _pods(self, item: Json) -> list[Json]:
        return [one for one in self._store.every(PODS, item["metadata"]["namespace"]) if is_owned(one, item)]

    def _fill(self, item: Json, update: Json, nodes: list[str]) -> None:
        taken = {node_of(pod) for pod in self._pods(item)}
        for node in [one for one in nodes if one not in taken]:
            name = self._store.new_name(f"{item['metadata']['name']}-")
            pod = pod_of(item, KIND, update, name, update["metadata"]["labels"][MARK])
            field = {"key": "metadata.name", "operator": "In", "values": [node]}
            terms = {"nodeSelectorTerms": [{"matchFields": [field]}]}
            pod["spec"]["affinity"] = {
                "nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}
            }
            self._store.add(PODS, pod)
            self._recorder.normal(item, COMPONENT, "SuccessfulCreate", f"Created pod: {name}")

    def _roll(self, item: Json, update: Json, nodes: int) -> None:
        strategy = item["spec"]["updateStrategy"]
        if strategy["type"] != "RollingUpdate":
            return
        pods, mark = self._pods(item), update["metadata"]["labels"][MARK]
        old = [one for one in pods if one["metadata"]["labels"][MARK] != mark and not is_ending(one)]
        away = nodes - sum(is_ready(pod) and not is_ending(pod) for pod in pods)
        room = max(1, whole(part(strategy, "rollingUpdate")["maxUnavailable"], nodes, up=True)) - away
        for pod in old:
            if is_ready(pod):
                if room <= 0:
                    continue
                room -= 1
            terminate(self._store, pod)
            name = pod["metadata"]["name"]
            self._recorder.normal(item, COMPONENT, "SuccessfulDelete", f"Deleted pod: {name}")

    def _report(self, item: Json, update: Json, nodes: list[str]) -> None:
        pods, mark = self._pods(item), update["metadata"]["labels"][MARK]
        live = [pod for pod in pods if not is_ending(pod)]
        ready = sum(is_ready(pod) for pod in live)
        status: Json = {
            "currentNumberScheduled": len({node_of(pod) for pod in pods}),
            "numberMisscheduled": 0,
            "desiredNumberScheduled": len(nodes),
            "numberReady": ready,
            "observedGeneration": item["metadata"]["generation"],
        }
        counts = {
            "updatedNumberScheduled": sum(pod["metadata"]["labels"][MARK] == mark for pod in live),
            "numberAvailable": ready,
            "numberUnavailable": len(nodes) - ready,
        }
        status |= {name: count for name, count in counts.items() if count}
        self._store.replace(DAEMONSETS, item | {"status": status})
        marks = {pod["metadata"]["labels"][MARK] for pod in pods} | {mark}
        truncate(self._store, item, {f"{item['metadata']['name']}-{one}" for one in marks})


def node_of(pod: Json) -> str:
    """The node that a DaemonSet's pod is for; empty for any other pod."""
    wanted = part(pod, "spec", "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution")
    for term in entries(wanted, "nodeSelectorTerms"):
        for field in entries(term, "matchFields"):
            return str(field["values"][0])
    return ""
