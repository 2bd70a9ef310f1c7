"""ECR: the images that the task definitions of the runbooks name, and one release after them."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from playground.aws.cloud import ApiCall, Cloud, Operation
from playground.aws.modelled import Modelled
from playground.aws.pages import page
from playground.aws.refusal import AwsError

TAGS = {
    ("us-east-1", "delivery-standard"): ("v1.2.0", "v1.2.1", "v1.2.2", "v1.2.3", "v1.2.4", "v1.2.5"),
    ("us-west-2", "miyabi-web-api"): ("v1.0.0", "v1.1.0", "v1.2.0", "v1.3.0"),
}


@dataclass
class Registry:
    """Repository → (tag, when it was pushed)."""

    images: dict[str, list[tuple[str, datetime]]] = field(
        default_factory=dict[str, list[tuple[str, datetime]]]
    )


def describe_images(ask: ApiCall) -> dict[str, Any]:
    """DescribeImages of one repository."""
    name = str(ask.params.get("repositoryName"))
    found = ask.region.state(Registry).images.get(name)
    if found is None or ask.params.get("registryId", ask.region.account) != ask.region.account:
        message = (
            f"The repository with name '{name}' does not exist in the registry with id '{ask.region.account}'"
        )
        raise AwsError("RepositoryNotFoundException", message)
    shown = [
        {
            "registryId": ask.region.account,
            "repositoryName": name,
            "imageDigest": digest_of(name, tag, at),
            "imageTags": [tag],
            "imagePushedAt": at.timestamp(),
        }
        for tag, at in found
    ]
    wanted: list[dict[str, Any]] = ask.params.get("imageIds") or []
    for one in wanted:
        shown = [image for image in shown if _is_named(image, one)]
        if not shown:
            message = f"The image with imageId {one} does not exist within the repository with name '{name}'"
            raise AwsError("ImageNotFoundException", message)
    bad = AwsError("InvalidParameterException", "Invalid next token.")
    some, following = page(shown, ask.params.get("nextToken"), ask.params.get("maxResults", 100), bad)
    return {"imageDetails": some, **({"nextToken": following} if following else {})}


def digest_of(name: str, tag: str, at: datetime) -> str:
    """The digest of what was pushed under the tag then."""
    return f"sha256:{hashlib.sha256(f'{name}:{tag}@{at.isoformat()}'.encode()).hexdigest()}"


def _is_named(image: dict[str, Any], wanted: dict[str, Any]) -> bool:
    """Whether an ImageIdentifier (tag, digest or both) is of this image."""
    is_tag = wanted.get("imageTag") in {None, *image["imageTags"]}
    return is_tag and wanted.get("imageDigest") in {None, image["imageDigest"]}


OPERATIONS: dict[str, Operation] = {"DescribeImages": describe_images}


def seed(world: Cloud) -> None:
    """A release every week; the last one is not deployed yet."""
    for (region, name), tags in TAGS.items():
        began = world.now() - timedelta(days=7 * len(tags))
        pushed = [(tag, began + timedelta(days=7 * n)) for n, tag in enumerate(tags)]
        world.region(region).state(Registry).images[name] = pushed


ECR = Modelled("ecr", "ecr", OPERATIONS, seed)
