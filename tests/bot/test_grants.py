"""The printed policies allow just what the backends ask for, in documents that AWS takes."""

import json
from collections.abc import Iterable
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.cli.grants import LONGEST, documents
from bot.cli.main import main
from model.ports.backend import Grant

CATALOG = Path(__file__).parents[2] / "examples" / "catalog"
ACTIONS = st.lists(st.sampled_from([f"ecs:Action{n}" for n in range(9)]), min_size=1, unique=True)
RESOURCES = st.lists(
    st.sampled_from([f"arn:aws:ecs:us-east-1:111111111111:service/{'x' * 90}/{n}" for n in range(120)]),
    min_size=1,
    unique=True,
)
GRANTS = st.lists(st.builds(Grant, ACTIONS.map(tuple), RESOURCES.map(tuple)), max_size=12)


def allowed(found: Iterable[str]) -> set[tuple[str, str]]:
    """Every action on every resource."""
    return {
        (action, arn)
        for document in found
        for one in json.loads(document)["Statement"]
        for action in one["Action"]
        for arn in one["Resource"]
    }


@given(grants=GRANTS)
def test_documents_allow_just_what_is_granted_and_fit(grants: list[Grant]):
    found = documents(grants, "111111111111")
    assert allowed(found) == {(action, arn) for one in grants for action in one.actions for arn in one.on}
    assert all(len("".join(document.split())) <= LONGEST for document in found)


def test_another_accounts_resources_are_not_granted_here():
    there = Grant(("ecs:DescribeServices",), ("arn:aws:ecs:us-east-1:222222222222:service/a/b",))
    assert allowed(documents([there], "111111111111")) == set()


def test_a_catalog_that_takes_several_policies_has_each_in_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("MUSTER_CATALOG", str(CATALOG))
    assert main(["manifest", "iam"]) == 1
    assert "--out FOLDER" in capsys.readouterr().err
    assert main(["manifest", "iam", "--out", str(tmp_path)]) == 0
    written = sorted(tmp_path.iterdir())
    assert [one.name for one in written] == ["muster-112530848482-1.json", "muster-112530848482-2.json"]
    assert ("dynamodb:UpdateTable" in str(allowed(one.read_text() for one in written))) is True


def test_rbac_binds_a_service_account_to_roles_narrowed_to_the_deployments_of_the_catalog(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("MUSTER_CATALOG", str(CATALOG))
    assert main(["manifest", "rbac", "--namespace", "chatops"]) == 0
    account, role, binding = list(yaml.safe_load_all(capsys.readouterr().out))
    assert (account["kind"], account["metadata"]["namespace"]) == ("ServiceAccount", "chatops")
    assert binding["kind"] == "RoleBinding"
    assert binding["subjects"] == [{"kind": "ServiceAccount", "name": "muster", "namespace": "chatops"}]
    by_name = {
        (verb, tuple(rule.get("resourceNames", ())))
        for rule in role["rules"]
        if rule["resources"] == ["deployments"]
        for verb in rule["verbs"]
    }
    own = ("architect-api",)
    assert by_name == {("create", ()), *((verb, own) for verb in ("delete", "get", "patch", "watch"))}
