"""Back to something that differs, and templates that come again are no stranger's."""

import copy

from playground.kubernetes.defaults import with_defaults
from playground.kubernetes.resources import DEPLOYMENTS, REPLICASETS
from playground.kubernetes.seed import NAME, NAMESPACE
from tests.end_to_end.conftest import Stage, everything


def deployment(stage: Stage) -> dict:
    return stage.town.kubernetes.api.cluster.store.get(DEPLOYMENTS, NAMESPACE, NAME)


def image(stage: Stage) -> str:
    return deployment(stage)["spec"]["template"]["spec"]["containers"][0]["image"]


def revision(stage: Stage) -> str:
    return deployment(stage)["metadata"]["annotations"]["deployment.kubernetes.io/revision"]


def edits(stage: Stage, **container: object) -> None:
    """Somebody changes the container past Muster."""
    item = copy.deepcopy(deployment(stage))
    item["spec"]["template"]["spec"]["containers"][0] |= container
    item = with_defaults(DEPLOYMENTS, item)
    stage.town.kubernetes.api.cluster.store.replace(DEPLOYMENTS, item, by_client=True)


async def rolled(stage: Stage, number: str) -> None:
    """Wait until the controller has given the deployment this revision, and rolled it out."""

    def is_out() -> bool:
        item = deployment(stage)
        status = item["status"]
        is_seen = status.get("observedGeneration") == item["metadata"]["generation"]
        return revision(stage) == number and is_seen and status.get("updatedReplicas") == 4

    await stage.slack.wait_for(lambda: is_out() or None)


async def test_after_a_restart_a_rollback_goes_to_another_image_and_not_to_the_same_one(stage: Stage):
    await stage.changes("U0BEN", "/restart architect-api because stuck")
    await stage.types("U0BEN", "/rollback architect-api because still stuck")
    plan = everything(await stage.shows("OP-2 · plan"))
    assert "revision 9 → 7" in plan
    assert "architect-api:2.15.0 → architect-api:2.14.2" in plan


async def test_a_named_revision_that_only_a_restart_lies_before_says_so(stage: Stage):
    await stage.changes("U0BEN", "/restart architect-api because stuck")
    await stage.types("U0BEN", "/rollback architect-api 8 because still stuck")
    told = everything(await stage.shows("only a restart lies between"))
    assert "type /rollback architect-api" in told


async def test_where_every_kept_revision_runs_the_same_it_says_so_and_what_to_type(stage: Stage):
    store = stage.town.kubernetes.api.cluster.store
    for one in store.every(REPLICASETS, NAMESPACE):
        if one["metadata"]["annotations"]["deployment.kubernetes.io/revision"] != "8":
            store.remove(REPLICASETS, NAMESPACE, one["metadata"]["name"])
    await stage.changes("U0BEN", "/restart architect-api because stuck")
    await stage.types("U0BEN", "/rollback architect-api because still stuck")
    told = everything(await stage.whispers("only restarts lie between", "U0BEN"))
    assert "/deploy architect-api VERSION" in told


async def test_a_version_that_differs_by_configuration_alone_says_what_and_where_the_image_is(stage: Stage):
    before = deployment(stage)["spec"]["template"]["spec"]["containers"][0]
    more = {"limits": {"cpu": "1", "memory": "1Gi"}, "requests": before["resources"]["requests"]}
    env = [{**one, "value": "debug"} if one["name"] == "LOG_LEVEL" else one for one in before["env"]]
    edits(stage, resources=more, env=env)
    await rolled(stage, "9")
    await stage.types("U0BEN", "/rollback architect-api because it takes more memory")
    plan = everything(await stage.shows("OP-1 · plan"))
    assert "LOG_LEVEL: debug → *info*" in plan
    assert "memory limit: 1Gi → *512Mi*" in plan
    assert "The image stays the same" in plan
    assert "/rollback architect-api 7" in plan
    await stage.confirms("U0BEN", await stage.shows("OP-1 · plan"))
    await stage.shows("OP-1 · ✅ Done")
    assert deployment(stage)["spec"]["template"]["spec"]["containers"][0] == before


async def test_a_variable_taken_away_again_is_done_though_the_old_replica_set_is_taken(stage: Stage):
    edits(stage, env=[])
    await rolled(stage, "9")
    await stage.changes("U0BEN", "/config architect-api set RATE_LIMIT=100 because DDoS")
    await stage.changes("U0BEN", "/config architect-api unset RATE_LIMIT because it is over", 2)
    await rolled(stage, "11")
    sets = stage.town.kubernetes.api.cluster.store.every(REPLICASETS, NAMESPACE)
    assert len(sets) == 6  # four at first, one without variables that was taken again, and one with it
    assert "env" not in deployment(stage)["spec"]["template"]["spec"]["containers"][0]


async def test_an_undo_returns_to_the_template_that_ran_whatever_its_number_is_then(stage: Stage):
    await stage.changes("U0BEN", "/deploy architect-api 2.16.0 because the fix")
    await stage.changes("U0BEN", "/undo OP-1 because it is slower", 2)
    await stage.changes("U0BEN", "/deploy architect-api 2.16.0 because it was not", 3)
    await rolled(stage, "11")
    assert image(stage).endswith(":2.16.0")
