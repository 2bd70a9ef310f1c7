"""Questions about oneself: what may I do, and who am I."""

from collections.abc import Callable

from playground.kubernetes.access import Account
from playground.kubernetes.protobuf import read_review
from playground.kubernetes.requests import ApiRequest
from playground.kubernetes.resources import ACCESS_REVIEWS, SELF_REVIEWS, Json, Resource, part


def access_review(account: Account, ask: ApiRequest) -> Json:
    """SelfSubjectAccessReview: may the asker do this?"""
    item = _submitted(ask)
    wanted = part(item, "spec", "resourceAttributes")
    plural, sub = wanted.get("resource", ""), wanted.get("subresource", "")
    may = bool(wanted) and account.may(
        wanted.get("verb", ""),
        wanted.get("group", ""),
        f"{plural}/{sub}" if sub else plural,
        wanted.get("namespace", ""),
        wanted.get("name", ""),
    )
    return _head(ACCESS_REVIEWS) | {"spec": item.get("spec", {}), "status": {"allowed": may}}


def self_review(account: Account, ask: ApiRequest) -> Json:
    """SelfSubjectReview: who is the asker?"""
    _submitted(ask)
    groups = ["system:serviceaccounts", "system:authenticated"]
    return _head(SELF_REVIEWS) | {"status": {"userInfo": {"username": account.user, "groups": groups}}}


def _submitted(ask: ApiRequest) -> Json:
    # kubectl sends these two kinds as protobuf since 1.32, and takes JSON back.
    return read_review(ask.raw) if ask.content.endswith("protobuf") else ask.item()


def _head(resource: Resource) -> Json:
    return {
        "kind": resource.kind,
        "apiVersion": resource.api_version,
        "metadata": {"creationTimestamp": None},
    }


REVIEWS: dict[Resource, Callable[[Account, ApiRequest], Json]] = {
    ACCESS_REVIEWS: access_review,
    SELF_REVIEWS: self_review,
}
