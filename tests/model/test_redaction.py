"""Secrets of forty vendors' and everybody's shapes go; what only looks like one stays; no text takes long."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.redaction import redact
from model.secrets import REMOVED

HEX = "0123456789abcdef"
WORD = "Zk3vQ9tR7xW2pL8mN4bV6cY1sD5fG0hJ"  # 32 letters and digits

SECRETS = [
    f"ghp_{WORD}abcd",
    f"gho_{WORD}abcd",
    f"ghs_{WORD}abcd",
    f"github_pat_11ABCDEFG0{WORD}_{WORD}{WORD[:27]}",
    f"glpat-{WORD[:20]}",
    f"gldt-{WORD[:20]}",
    f"sk_live_{WORD[:24]}",
    f"rk_live_{WORD[:24]}",
    f"whsec_{WORD}",
    f"AIza{WORD}abc",
    f"ya29.{WORD}_{WORD}",
    f"GOCSPX-{WORD[:28]}",
    f"npm_{WORD}abcd",
    f"pypi-AgEIcHlwaS5vcmc{WORD}{WORD}",
    f"dckr_pat_{WORD[:27]}",
    f"SG.{WORD[:22]}.{WORD}abcdefghijk",
    f"key-{HEX}{HEX}",
    f"{HEX}{HEX}-us12",
    f"SK{HEX}{HEX}",
    f"MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.{WORD[:27]}",
    f"110201543:AA{WORD}a",
    f"sk-proj-{WORD}{WORD}",
    f"sk-ant-api03-{WORD}-{WORD}",
    f"hf_{WORD}ab",
    f"gsk_{WORD}{WORD[:20]}",
    f"r8_{WORD}abcde",
    f"dop_v1_{HEX}{HEX}{HEX}{HEX}",
    f"hvs.{WORD}",
    f"dapi{HEX}{HEX}",
    f"shpat_{HEX}{HEX}",
    f"NRAK-{WORD[:27]}",
    f"glsa_{WORD}_0a1b2c3d",
    f"ATATT3xFfGF0{WORD}{WORD}",
    f"lin_api_{WORD}abcdefgh",
    f"xoxb-123456789012-{WORD[:24]}",
    f"xapp-1-A012345-123456-{HEX}",
    f"https://hooks.slack.com/services/T00000000/B00000000/{WORD[:24]}",
    "AKIAIOSFODNN7EXAMPLE",
    f"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.{WORD}",
    f"-----BEGIN RSA PRIVATE KEY-----\n{WORD}\n{WORD}\n-----END RSA PRIVATE KEY-----",
    f"-----BEGIN OPENSSH PRIVATE KEY-----\n{WORD}",
]
AROUND = ["{}", "got {} from the pod", '{{"line":"{}"}}', "url?x={}&y=1", "<{}>", "a={};b", "({})"]

NAMED = [
    "Authorization: Bearer hunter2hunter2",
    "authorization: Basic aHVudGVyMjpodW50ZXIy",
    'curl -H "Authorization: token hunter2" https://api.example',
    'Proxy-Authorization: Digest username="ana", response="hunter2"',
    "Cookie: session=hunter2; csrf=hunter2",
    "set-cookie: sid=hunter2; Path=/; HttpOnly",
    "redis://:hunter2@cache:6379/0",
    "postgresql://app:hunter2@db/app?sslmode=require",
    "amqps://app:hun%ter2:hunter2@mq",
    "https://ana:hunter2@git.example/x.git",
    "psql --password hunter2 -h db",
    "tool --api-key hunter2 --verbose",
    "tool --client-secret=hunter2",
    "mysql -u root -phunter2 app",
    "sshpass -p hunter2 ssh db",
    "redis-cli -h cache -a hunter2 ping",
    "curl -u ana:hunter2 https://api.example",
    "PGPASSWORD=hunter2 psql -h db",
    "export AWS_SECRET_ACCESS_KEY=hunter2/hunter2+hunter2",
    "aws_session_token = hunter2",
    "Server=db;Database=app;User Id=sa;Password=hunter2;Encrypt=true",
    "DefaultEndpointsProtocol=https;AccountName=x;AccountKey=hunter2==;EndpointSuffix=core",
    "https://x.blob.core.windows.net/c?sv=2022&sig=hunter2%3D",
    "X-Api-Key: hunter2",
    "x-auth-token: hunter2",
    "spring.datasource.password: hunter2",
    "db_password: 'hunter2 and hunter2'",
    'password = "hunter2 \\" hunter2"',
    "error: password: hunter2 is wrong",
    "query=token=hunter2&x=1",
    '{"clientSecret":"hunter2","id":7}',
    "JWT_SECRET=p&hunter2",
    "DJANGO_SECRET_KEY='hunter2'",
    "SENTRY_DSN=hunter2",
    "private_key: hunter2",
]

SURVIVE = [
    "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "nginx@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "commit 1245eec5b2c1f0a7d9e8c6b4a3f2e1d0c9b8a7f6",
    "123e4567-e89b-12d3-a456-426614174000",
    "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/db-AbCdEf",
    "arn:aws:lambda:us-east-1:123456789012:function:token-refresh:14",
    "arn:aws:iam::123456789012:role/muster",
    "trace_id=4bf92f3577b34da6a3ce929d0e0e4736",
    "X-Amzn-Trace-Id: Root=1-67891233-abcdef012345678912345678",
    "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "request 8f14e45f-ceea-467f-a1e6-0d5ae9d3c9b2 took 340 ms",
    "2026-11-27T06:00:00Z INFO ready",
    "https://example.com/a/b?page=2&size=50",
    "git@github.com:muster/muster.git",
    "mailto:ana@example.com",
    "http://10.0.0.5:8080/healthz",
    "image api:v1.2.5-rc1",
    "delivery-standard:41",
    "the password is wrong for user ana",
    "no token was given",
    "max_tokens=4096",
    "prompt_tokens: 512",
    "secrets are rotated daily",
    "Key: value of a table",
    "primary key violation on orders_pkey",
    "keyspace: architect",
    "monkey=banana",
    "JWT_SECRET=secret:miyabi/prod/jwt-secret",
    "token: null",
    "password=true",
    "pk_live_0123456789abcdef01234567",
    "sk-learn is a library",
    "task-definition/shop:3",
    "risk-assessment-of-the-architecture",
    "authorization failed for ana",
    "cookie banner shown",
    "bearer of bad news is here again today",
    "tool --password-file /run/secrets/db",
    "redis-cli -p 6379 ping",
    "SELECT * FROM tokens WHERE id = 7",
    'rate(http_requests_total{status="500"}[5m])',
    "i-0abcd1234efgh5678 terminated",
    "vpc-0a1b2c3d4e5f67890",
    "eyJ is how JSON begins in base64",
    "basic authentication is off",
]


@pytest.mark.parametrize("secret", SECRETS, ids=lambda one: one[:14].strip())
def test_a_secret_is_known_by_its_shape_wherever_it_stands(secret):
    for around in AROUND:
        said = redact(around.format(secret))
        assert REMOVED in said
        for part in secret.replace("\n", " ").split():
            assert part not in said or part in {
                "-----BEGIN",
                "RSA",
                "PRIVATE",
                "KEY-----",
                "OPENSSH",
                "-----END",
            }
        assert redact(said) == said


@pytest.mark.parametrize("line", NAMED)
def test_a_secret_is_known_by_what_stands_before_it(line):
    said = redact(line)
    assert "hunter2" not in said
    assert "aHVudGVyMj" not in said
    assert REMOVED in said
    assert redact(said) == said


@pytest.mark.parametrize("line", SURVIVE)
def test_what_only_looks_like_a_secret_stays(line):
    assert redact(line) == line


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from([*NAMED, *SURVIVE, *SECRETS[:8], '"', "'", "\n", "“", "=", ": "]), max_size=6)
)
def test_nothing_is_struck_out_twice(parts):
    said = redact(" ".join(parts))
    assert redact(said) == said


@settings(max_examples=300, deadline=None)
@given(st.text())
def test_any_text_comes_back_as_text(text):
    assert redact(redact(text)) == redact(text)


HOSTILE = [
    "eyJ",
    "eyJa.",
    "a=",
    "password=",
    "password='",
    'token="',
    "://",
    "://a:",
    "@",
    "-----BEGIN PRIVATE KEY-----",
    "Authorization: ",
    "--password ",
    "curl -u ",
    "“",
    "x",
    "\\",
    " ",
    "A_",
    "é",
    "\U0001f600",
    "secret:",
    "[secret removed]",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_time_grows_with_the_length_and_no_faster(piece):
    """Four times the text takes about four times as long; what is quadratic takes sixteen times."""

    def seconds(length: int) -> float:
        text = (piece * length)[:length]
        best = 9.0
        for _ in range(3):
            began = time.process_time()
            redact(text)
            best = min(best, time.process_time() - began)
        return best

    long = seconds(80_000)
    assert long < 0.05 or long < 9 * max(seconds(20_000), 0.002)
