"""What counts as a secret, and what a fingerprint and a reference are."""

import hashlib

import pytest

from model.secrets import fingerprints_with, is_fingerprint_of, is_secret_name, is_secret_value, referred


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


def test_equal_secrets_have_equal_fingerprints_of_eight_digits_under_one_key():
    fingerprint_of, other = fingerprints_with(b"one key"), fingerprints_with(b"another key")
    assert fingerprint_of("a") == fingerprint_of("a")
    assert len(fingerprint_of("a")) == 8
    assert fingerprint_of("a") != fingerprint_of("b")
    assert fingerprint_of("a") != other("a")


def test_a_fingerprint_is_no_digest_that_somebody_without_the_key_could_try():
    secret = "493817"
    bare = {
        hashlib.new(name, secret.encode()).hexdigest()[:8] for name in ("md5", "sha1", "sha256", "sha512")
    }
    assert fingerprints_with(b"a key")(secret) not in bare


def test_a_reference_names_a_secret_and_nothing_else_does():
    assert referred("secret:miyabi/prod/jwt-secret") == "miyabi/prod/jwt-secret"
    for other in ("secret:", "secret: x", "miyabi/prod", "Secret:x", "secret:a b"):
        assert referred(other) is None


def test_a_kept_fingerprint_is_known_under_the_key_and_as_earlier_versions_kept_it():
    fingerprint_of, other = fingerprints_with(b"one key"), fingerprints_with(b"another key")
    assert is_fingerprint_of(fingerprint_of("3f2a"), "3f2a", fingerprint_of)
    assert is_fingerprint_of("3f2a", "3f2a", fingerprint_of)
    assert not is_fingerprint_of(other("3f2a"), "3f2a", fingerprint_of)
    assert not is_fingerprint_of(fingerprint_of("3f2b"), "3f2a", fingerprint_of)
    assert not is_fingerprint_of("", "3f2a", fingerprint_of)
