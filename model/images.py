"""Names of images: where they lie, their tag and digest, and which tags move. Pure.

Source: the OCI distribution specification (repository names, tags, digests), and Docker's reference grammar
for names without a registry.
"""

import re
from dataclasses import dataclass

DOCKER_HUB = "docker.io"
_REPOSITORY = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*")
_NUMBER = re.compile(r"(?:^|[._+-])[vVrR]?\d+(?:[._+-]|$)")
_COMMIT = re.compile(r"(?:(?:sha|git|g|commit)[-_.]?)?(?=[0-9a-f]*\d|[a-f]{6})[0-9a-f]{6,40}")


@dataclass(frozen=True)
class ImageName:
    """An image without tag and digest: the registry's host, and the repository in it."""

    host: str
    repository: str


def name_of(image: str) -> ImageName | None:
    """Where an image lies; None for a name that no registry may have."""
    bare = image.partition("@")[0]
    last = bare.rpartition("/")[2]
    bare = bare.removesuffix(f":{last.partition(':')[2]}") if ":" in last else bare
    first, _, rest = bare.partition("/")
    is_host = bool(rest) and ("." in first or ":" in first or first == "localhost")
    host, repository = (first, rest) if is_host else (DOCKER_HUB, bare if rest else f"library/{bare}")
    whole = len(repository) <= 255 and _REPOSITORY.fullmatch(repository)
    return ImageName(host.casefold(), repository) if whole else None


def is_digest(version: str) -> bool:
    """Whether it names the content itself."""
    return version.startswith("sha256:")


def is_moving(version: str) -> bool:
    """Whether a tag is like to point to something else tomorrow: `main`, `latest`, `stable`.

    One that says a version (a number of its own, as in `v2.4`, `release-3`, `2024-05-01`) or a commit
    (`sha-abcdef`, seven digits of one) is taken to stay.
    """
    if is_digest(version):
        return False
    return not (_NUMBER.search(version) or _COMMIT.fullmatch(version.casefold()))


def short(text: str) -> str:
    """The text with every digest cut to its first twelve digits, as people read it."""
    return re.sub(r"(sha256:[0-9a-f]{12})[0-9a-f]{52}", r"\1…", text)
