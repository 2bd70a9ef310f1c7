"""Reads: one object, and lists with selectors, pages and expiry."""

import base64
import binascii
import json
from collections.abc import Callable

from playground.kubernetes.requests import ApiRequest
from playground.kubernetes.resources import Json, part
from playground.kubernetes.selectors import field_test, label_test, selector_text
from playground.kubernetes.status import Refusal, expired
from playground.kubernetes.store import Store

Test = Callable[[Json], bool]


def get(store: Store, ask: ApiRequest) -> Json:
    """The object, or its Scale. Raises Refusal 404."""
    item = store.get(ask.resource, ask.namespace, ask.name)
    return scale_of(item) if ask.sub == "scale" else item


def list_page(store: Store, ask: ApiRequest, items: list[Json] | None = None) -> Json:
    """The list object with what fits the selectors, at most `limit` of them.

    items: given for resources that are not stored (metrics). Raises Refusal 400, 410, 504.
    """
    _check_version(store, ask)
    found = items if items is not None else store.every(ask.resource, ask.namespace)
    fits = fit_test(ask)
    chosen = [item for item in found if fits(item)]
    meta: Json = {"resourceVersion": str(store.version)}
    start, limit = _start(store, ask), ask.number("limit")
    if start:
        chosen = [item for item in chosen if _key(item) > start]
    if limit and len(chosen) > limit:
        meta["remainingItemCount"] = len(chosen) - limit
        chosen = chosen[:limit]
        meta["continue"] = _token(store.version, _key(chosen[-1]))
    plain = [
        {key: value for key, value in one.items() if key not in ("kind", "apiVersion")} for one in chosen
    ]
    kept = chosen if items is not None else plain
    return {
        "kind": ask.resource.list_kind,
        "apiVersion": ask.resource.api_version,
        "metadata": meta,
        "items": kept,
    }


def fit_test(ask: ApiRequest) -> Test:
    """Whether an object fits the query's selectors and namespace. Raises Refusal 400."""
    labels_fit = label_test(ask.query.get("labelSelector", ""))
    fields_fit = field_test(ask.resource, ask.query.get("fieldSelector", ""))

    def fits(item: Json) -> bool:
        meta = item["metadata"]
        here = not ask.namespace or meta.get("namespace") == ask.namespace
        return here and labels_fit(part(meta, "labels")) and fields_fit(item)

    return fits


def version_of(store: Store, text: str) -> int:
    """A resourceVersion of a query. Raises Refusal 400, or 504 for one of the future."""
    if not text.isdigit():
        raise Refusal(400, f'Invalid value: "{text}": resourceVersion must be numeric')
    version = int(text)
    if version > store.version:
        message = f"Timeout: Too large resource version: {version}, current: {store.version}"
        raise Refusal(504, message, details={"retryAfterSeconds": 1})
    return version


def scale_of(item: Json) -> Json:
    """The autoscaling/v1 Scale of a workload; a Rollout's counts its pods as `status.HPAReplicas`."""
    meta = item["metadata"]
    names = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {name: meta[name] for name in names if name in meta},
        "spec": {"replicas": item["spec"]["replicas"]},
        "status": {
            "replicas": item["status"].get("HPAReplicas", item["status"].get("replicas", 0)),
            "selector": selector_text(item["spec"]["selector"]),
        },
    }


def _check_version(store: Store, ask: ApiRequest) -> None:
    text = ask.query.get("resourceVersion", "")
    if text not in ("", "0"):
        version_of(store, text)


def _key(item: Json) -> str:
    meta = item["metadata"]
    return f"{meta.get('namespace', '')}/{meta['name']}"


def _token(version: int, key: str) -> str:
    text = json.dumps({"v": "meta.k8s.io/v1", "rv": version, "start": key})
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _start(store: Store, ask: ApiRequest) -> str:
    token = ask.query.get("continue", "")
    if not token:
        return ""
    try:
        page = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        version, start = int(page["rv"]), str(page["start"])
    except (binascii.Error, ValueError, KeyError, TypeError) as error:
        raise Refusal(400, "continue key is not valid") from error
    if version < store.forgotten:
        raise expired(
            "The provided continue parameter is too old to display a consistent list result. You can start "
            "a new list without the continue parameter."
        )
    return start
