"""Watches: what they send, in which order, and how they end."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from playground.kubernetes import KubeConfig, Running, serve
from tests.playground.kubernetes.driving import APPS, DEPLOYMENT, MERGE, NAME, PODS, admin, is_settled, until
from tests.waiting import HANGS_S


@asynccontextmanager
async def watching(running: Running, path: str, **query: str) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
    async with (
        asyncio.timeout(HANGS_S),
        admin(running) as client,
        client.stream("GET", path, params={"watch": "true", **query}) as answer,
    ):
        assert answer.status_code == 200
        yield (json.loads(line) async for line in answer.aiter_lines())


async def version(client: httpx.AsyncClient, path: str) -> str:
    return (await client.get(path)).json()["metadata"]["resourceVersion"]


async def relabel(running: Running, **labels: str | None) -> None:
    async with admin(running) as client:
        body = {"metadata": {"labels": labels}}
        answer = await client.patch(DEPLOYMENT, json=body, headers={"Content-Type": MERGE})
        assert answer.status_code == 200


async def test_a_watch_without_a_version_begins_with_what_is_there(running: Running):
    async with watching(running, PODS) as events:
        first = [await anext(events) for _ in range(4)]
    assert {event["type"] for event in first} == {"ADDED"}


async def test_a_watch_from_a_version_sends_exactly_what_came_after(running: Running):
    async with admin(running) as client:
        start = await version(client, f"{APPS}/deployments")
    await relabel(running, one="1")
    await relabel(running, two="2")
    async with watching(running, f"{APPS}/deployments", resourceVersion=start) as events:
        got = [await anext(events) for _ in range(2)]
    assert [event["type"] for event in got] == ["MODIFIED", "MODIFIED"]
    assert "two" not in got[0]["object"]["metadata"]["labels"]
    assert got[1]["object"]["metadata"]["labels"]["two"] == "2"


async def test_entering_a_selector_is_added_and_leaving_it_deleted(running: Running):
    async with watching(running, f"{APPS}/deployments", labelSelector="tier=gold") as events:
        await relabel(running, tier="gold")
        assert (await anext(events))["type"] == "ADDED"
        await relabel(running, tier=None)
        assert (await anext(events))["type"] == "DELETED"


async def test_bookmarks_come_when_asked_for(running: Running):
    async with watching(
        running, f"{APPS}/deployments", fieldSelector="metadata.name=nope", allowWatchBookmarks="true"
    ) as events:
        mark = await anext(events)
    assert mark["type"] == "BOOKMARK"
    assert mark["object"]["metadata"]["resourceVersion"].isdigit()


async def test_a_streaming_list_ends_its_first_part_with_a_bookmark(running: Running):
    async with watching(
        running,
        PODS,
        sendInitialEvents="true",
        resourceVersionMatch="NotOlderThan",
        allowWatchBookmarks="true",
    ) as events:
        got = [await anext(events) for _ in range(5)]
    assert [event["type"] for event in got] == ["ADDED"] * 4 + ["BOOKMARK"]
    assert got[-1]["object"]["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}


async def test_a_forgotten_version_is_told_as_expired(running: Running):
    async with admin(running) as client:
        start = await version(client, f"{APPS}/deployments")
    await relabel(running, one="1")
    running.cluster.store.forget()
    async with watching(running, f"{APPS}/deployments", resourceVersion=start) as events:
        event = await anext(events)
        assert [one async for one in events] == []
    assert event["type"] == "ERROR"
    assert (event["object"]["code"], event["object"]["reason"]) == (410, "Expired")


async def test_a_watch_that_lags_behind_a_short_history_expires():
    async with serve(KubeConfig(pace_s=0.02, history=5)) as running:
        async with admin(running) as client:
            start = await version(client, f"{APPS}/deployments")
        for number in range(8):
            await relabel(running, turn=str(number))
        async with watching(running, f"{APPS}/deployments", resourceVersion=start) as events:
            assert (await anext(events))["type"] == "ERROR"


async def test_a_watch_ends_after_its_timeout(running: Running):
    async with watching(running, f"{APPS}/deployments", resourceVersion="", timeoutSeconds="1") as events:
        got = [event async for event in events]
    assert [event["object"]["metadata"]["name"] for event in got] == [NAME]


async def test_the_server_ends_at_once_with_watches_and_logs_open():
    loop = asyncio.get_running_loop()
    async with serve(KubeConfig(pace_s=0.02)) as running:
        await until(lambda: is_settled(running), "a settled start")
        client = admin(running)
        name = (await client.get(PODS)).json()["items"][0]["metadata"]["name"]
        streams = [
            await client.send(client.build_request("GET", path, params=query), stream=True)
            for path, query in (
                (PODS, {"watch": "true"}),
                (f"{PODS}/{name}/log", {"follow": "true", "tailLines": "1"}),
            )
        ]
        began = loop.time()
    assert loop.time() - began < 1
    for stream in streams:
        await stream.aclose()
    await client.aclose()
