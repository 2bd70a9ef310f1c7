"""What counts as a secret, and what a fingerprint and a reference are."""

import pytest

from model.secrecy import is_secret_name, is_secret_value, print_of, referred


@pytest.mark.parametrize(
    "key",
    [
        "JWT_SECRET",
        "DATABASE_URL",
        "PROD_DATABASE_URL",
        "GITHUB_CLIENT_SECRET",
        "apiKey",
        "signing_key",
        "REDIS_URL",
        "SLACK_TOKEN",
        "DB_PASSWORD",
        "dbPassword",
        "SENTRY_DSN",
        "ACCESSTOKEN",
        "AWS_KEY",
    ],
)
def test_these_names_are_of_secrets(key: str):
    assert is_secret_name(key)


@pytest.mark.parametrize(
    "key",
    [
        "RUST_LOG",
        "ENVIRONMENT",
        "JWT_EXPIRATION",
        "GITHUB_CLIENT_ID",
        "DYNAMODB_TABLE_PREFIX",
        "MONKEY",
        "API_URL",
        "NODE_ENV",
        "DATABASE_POOL",
    ],
)
def test_these_names_are_not(key: str):
    assert not is_secret_name(key)


@pytest.mark.parametrize(
    ("value", "is_one"),
    [
        ("postgresql://miyabi:x@db/miyabi", True),
        ("AKIA" + "A" * 16, True),
        ("https://api.miyabi.dev/v1", False),
        ("info", False),
    ],
)
def test_a_value_may_give_a_secret_away_whatever_it_is_called(value: str, is_one: bool):
    assert is_secret_value(value) is is_one


def test_equal_secrets_have_equal_fingerprints_of_eight_digits():
    assert print_of("a") == print_of("a") == "ca978112"
    assert print_of("a") != print_of("b")


def test_a_reference_names_a_secret_and_nothing_else_does():
    assert referred("secret:miyabi/prod/jwt-secret") == "miyabi/prod/jwt-secret"
    for other in ("secret:", "secret: x", "miyabi/prod", "Secret:x", "secret:a b"):
        assert referred(other) is None
