"""The systems that run in the cluster at first: architect-api in architect-production."""

import copy
from datetime import datetime, timedelta

from playground.kubernetes.access import EVERYTHING, Account, Rule
from playground.kubernetes.cluster import Cluster
from playground.kubernetes.conditions import COMPLETE
from playground.kubernetes.containers import pulling, running
from playground.kubernetes.defaults import with_defaults
from playground.kubernetes.recorder import past_event
from playground.kubernetes.replicasets import new_pod
from playground.kubernetes.resources import DEPLOYMENTS, HPAS, NAMESPACES, NODES, PODS, REPLICASETS, Json
from playground.kubernetes.revisions import REVISION, new_set, revision_of
from playground.kubernetes.store import stamp

NAMESPACE = "architect-production"
NAME = "architect-api"
IMAGE = "registry.example.com/architect/architect-api"
REPLICAS = 4

MUSTER_TOKEN = "muster-playground-token"
READER_TOKEN = "reader-playground-token"
ADMIN_TOKEN = "admin-playground-token"

RELEASES = ((5, "2.13.1", 41), (6, "2.14.0", 26), (7, "2.14.2", 12), (8, "2.15.0", 3))
"""Revision, image tag and age in days of what architect-api ran; the last one runs."""

_READ = ("get", "list", "watch")
_SEE = (
    Rule(("",), ("pods", "events"), _READ, NAMESPACE),
    Rule(("",), ("pods/log",), ("get",), NAMESPACE),
    Rule(("apps",), ("deployments", "replicasets", "deployments/scale"), _READ, NAMESPACE),
    Rule(("autoscaling",), ("horizontalpodautoscalers",), _READ, NAMESPACE),
    Rule(("keda.sh",), ("scaledobjects",), _READ, NAMESPACE),
    Rule(("metrics.k8s.io",), ("pods",), ("get", "list"), NAMESPACE),
)
_CHANGE = (
    Rule(("apps",), ("deployments", "deployments/scale"), ("patch", "update"), NAMESPACE),
    Rule(("autoscaling",), ("horizontalpodautoscalers",), ("patch", "update"), NAMESPACE),
    Rule(("keda.sh",), ("scaledobjects",), ("patch", "update"), NAMESPACE),
)

ACCOUNTS = {
    MUSTER_TOKEN: Account(f"system:serviceaccount:{NAMESPACE}:muster", (*_SEE, *_CHANGE)),
    READER_TOKEN: Account(f"system:serviceaccount:{NAMESPACE}:muster-reader", _SEE),
    ADMIN_TOKEN: Account("kubernetes-admin", (EVERYTHING,)),
}
"""The tokens: Muster's own rights and no more, read only, and everything."""


def seed_systems(cluster: Cluster) -> None:
    """Fill a fresh cluster: nodes, namespaces, architect-api at revision 8, its autoscaler and logs."""
    now = cluster.store.now()
    long_ago = stamp(now - timedelta(days=90))
    for name in ("default", "kube-system", NAMESPACE):
        meta = {"name": name, "creationTimestamp": long_ago, "labels": {"kubernetes.io/metadata.name": name}}
        item: Json = {"metadata": meta, "spec": {"finalizers": ["kubernetes"]}, "status": {"phase": "Active"}}
        cluster.store.add(NAMESPACES, item)
    for number in (1, 2, 3):
        cluster.store.add(NODES, _node(number, now))
    deployment = cluster.store.add(DEPLOYMENTS, _deployment(now))
    for revision, tag, age_days in RELEASES:
        _add_release(cluster, deployment, revision, tag, now - timedelta(days=age_days))
    cluster.store.add(HPAS, with_defaults(HPAS, _autoscaler(now)))
    _tell_past(cluster, now)
    cluster.settle()


def _tell_past(cluster: Cluster, now: datetime) -> None:
    store = cluster.store
    deployment, hpa = store.get(DEPLOYMENTS, NAMESPACE, NAME), store.get(HPAS, NAMESPACE, NAME)
    sets = sorted(store.every(REPLICASETS, NAMESPACE), key=revision_of)
    past = (
        (48, deployment, "deployment-controller", "ScalingReplicaSet",
         f"Scaled up replica set {sets[-1]['metadata']['name']} from 3 to 4"),
        (48, hpa, "horizontal-pod-autoscaler", "SuccessfulRescale",
         "New size: 4; reason: cpu resource utilization (percentage of request) above target"),
    )  # fmt: skip
    for minutes, about, component, reason, message in past:
        past_event(store, about, component, reason, message, now - timedelta(minutes=minutes))


def _add_release(cluster: Cluster, deployment: Json, revision: int, tag: str, at: datetime) -> None:
    is_last = revision == RELEASES[-1][0]
    replicas = REPLICAS if is_last else 0
    deployment = copy.deepcopy(deployment)
    deployment["spec"]["template"]["spec"]["containers"][0]["image"] = f"{IMAGE}:{tag}"
    deployment["metadata"]["annotations"]["kubernetes.io/change-cause"] = f"release {tag}"
    one = new_set(deployment, revision, replicas)
    one["metadata"]["creationTimestamp"] = stamp(at)
    one["status"] = {"replicas": replicas, "observedGeneration": 1}
    one = cluster.store.add(REPLICASETS, one)
    for number in range(replicas):
        born = at + timedelta(seconds=20 * number)
        pod = new_pod(one, cluster.store.new_name(f"{one['metadata']['name']}-"))
        pod["metadata"]["creationTimestamp"] = stamp(born)
        pod["metadata"]["uid"] = cluster.store.new_uid()
        pod["spec"]["nodeName"] = f"node-{number % 3 + 1}"
        pod = running(pulling(pod, born), born + timedelta(seconds=12), f"10.42.{number % 3}.{17 + number}")
        pod = cluster.store.add(PODS, pod)
        now = cluster.store.now()
        cluster.logs.fill(pod["metadata"]["uid"], NAME, f"{IMAGE}:{tag}", now, 60)


def _deployment(now: datetime) -> Json:
    tag, revision = RELEASES[-1][1], RELEASES[-1][0]
    labels = {"app": NAME, "app.kubernetes.io/part-of": "architect"}
    at = stamp(now - timedelta(days=RELEASES[-1][2]))
    done = {
        "type": "Progressing",
        "status": "True",
        "lastUpdateTime": at,
        "lastTransitionTime": stamp(now - timedelta(days=90)),
        "reason": COMPLETE,
        "message": f'ReplicaSet "{NAME}" has successfully progressed.',
    }
    item: Json = {
        "metadata": {
            "name": NAME,
            "namespace": NAMESPACE,
            "labels": dict(labels),
            "annotations": {REVISION: str(revision), "kubernetes.io/change-cause": f"release {tag}"},
            "creationTimestamp": stamp(now - timedelta(days=90)),
            "generation": 12,
        },
        "spec": {
            "replicas": REPLICAS,
            "selector": {"matchLabels": {"app": NAME}},
            "template": {"metadata": {"labels": dict(labels)}, "spec": {"containers": [_container(tag)]}},
        },
    }
    item = with_defaults(DEPLOYMENTS, item)
    item["status"] = {"observedGeneration": 12, "conditions": [done]}
    return item


def _container(tag: str) -> Json:
    probe = {"httpGet": {"path": "/health", "port": 8080}, "periodSeconds": 10}
    return {
        "name": NAME,
        "image": f"{IMAGE}:{tag}",
        "ports": [{"name": "http", "containerPort": 8080}],
        "env": [
            {"name": "LOG_LEVEL", "value": "info"},
            {"name": "REDIS_URL", "value": "redis://architect-cache:6379"},
            {"name": "DATABASE_URL", "valueFrom": {"secretKeyRef": {"name": "architect-db", "key": "url"}}},
        ],
        "resources": {
            "requests": {"cpu": "500m", "memory": "256Mi"},
            "limits": {"cpu": "1", "memory": "512Mi"},
        },
        "readinessProbe": copy.deepcopy(probe),
        "livenessProbe": copy.deepcopy(probe) | {"initialDelaySeconds": 15},
    }


def _autoscaler(now: datetime) -> Json:
    target = {"type": "Utilization", "averageUtilization": 70}
    meta = {"name": NAME, "namespace": NAMESPACE, "creationTimestamp": stamp(now - timedelta(days=90))}
    return {
        "metadata": meta,
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": NAME},
            "minReplicas": 3,
            "maxReplicas": 20,
            "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": target}}],
        },
    }


def _node(number: int, now: datetime) -> Json:
    name, since = f"node-{number}", stamp(now - timedelta(days=90))
    size = {"cpu": "8", "memory": "32780112Ki", "pods": "110", "ephemeral-storage": "101430960Ki"}
    ready = {
        "type": "Ready", "status": "True", "reason": "KubeletReady", "lastHeartbeatTime": stamp(now),
        "message": "kubelet is posting ready status", "lastTransitionTime": since,
    }  # fmt: skip
    info = {
        "machineID": f"{number:032x}", "systemUUID": f"{number:032x}", "bootID": f"{number:032x}",
        "kernelVersion": "6.1.0-32-amd64", "osImage": "Debian GNU/Linux 12 (bookworm)",
        "containerRuntimeVersion": "containerd://1.7.27", "kubeletVersion": "v1.32.4",
        "kubeProxyVersion": "v1.32.4", "operatingSystem": "linux", "architecture": "amd64",
    }  # fmt: skip
    addresses = [
        {"type": "InternalIP", "address": f"10.0.0.{10 + number}"},
        {"type": "Hostname", "address": name},
    ]
    return {
        "metadata": {"name": name, "creationTimestamp": since, "labels": {"kubernetes.io/hostname": name}},
        "spec": {},
        "status": {
            "capacity": size, "allocatable": dict(size), "conditions": [ready], "nodeInfo": info,
            "addresses": addresses,
        },
    }  # fmt: skip
