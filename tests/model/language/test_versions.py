"""Versions are what registries allow; what is none is refused with what to type."""

import pytest

from model.language.parse import parse
from model.refusal import Refused
from tests.model.language.conftest import REGISTRY, typed_in

DEPLOY, _ = REGISTRY.find("deploy architect-api 1")
DIGEST = "sha256:" + "0123456789abcdef" * 4


@pytest.mark.parametrize(
    "version",
    ["main", "stable", "sha-abcdef", "v3-crash", "2.15.0", "_x", "A" * 128, "release_2.1-rc.1", "15"],
)
def test_every_tag_that_a_registry_takes_is_a_version(version: str):
    assert parse(DEPLOY, f"architect-api {version}", typed_in()).values["version"] == version


@pytest.mark.parametrize("typed", [DIGEST, f"@{DIGEST}", DIGEST.upper()])
def test_a_digest_is_a_version_with_or_without_its_sign(typed: str):
    assert parse(DEPLOY, f"architect-api {typed}", typed_in()).values["version"] == DIGEST


@pytest.mark.parametrize(
    ("typed", "why", "instead"),
    [
        ("my tag", "a tag has no spaces", "Type one word, as `my`"),
        ('"my tag"', "a tag has no spaces", "Type one word, as `my`"),
        ("sha256:abc", "64 hexadecimal digits, and here are 3", "or type the tag"),
        (DIGEST[:-1], "64 hexadecimal digits, and here are 63", "or type the tag"),
        ("registry.example.com/shop/api:1.2", "is a whole image", "Type its tag or digest alone: `1.2`"),
        ("-rc1", "is not a version", "begins with none"),
        ("A" * 129, "is not a version", "up to 128 letters"),
        ('"dry"', "is not a version", "by its digest"),
        ("architect-ap", "is not a version", "Did you mean the service `architect-api`"),
    ],
)
def test_what_is_no_tag_digest_or_revision_is_refused_with_what_to_type(typed: str, why: str, instead: str):
    with pytest.raises(Refused) as refused:
        parse(DEPLOY, f"architect-api {typed}", typed_in())
    assert why in refused.value.what
    assert instead in refused.value.instead


def test_words_of_the_command_stay_words():
    read = parse(DEPLOY, "architect-api main dry because of dry", typed_in())
    assert (read.values["version"], read.dry, read.because) == ("main", True, "of dry")
    glass = parse(DEPLOY, "architect-api main break-glass because down", typed_in())
    assert (glass.values["version"], glass.break_glass) == ("main", True)
    for line in ("architect-api because stuck", "architect-api dry"):
        with pytest.raises(Refused, match="VERSION is missing"):
            parse(DEPLOY, line, typed_in())
