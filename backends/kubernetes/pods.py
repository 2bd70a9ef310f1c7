"""Reads pods: their logs, and what they use."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from backends.kubernetes.api import KubernetesApi
from backends.kubernetes.log_lines import LogLine, read
from backends.kubernetes.target import Json, KubernetesTarget, entries, part
from model.health import Verdict
from model.metrics import amount
from model.ports.backend import BackendError, Fault
from model.query_result import QueryResult, Table

TAIL = 5_000
"""Lines that are read of each container at most: the newest."""

_CPU = {"n": 1e-6, "u": 1e-3, "m": 1.0}
_MEMORY = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "k": 10**3, "M": 10**6, "G": 10**9}


async def all_logs(
    api: KubernetesApi, target: KubernetesTarget, pods: Sequence[Json], since_s: int | None
) -> tuple[list[LogLine], bool]:
    """Every container of every pod, and the run before a crash; whether some container had more.

    since_s: how far back in seconds, at most TAIL lines of each container; None reads all there is.
    Raises BackendError.
    """
    asked = [one for pod in pods for one in _containers(pod)]
    recent = {} if since_s is None else {"sinceSeconds": str(since_s), "tailLines": str(TAIL)}
    raws = await asyncio.gather(*(_one(api, target, *one, recent) for one in asked))
    lines: list[LogLine] = []
    is_cut = False
    for (pod, container, previous), raw in zip(asked, raws, strict=True):
        short = pod.rsplit("-", 1)[-1]
        several = "" if sum(one[0] == pod and not one[2] for one in asked) == 1 else f"/{container}"
        found = list(read(raw, f"{short}{several}{' (crashed)' if previous else ''}"))
        is_cut = is_cut or (since_s is not None and len(found) >= TAIL)
        lines += found
    return lines, is_cut


def _containers(pod: Json) -> list[tuple[str, str, bool]]:
    """Pod, container and whether the run before is meant; what prepares a pod runs first."""
    name, status = str(pod["metadata"]["name"]), part(pod, "status")
    found: list[tuple[str, str, bool]] = []
    for one in entries(status, "initContainerStatuses") + entries(status, "containerStatuses"):
        if int(one.get("restartCount", 0)) > 0:
            found.append((name, str(one["name"]), True))
        found.append((name, str(one["name"]), False))
    return found


async def _one(
    api: KubernetesApi,
    target: KubernetesTarget,
    pod: str,
    container: str,
    previous: bool,
    recent: Mapping[str, str],
) -> bytes:
    query = {"container": container, "timestamps": "true", **recent}
    query |= {"previous": "true"} if previous else {}
    try:
        return await api.text(f"{target.pods}/{pod}/log", **query)
    except BackendError as error:
        # A container that has not started yet, or a pod that went meanwhile, has nothing to say.
        if error.fault in {Fault.INVALID, Fault.NOT_FOUND}:
            return b""
        raise


async def used(api: KubernetesApi, target: KubernetesTarget, selector: str) -> list[Json]:
    """What the metrics server measured of the pods. Raises BackendError."""
    try:
        found = await api.get(target.usage, labelSelector=selector)
    except BackendError as error:
        if error.fault is Fault.DENIED:
            raise
        what = f"The cluster's metrics server does not answer. {error.what}"
        look = "See whether it runs: kubectl -n kube-system get deployment metrics-server"
        raise BackendError(error.fault, what, look) from error
    return entries(found, "items")


def usage(items: Sequence[Json], pods: Sequence[Json], name: str) -> QueryResult:
    """As `kubectl top pods`: what each uses, and how much of what it asked for."""
    asked = {str(pod["metadata"]["name"]): _requests(pod) for pod in pods}
    rows: list[tuple[float, tuple[str, ...]]] = []
    totals = [0.0, 0.0]
    for item in items:
        pod = str(item["metadata"]["name"])
        if pod not in asked:
            continue
        cpu = sum(_cpu(one["usage"]["cpu"]) for one in entries(item, "containers"))
        memory = sum(_bytes(one["usage"]["memory"]) for one in entries(item, "containers"))
        totals = [totals[0] + cpu, totals[1] + memory]
        wants = asked[pod]
        own = "-".join(pod.split("-")[-2:])  # what tells it from the others; the rest is the deployment's
        row = (own, f"{cpu:.0f}m{_share(cpu, wants[0])}", amount(memory, "bytes") + _share(memory, wants[1]))
        rows.append((memory if name == "memory" else cpu, row))
    rows.sort(key=lambda one: -one[0])
    said = f"{len(rows)} pods use {totals[0]:.0f}m CPU and {amount(totals[1], 'bytes')}"
    table = Table(
        columns=("pod", "CPU", "memory"),
        rows=tuple(row for _, row in rows),
        empty="The metrics server has no figures of these pods.",
    )
    return QueryResult(headline=said, verdict=None if rows else Verdict.UNKNOWN, tables=(table,))


def _requests(pod: Json) -> tuple[float, float]:
    containers = entries(part(pod, "spec"), "containers")
    wanted = [part(one, "resources", "requests") for one in containers]
    cpu = sum(_cpu(one["cpu"]) for one in wanted if "cpu" in one)
    return cpu, sum(_bytes(one["memory"]) for one in wanted if "memory" in one)


def _share(used: float, wanted: float) -> str:
    return f", {100 * used / wanted:.0f}% of its request" if wanted else ""


def _cpu(quantity: Any) -> float:
    """Millicores of a quantity such as `250m`, `1` or `12345678n`."""
    text = str(quantity)
    return float(text[:-1]) * _CPU[text[-1]] if text[-1] in _CPU else float(text) * 1000


def _bytes(quantity: Any) -> float:
    """Bytes of a quantity such as `512Mi` or `1048576`."""
    text = str(quantity)
    for suffix, size in _MEMORY.items():
        if text.endswith(suffix):
            return float(text.removesuffix(suffix)) * size
    return float(text)
