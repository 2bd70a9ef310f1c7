"""Writes: create, update, patch and delete, with conflicts, validation and dry runs."""

import copy
from typing import Any, cast

from playground.kubernetes.defaults import with_defaults
from playground.kubernetes.managed import booked
from playground.kubernetes.patches import json_patch, merge_patch, strategic_patch
from playground.kubernetes.reading import scale_of
from playground.kubernetes.requests import ApiRequest, unsupported_patch
from playground.kubernetes.resources import CUSTOM, NAMESPACES, WORKLOADS, Json, Resource, part
from playground.kubernetes.status import Cause, Refusal, conflict, invalid
from playground.kubernetes.store import Store, stamp
from playground.kubernetes.validation import check_types, validate

_FIXED = ("uid", "creationTimestamp", "generation", "deletionTimestamp", "deletionGracePeriodSeconds")


def create(store: Store, ask: ApiRequest) -> Json:
    """Store a new object. Raises Refusal 400, 404 (namespace), 409, 422."""
    item = ask.item()
    meta = item["metadata"]
    if meta.get("resourceVersion"):
        raise Refusal(400, "resourceVersion should not be set on objects to be created")
    if meta.get("namespace", ask.namespace) != ask.namespace:
        message = "the namespace of the provided object does not match the namespace sent on the request"
        raise Refusal(400, message)
    store.get(NAMESPACES, "", ask.namespace)
    if not meta.get("name") and meta.get("generateName"):
        meta["name"] = store.new_name(meta["generateName"])
    for name in _FIXED:
        meta.pop(name, None)
    meta["namespace"] = ask.namespace
    if "status" in ask.resource.subresources:
        item.pop("status", None)
    if ask.resource in WORKLOADS:
        meta["generation"] = 1
    item = _checked(ask.resource, item)
    meta = item["metadata"]
    meta["uid"], meta["creationTimestamp"] = store.new_uid(), stamp(store.now())
    item = booked(item, None, ask, store.now())
    return _answer_dry(store, ask, item) if ask.is_dry else store.add(ask.resource, item)


def update(store: Store, ask: ApiRequest) -> Json:
    """Replace an object (PUT). Raises Refusal 400, 404, 409, 422."""
    before = store.get(ask.resource, ask.namespace, ask.name)
    item = ask.item()
    name = item["metadata"].setdefault("name", ask.name)
    if name != ask.name:
        message = f"the name of the object ({name}) does not match the name on the URL ({ask.name})"
        raise Refusal(400, message)
    item["metadata"].setdefault("namespace", ask.namespace)
    return _scale(store, ask, before, item) if ask.sub == "scale" else _commit(store, ask, before, item)


def patch(store: Store, ask: ApiRequest) -> Json:
    """Change a part of an object. Raises Refusal 400, 404, 409, 415, 422."""
    before = store.get(ask.resource, ask.namespace, ask.name)
    target = scale_of(before) if ask.sub == "scale" else before
    item = _patched(ask, target)
    return _scale(store, ask, before, item) if ask.sub == "scale" else _commit(store, ask, before, item)


def _patched(ask: ApiRequest, target: Json) -> Json:
    document, target = ask.document(), copy.deepcopy(target)
    match ask.content:
        case "application/json-patch+json":
            item: Any = json_patch(target, document)
        case "application/merge-patch+json":
            item = merge_patch(target, document)
        case "application/strategic-merge-patch+json" if ask.resource not in CUSTOM:
            if not isinstance(document, dict):
                raise Refusal(400, "cannot unmarshal a patch that is not an object")
            item = strategic_patch(target, cast("Json", document))
        case _:
            raise unsupported_patch()
    if not isinstance(item, dict) or not isinstance(cast("Json", item).get("metadata"), dict):
        raise Refusal(422, "the server rejected our request due to an error in our request")
    return cast("Json", item)


def _commit(store: Store, ask: ApiRequest, before: Json, item: Json) -> Json:
    _check_preconditions(ask.resource, before, item["metadata"])
    meta = item["metadata"]
    if meta["name"] != ask.name or meta.get("namespace", "") != ask.namespace:
        raise invalid(
            ask.resource, ask.name, [Cause.invalid("metadata.name", meta["name"], "field is immutable")]
        )
    for name in (*_FIXED, "resourceVersion"):
        meta.pop(name, None)
        if name in before["metadata"]:
            meta[name] = before["metadata"][name]
    item["apiVersion"], item["kind"] = before["apiVersion"], before["kind"]
    if ask.sub == "status":
        item["spec"] = before["spec"]
    else:
        if "status" in ask.resource.subresources:
            item["status"] = before.get("status", {})
        item = _checked(ask.resource, item, before)
    return _write(store, ask, before, item)


def _scale(store: Store, ask: ApiRequest, before: Json, scale: Json) -> Json:
    _check_preconditions(ask.resource, before, scale["metadata"])
    replicas = part(scale, "spec").get("replicas", 0)
    if not isinstance(replicas, int) or isinstance(replicas, bool):
        raise Refusal(
            400, "json: cannot unmarshal into Go struct field ScaleSpec.spec.replicas of type int32"
        )
    if replicas < 0:
        cause = Cause.invalid("spec.replicas", replicas, "must be greater than or equal to 0")
        raise invalid(ask.resource, ask.name, [cause], "Scale", "autoscaling")
    item = copy.deepcopy(before)
    item["spec"]["replicas"] = replicas
    return scale_of(_write(store, ask, before, item))


def _write(store: Store, ask: ApiRequest, before: Json, item: Json) -> Json:
    item = booked(item, before, ask, store.now())
    if ask.is_dry:
        return _answer_dry(store, ask, item)
    return store.replace(ask.resource, item, by_client=ask.sub == "")


def _checked(resource: Resource, item: Json, before: Json | None = None) -> Json:
    try:
        check_types(resource, item)
        item = with_defaults(resource, item)
        validate(resource, item, before)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        # A field of the wrong type: what Go's decoder would have refused before validation.
        message = f"{resource.kind} in version {resource.version!r} cannot be handled as a {resource.kind}"
        raise Refusal(400, f"{message}: {error}") from error
    return item


def _check_preconditions(resource: Resource, before: Json, meta: Json) -> None:
    current = before["metadata"]
    version, uid = meta.get("resourceVersion"), meta.get("uid")
    if uid and uid != current["uid"]:
        why = f"Precondition failed: UID in precondition: {uid}, UID in object meta: {current['uid']}"
        raise conflict(resource, current["name"], why)
    if version and str(version) != current["resourceVersion"]:
        raise conflict(resource, current["name"])


def _answer_dry(store: Store, ask: ApiRequest, item: Json) -> Json:
    """What the write would have answered, run on a throw-away copy of the one object."""
    trial = Store(store.now)
    before = store.find(ask.resource, ask.namespace, item["metadata"]["name"])
    if before is None:
        answer = trial.add(ask.resource, item)
        del answer["metadata"]["resourceVersion"]
        return answer
    if ask.verb == "create":
        return store.add(ask.resource, item)
    trial.add(ask.resource, before)
    answer = copy.deepcopy(trial.replace(ask.resource, item, by_client=ask.sub == ""))
    answer["metadata"]["resourceVersion"] = before["metadata"]["resourceVersion"]
    return answer
