"""Pod logs over HTTP: tails, ages, the previous run, and following."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from datetime import datetime, timedelta
from typing import Any

from playground.kubernetes.cluster import Cluster
from playground.kubernetes.podlogs import Line, Log
from playground.kubernetes.requests import ApiRequest
from playground.kubernetes.resources import PODS, Json, entries, part
from playground.kubernetes.status import Refusal
from playground.kubernetes.store import moment_of


def open_log(cluster: Cluster, ask: ApiRequest) -> tuple[Log, list[Line]]:
    """The container's log and the lines asked for. Raises Refusal 400 or 404 as the kubelet would."""
    pod = cluster.store.get(PODS, ask.namespace, ask.name)
    container = _container(pod, ask)
    log = cluster.logs.of(pod["metadata"]["uid"], container)
    if ask.flag("previous"):
        if log.previous is None:
            message = f'previous terminated container "{container}" in pod "{ask.name}" not found'
            raise Refusal(400, message)
        return log, _chosen(log.previous, ask, cluster.store.now())
    if not log.lines:
        _check_started(pod, container)
    return log, _chosen(log.lines, ask, cluster.store.now())


def text_of(lines: Iterable[Line], ask: ApiRequest) -> str:
    """Lines as plain text, with times when asked for, at most limitBytes."""
    stamped = ask.flag("timestamps")
    text = "".join(f"{_nanos(one.at)} {one.text}\n" if stamped else f"{one.text}\n" for one in lines)
    limit = ask.number("limitBytes")
    return text if limit is None else text.encode()[:limit].decode(errors="ignore")


async def follow(cluster: Cluster, ask: ApiRequest, closing: asyncio.Event) -> AsyncIterator[str]:
    """The lines asked for, then every new line until the pod or the server ends."""
    log, lines = open_log(cluster, ask)
    waker = asyncio.Event()
    log.listeners.add(waker.set)
    cluster.store.wakers.add(waker)
    try:
        yield text_of(lines, ask)
        printed = log.printed
        while not closing.is_set() and cluster.store.find(PODS, ask.namespace, ask.name):
            fresh = min(log.printed - printed, len(log.lines))
            printed = log.printed
            if fresh:
                yield text_of(list(log.lines)[-fresh:], ask)
            await waker.wait()
            waker.clear()
    finally:
        cluster.store.wakers.discard(waker)
        log.listeners.discard(waker.set)


def _container(pod: Json, ask: ApiRequest) -> str:
    names = [one["name"] for one in pod["spec"]["containers"]]
    wanted = ask.query.get("container", "")
    if not wanted and len(names) > 1:
        choices = f"choose one of: [{' '.join(names)}]"
        raise Refusal(400, f"a container name must be specified for pod {ask.name}, {choices}")
    if wanted and wanted not in [*names, *(one["name"] for one in entries(pod["spec"], "initContainers"))]:
        raise Refusal(400, f"container {wanted} is not valid for pod {ask.name}")
    return wanted or names[0]


def _check_started(pod: Json, container: str) -> None:
    for one in entries(pod["status"], "containerStatuses"):
        reason = part(one, "state").get("waiting", {}).get("reason", "")
        if one["name"] == container and reason:
            name = pod["metadata"]["name"]
            if reason in ("ErrImagePull", "ImagePullBackOff"):
                reason = "trying and failing to pull image"
            raise Refusal(400, f'container "{container}" in pod "{name}" is waiting to start: {reason}')


def _chosen(lines: Iterable[Line], ask: ApiRequest, now: datetime) -> list[Line]:
    chosen = list(lines)
    age_s: int | None = ask.number("sinceSeconds")
    since: Any = ask.query.get("sinceTime")
    try:
        earliest = moment_of(since) if since else None
    except ValueError as error:
        raise Refusal(400, f'sinceTime: Invalid value: "{since}"') from error
    if age_s is not None:
        earliest = now - timedelta(seconds=age_s)
    if earliest is not None:
        chosen = [one for one in chosen if one.at >= earliest]
    tail = ask.number("tailLines")
    return chosen if tail is None else chosen[len(chosen) - min(tail, len(chosen)) :]


def _nanos(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f") + "000Z"
