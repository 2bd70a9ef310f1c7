"""What is struck out of lines before they go into the journal or a message, and what stays."""

import pytest

from bot.views.message import redact


@pytest.mark.parametrize(
    "line",
    [
        "config miyabi-api set JWT_SECRET=hunter2",
        'config miyabi-api set JWT_SECRET="hunter2 and hunter2"',
        "config miyabi-api set JWT_SECRET=“hunter2 and hunter2”",
        "config miyabi-api set SIGNING_KEY=hunter2 RUST_LOG=debug",
        "config miyabi-api set signing_key=hunter2",
        "config miyabi-api set DATABASE_URL=hunter2",
        "config miyabi-api set WEBHOOK=https://ops:hunter2@hooks.invalid/x",
        "password: hunter2",
        "secret:hunter2",
        "token secret=hunter2",
        '{"user": "ana", "password": "hunter2 and \\" hunter2"}',
        '{"apiToken":"hunter2 and hunter2"}',
    ],
)
def test_a_secret_is_struck_out_once(line: str):
    assert "hunter2" not in redact(line)
    assert "[secret removed]" in redact(line)
    assert redact(redact(line)) == redact(line)


@pytest.mark.parametrize(
    "line",
    [
        "config miyabi-api set JWT_SECRET=secret:miyabi/prod/jwt-secret because rotated",
        'config miyabi-api set JWT_SECRET="secret:miyabi/prod/jwt-secret"',
        '{"JWT_SECRET": "secret:miyabi/prod/jwt-secret"}',
        '{"apiToken":"secret:miyabi/prod/api-token","user":"ana"}',
        "config miyabi-api set RUST_LOG=debug TIMEOUT_S=30",
        "logs miyabi-api ERROR since=3h",
    ],
)
def test_a_reference_and_what_is_no_secret_stay(line: str):
    assert redact(line) == line
