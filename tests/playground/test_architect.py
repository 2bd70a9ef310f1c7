"""The real servers start together; one that is not here is left out, and it is said how to get it."""

import re

import httpx

import commands
from bot.cli.manifest import slack_manifest
from bot.clock import utc_now
from bot.configured import backend_settings
from bot.settings import Settings
from playground import architect
from playground.architect import NONE, Servers
from playground.environment import Plan, running_environment
from playground.faults import FaultBoard
from playground.prometheus import Exporter, PrometheusServer


def plan(servers: Servers, faults: FaultBoard | None = None) -> Plan:
    manifest = slack_manifest(commands.registry(), "http://127.0.0.1/slack/events")
    return Plan(manifest, utc_now, architect=servers, faults=faults or FaultBoard())


async def test_what_is_not_installed_is_left_out_and_said_and_the_rest_starts(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    async with architect.started(utc_now) as servers:
        assert servers.prometheus is None
        assert "Prometheus: prometheus is not installed; on Debian: apt-get install prometheus" in (
            servers.missing
        )
        assert servers.redis is not None
        async with architect.furnished(servers, lambda: False) as here:
            told = here.settings()
            assert set(told["redis_urls"]) == {"architect-cache"}
            assert told["prometheus_overrides"] == {}
            assert here.missing == servers.missing


async def test_a_town_without_them_tells_muster_of_none():
    async with running_environment(plan(NONE)) as place:
        told = place.settings()
    assert (told["postgres_urls"], told["redis_urls"], told["prometheus_overrides"]) == ({}, {}, {})


async def test_a_town_tells_muster_where_each_is(postgres_server, redis_server, prometheus_server, tmp_path):
    async with running_environment(plan(Servers(postgres_server, redis_server, prometheus_server))) as place:
        settings = Settings(**place.settings(), data_dir=tmp_path)
    told = backend_settings(settings, utc_now)
    assert told.postgres_urls == {"architect-db": postgres_server.dsn()}
    assert told.redis_urls == {"architect-cache": redis_server.url()}
    assert told.prometheus_urls == {"architect-api": prometheus_server.url}
    for password in (postgres_server.passwords["muster"], redis_server.passwords["muster"]):
        assert password not in repr(settings)
        assert password not in repr(told)


async def test_what_is_measured_fails_while_the_fault_is_on_and_only_in_this_town():
    exporter, faults = Exporter(utc_now), FaultBoard()
    async with running_environment(
        plan(Servers(prometheus=PrometheusServer("http://127.0.0.1:9", exporter)), faults)
    ):
        assert not exporter.is_bad()
        faults.switch("health-down", True)
        assert exporter.is_bad()
    assert not exporter.is_bad()


async def test_a_town_may_start_all_of_them_itself(postgres_server, prometheus_server):
    async with running_environment(Plan(plan(NONE).manifest, utc_now, architect="start")) as place:
        here = place.architect
        assert here.missing == ()
        assert here.postgres is not None and here.postgres.server.port != postgres_server.port
        assert here.prometheus is not None and here.prometheus.url != prometheus_server.url
        async with httpx.AsyncClient() as web:
            assert (await web.get(f"{here.prometheus.url}/-/ready")).status_code == 200
        assert here.redis is not None and here.redis.url in place.settings()["redis_urls"].values()
    assert re.match(r"postgresql://muster:\w+@127\.0\.0\.1:\d+/architect$", here.postgres.dsn)
