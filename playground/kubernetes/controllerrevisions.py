"""What a StatefulSet or DaemonSet ran: a ControllerRevision for each pod template, numbered.

Source: the API reference, ControllerRevision, and the documentation of rolling back a DaemonSet: its data is
a patch that holds the whole template, the newest has the highest number, and a template that comes again
takes its old revision, whose number then becomes the highest.
"""

import copy

from playground.kubernetes.resources import CONTROLLERREVISIONS, Json, entries, part
from playground.kubernetes.revisions import template_hash
from playground.kubernetes.store import Store

MARK = "controller-revision-hash"


def owner_of(item: Json, kind: str) -> Json:
    """What an object says that belongs to this one."""
    meta = item["metadata"]
    return {
        "apiVersion": "apps/v1", "kind": kind, "name": meta["name"], "uid": meta["uid"],
        "controller": True, "blockOwnerDeletion": True,
    }  # fmt: skip


def is_owned(one: Json, item: Json) -> bool:
    """Whether `one` belongs to `item`."""
    return any(
        owner["uid"] == item["metadata"]["uid"] for owner in entries(one["metadata"], "ownerReferences")
    )


def revisions_of(store: Store, item: Json) -> list[Json]:
    """Those that the workload owns, the oldest first."""
    found = store.every(CONTROLLERREVISIONS, item["metadata"]["namespace"])
    return sorted((one for one in found if is_owned(one, item)), key=lambda one: one["revision"])


def wanted_revision(store: Store, item: Json, kind: str) -> Json:
    """The revision of the workload's template: made, or found and made the newest."""
    there = revisions_of(store, item)
    newest = there[-1]["revision"] if there else 0
    data = data_of(item)
    for one in there:
        if one["data"] == data:
            if one["revision"] == newest:
                return one
            return store.replace(CONTROLLERREVISIONS, copy.deepcopy(one) | {"revision": newest + 1})
    return store.add(CONTROLLERREVISIONS, new_revision(item, kind, newest + 1))


def data_of(item: Json) -> Json:
    """The patch that puts the template back."""
    template = copy.deepcopy(item["spec"]["template"]) | {"$patch": "replace"}
    return {"spec": {"template": template}}


def new_revision(item: Json, kind: str, number: int) -> Json:
    """A revision of the template that the workload has."""
    meta, mark = item["metadata"], template_hash(item["spec"]["template"])
    labels = dict(part(item, "spec", "template", "metadata", "labels")) | {MARK: mark}
    about: Json = {"name": f"{meta['name']}-{mark}", "namespace": meta["namespace"], "labels": labels}
    about["annotations"] = dict(part(meta, "annotations"))
    about["ownerReferences"] = [owner_of(item, kind)]
    return {"metadata": about, "data": data_of(item), "revision": number}


def truncate(store: Store, item: Json, live: set[str]) -> None:
    """Drop the oldest beyond `revisionHistoryLimit`; those that pods still run do not count."""
    past = [one for one in revisions_of(store, item) if one["metadata"]["name"] not in live]
    for one in past[: max(0, len(past) - item["spec"]["revisionHistoryLimit"])]:
        store.remove(CONTROLLERREVISIONS, one["metadata"]["namespace"], one["metadata"]["name"])


def pod_of(item: Json, kind: str, revision: Json, name: str, mark: str) -> Json:
    """A pod of the revision's template, not yet scheduled."""
    template = copy.deepcopy(revision["data"]["spec"]["template"])
    about: Json = {"name": name, "generateName": f"{item['metadata']['name']}-"}
    about |= {"namespace": item["metadata"]["namespace"], "ownerReferences": [owner_of(item, kind)]}
    about["labels"] = dict(part(template, "metadata", "labels")) | {MARK: mark}
    if notes := part(template, "metadata", "annotations"):
        about["annotations"] = dict(notes)
    status = {"phase": "Pending", "qosClass": "Burstable"}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": about, "spec": template["spec"], "status": status}
