"""Two Rollouts beside architect-api: a canary by steps, and a blue-green one that waits for people."""

from typing import Any

from playground.kubernetes.cluster import Cluster
from playground.kubernetes.resources import ROLLOUTS
from tests.playground.kubernetes.workloads import SPACE, workload

WEB, PAY = "shop-web", "shop-pay"
STEPS: tuple[dict[str, Any], ...] = (
    {"setWeight": 25},
    {"pause": {}},
    {"setWeight": 50},
    {"pause": {"duration": 40}},
    {"setWeight": 75},
    {"pause": {}},
)


def rollout(cluster: Cluster, name: str) -> dict[str, Any]:
    """It as the cluster has it now."""
    return cluster.store.get(ROLLOUTS, SPACE, name)


def seeded_rollouts(cluster: Cluster) -> None:
    """Both of four pods, at 1.0; their kind is served from now on."""
    cluster.installed.add(ROLLOUTS)
    canary = {"canary": {"steps": list(STEPS)}}
    services = {"activeService": PAY, "previewService": f"{PAY}-preview", "autoPromotionEnabled": False}
    for name, strategy in ((WEB, canary), (PAY, {"blueGreen": services})):
        cluster.store.add(ROLLOUTS, workload(name, replicas=4, strategy=strategy))
