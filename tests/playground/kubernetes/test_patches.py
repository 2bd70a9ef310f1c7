"""Patches merge as Kubernetes merges them."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.kubernetes.patches import json_patch, merge_patch, strategic_patch
from playground.kubernetes.status import Refusal

leaves = st.one_of(st.booleans(), st.integers(-9, 9), st.text(max_size=3))
names = st.sampled_from(["a", "b", "c", "name"])
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)
objects = st.dictionaries(names, values, max_size=4)


@given(before=objects, after=objects)
def test_a_merge_patch_made_from_two_objects_turns_one_into_the_other(
    before: dict[str, Any], after: dict[str, Any]
):
    original = copy.deepcopy(before)
    assert merge_patch(before, _difference(before, after)) == after
    assert before == original


def _difference(before: Any, after: Any) -> Any:
    if not isinstance(before, dict) or not isinstance(after, dict):
        return after
    patch: dict[str, Any] = {key: None for key in before if key not in after}
    for key, value in after.items():
        if key not in before or before[key] != value:
            patch[key] = _difference(before.get(key), value)
    return patch


@given(before=objects, patch=objects)
def test_a_patch_given_twice_is_a_patch_given_once(before: dict[str, Any], patch: dict[str, Any]):
    once = merge_patch(before, patch)
    assert merge_patch(once, patch) == once
    named = strategic_patch(before, patch)
    assert strategic_patch(named, patch) == named


@given(before=objects, name=names, value=values)
def test_adding_and_removing_a_member_gives_back_the_object(before: dict[str, Any], name: str, value: Any):
    before.pop(name, None)
    added = json_patch(before, [{"op": "add", "path": f"/{name}", "value": value}])
    assert added == before | {name: value}
    assert json_patch(added, [{"op": "remove", "path": f"/{name}"}]) == before


POD = {
    "containers": [
        {"name": "api", "image": "a:1", "env": [{"name": "X", "value": "1"}], "args": ["-v"]},
        {"name": "proxy", "image": "p:1"},
    ]
}


def test_containers_and_env_merge_by_name():
    patch = {"containers": [{"name": "api", "env": [{"name": "Y", "value": "2"}], "args": ["-q"]}]}
    api, proxy = strategic_patch(POD, patch)["containers"]
    assert api["image"] == "a:1"
    assert api["args"] == ["-q"]
    assert {one["name"]: one["value"] for one in api["env"]} == {"X": "1", "Y": "2"}
    assert proxy == POD["containers"][1]


def test_directives_delete_replace_order_and_retain():
    deleted = strategic_patch(POD, {"containers": [{"name": "proxy", "$patch": "delete"}]})
    assert [one["name"] for one in deleted["containers"]] == ["api"]
    replaced = strategic_patch(POD, {"containers": [{"$patch": "replace"}, {"name": "new", "image": "n"}]})
    assert replaced["containers"] == [{"name": "new", "image": "n"}]
    ordered = strategic_patch(
        POD,
        {
            "$setElementOrder/containers": [{"name": "proxy"}, {"name": "api"}],
            "containers": [{"name": "api", "image": "a:2"}],
        },
    )
    assert [one["name"] for one in ordered["containers"]] == ["proxy", "api"]
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}}
    retained = strategic_patch(
        {"strategy": strategy}, {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}}
    )
    assert retained == {"strategy": {"type": "Recreate"}}
    finalizers = {"finalizers": ["a", "b"]}
    assert strategic_patch(finalizers, {"$deleteFromPrimitiveList/finalizers": ["a"]}) == {
        "finalizers": ["b"]
    }


def test_an_entry_without_its_merge_key_is_refused():
    with pytest.raises(Refusal, match="merge key"):
        strategic_patch(POD, {"containers": [{"image": "x"}]})


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "remove", "path": "/nope"},
        {"op": "replace", "path": "/nope", "value": 1},
        {"op": "add", "path": "/containers/9", "value": {}},
        {"op": "add", "path": "/nope/deep", "value": {}},
        {"op": "test", "path": "/containers/0/name", "value": "other"},
        {"op": "replace", "path": "/containers/00/name", "value": "x"},
        {"op": "jump", "path": "/containers"},
        {"op": "add"},
        "word",
    ],
)
def test_an_operation_that_does_not_apply_is_refused(operation: Any):
    with pytest.raises(Refusal) as raised:
        json_patch(POD, [operation])
    assert raised.value.code == 422


def test_json_pointers_unescape_and_copies_and_moves_work():
    item = {"notes": {"a/b~c": "1"}, "list": [1, 2]}
    operations = [
        {"op": "replace", "path": "/notes/a~1b~0c", "value": "2"},
        {"op": "copy", "from": "/notes/a~1b~0c", "path": "/copied"},
        {"op": "move", "from": "/list/0", "path": "/list/-"},
    ]
    assert json_patch(item, operations) == {"notes": {"a/b~c": "2"}, "copied": "2", "list": [2, 1]}
