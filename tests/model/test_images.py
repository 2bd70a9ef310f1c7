"""Which tags move, and where an image lies."""

import pytest

from model.images import ImageName, is_moving, name_of, short

DIGEST = "sha256:" + "0123456789abcdef" * 4


@pytest.mark.parametrize(
    "tag", ["main", "latest", "stable", "nightly", "feature-search", "prod", "py3", "edge"]
)
def test_a_tag_that_says_no_version_moves(tag: str):
    assert is_moving(tag)


@pytest.mark.parametrize(
    "tag",
    ["1", "v1", "1.2", "v2.4.2", "2.16.0-rc1", "release-3", "2024-05-01", "20240501", "r12", "sha-abcdef",
     "9fceb02", "git-9fceb02d0ae5", "build.512", "v1.2.3-alpine", DIGEST],
)  # fmt: skip
def test_a_version_a_commit_or_a_digest_stays(tag: str):
    assert not is_moving(tag)


@pytest.mark.parametrize(
    ("image", "host", "repository"),
    [
        ("registry.example.com/team/api:1.2", "registry.example.com", "team/api"),
        ("registry:5000/api", "registry:5000", "api"),
        ("localhost/api:main", "localhost", "api"),
        ("nginx", "docker.io", "library/nginx"),
        ("team/api:main", "docker.io", "team/api"),
        (f"REGISTRY.example.com/api:main@{DIGEST}", "registry.example.com", "api"),
    ],
)
def test_an_image_lies_where_its_name_says(image: str, host: str, repository: str):
    assert name_of(image) == ImageName(host, repository)


@pytest.mark.parametrize(
    "image", ["", "registry.example.com/", "registry.example.com/../v2", "a b", "x/Y Z", "h.io/a?b"]
)
def test_a_name_that_no_registry_has_lies_nowhere(image: str):
    assert name_of(image) is None


def test_a_digest_is_cut_where_people_read_it():
    assert short(f"api:main@{DIGEST}") == "api:main@sha256:0123456789ab…"
