"""A server that could lose what it acknowledged is refused, and the refusal says what to do."""

import pytest

from journal.checks import ServerUnfit, version_problem
from journal.opening import connect, open_journal
from model.ports.journal import JournalUnavailable
from tests.journal.conftest import KEY, real_now, redis_server


@pytest.mark.parametrize(
    ("setting", "value", "told"),
    [
        ("appendonly", "no", "CONFIG SET appendonly yes"),
        ("appendfsync", "everysec", "CONFIG SET appendfsync always"),
        ("maxmemory-policy", "allkeys-lru", "CONFIG SET maxmemory-policy noeviction"),
    ],
)
async def test_each_unsafe_setting_is_refused_with_its_remedy(folder, setting, value, told):
    async with redis_server(folder) as url:
        async with connect(url) as client:
            await client.config_set(setting, value)
        with pytest.raises(ServerUnfit) as refused:
            async with open_journal(url, folder, real_now, KEY):
                pass
        assert len(refused.value.problems) == 1
        assert told in refused.value.problems[0]
        async with open_journal(url, folder, real_now, KEY, unchecked=True):
            pass


async def test_a_server_that_hides_its_settings_is_refused(folder):
    async with redis_server(folder) as url:
        async with connect(url) as client:
            await client.execute_command("ACL", "SETUSER", "default", "-config")
        with pytest.raises(ServerUnfit, match="Allow this user CONFIG GET"):
            async with open_journal(url, folder, real_now, KEY):
                pass


@pytest.mark.parametrize(
    ("info", "fits"),
    [
        ({"redis_version": "6.2.14"}, False),
        ({"redis_version": "7.0.15"}, True),
        ({"redis_version": "8.2.0"}, True),
        ({"redis_version": "7.2.4", "valkey_version": "9.1.2"}, True),
        ({}, False),
    ],
)
def test_redis_before_seven_is_refused(info, fits):
    assert (version_problem(info) is None) == fits


async def test_an_external_server_needs_the_key_of_the_audit_log(folder):
    with pytest.raises(ServerUnfit, match="MUSTER_AUDIT_KEY"):
        async with open_journal("redis://127.0.0.1:1", folder, real_now):
            pass


async def test_a_server_that_is_away_is_said_to_be_away(folder):
    with pytest.raises(JournalUnavailable, match="MUSTER_REDIS_URL"):
        async with open_journal("redis://127.0.0.1:1", folder, real_now, KEY, unguarded=True):
            pass
