"""Who owns something on AWS is found by its tags and told, with what to do for good."""

import pytest

from bot.clock import utc_now
from playground.aws.services.dynamodb import Dynamo
from playground.aws.services.rds import Rds, Snapshot
from tests.end_to_end.conftest import Stage, everything

STACK = {"aws:cloudformation:stack-name": "shop-prod", "aws:cloudformation:logical-id": "Api"}
TERRAFORM = {"ManagedBy": "terraform"}


def tagged(stage: Stage, service: str, tags: dict[str, str]) -> None:
    """What the owner leaves on the thing that the service of the catalog is."""
    world = stage.town.aws.world
    match service:
        case "delivery-standard":
            found = world.region("us-east-1").clusters["ioanyt-prod"].services["delivery-standard"]
            found.tags += [{"key": key, "value": value} for key, value in tags.items()]
        case "miyabi-api":
            world.region("ap-northeast-1").functions["miyabi-api-production"].tags |= tags
        case "miyabi-db":
            database = world.region("ap-northeast-1").state(Rds).instances["miyabi-db"]
            more = [{"Key": key, "Value": value} for key, value in tags.items()]
            database.settings["TagList"] = [*database.settings["TagList"], *more]
            now = utc_now()  # a class is changed after a fresh snapshot only
            fresh = Snapshot("fresh", "miyabi-db", now, now)
            world.region("ap-northeast-1").state(Rds).snapshots["fresh"] = fresh
        case _:
            table = world.region("us-east-1").state(Dynamo).tables["BrutalPatchesTable-prod"]
            table.tags = tags


CHANGES = [
    ("U0ANA", "delivery-standard", "/deploy delivery-standard v1.2.5 because the fix"),
    ("U0ANA", "delivery-standard", "/scale delivery-standard 3 because a campaign"),
    ("U0ANA", "miyabi-api", "/rollback miyabi-api 13 because errors"),
    ("U0ANA", "miyabi-db", "/scale miyabi-db class=db.t4g.large because it is slow"),
    ("U0EVE", "brutal-patches-table", "/scale brutal-patches-table write=40 because of throttles"),
]


@pytest.mark.parametrize(("who", "service", "line"), CHANGES, ids=[line for _, _, line in CHANGES])
async def test_a_stack_is_told_with_what_it_does(stage: Stage, who: str, service: str, line: str):
    tagged(stage, service, STACK)
    await stage.types(who, line)
    plan = everything(await stage.shows("OP-1 · plan"))
    assert "CloudFormation (stack shop-prod, as Api) owns it: it puts nothing back by itself" in plan
    assert "For good: change the stack's template" in plan


@pytest.mark.parametrize(("who", "service", "line"), CHANGES, ids=[line for _, _, line in CHANGES])
async def test_terraform_is_told_of_as_what_a_tag_says(stage: Stage, who: str, service: str, line: str):
    tagged(stage, service, TERRAFORM)
    await stage.types(who, line)
    plan = everything(await stage.shows("OP-1 · plan"))
    assert "Terraform (so says the tag ManagedBy=terraform) manages it" in plan
    assert "the next apply may put this back" in plan


async def test_what_no_tag_names_has_no_owner(stage: Stage):
    await stage.types("U0ANA", "/scale delivery-standard 3 because a campaign")
    plan = everything(await stage.shows("OP-1 · plan"))
    assert "CloudFormation" not in plan
    assert "Terraform" not in plan


async def test_what_no_template_says_is_put_back_by_nobody(stage: Stage):
    tagged(stage, "delivery-standard", STACK)
    await stage.types("U0ANA", "/restart delivery-standard")
    assert "CloudFormation" not in everything(await stage.shows("OP-1 · plan"))


@pytest.mark.parametrize(
    ("action", "who", "line"),
    [
        ("lambda:ListTags", "U0ANA", "/rollback miyabi-api 13 because errors"),
        ("dynamodb:ListTagsOfResource", "U0EVE", "/scale brutal-patches-table write=40 because of it"),
    ],
)
async def test_tags_that_may_not_be_read_are_told_and_hold_nothing_up(
    stage: Stage, action: str, who: str, line: str, request: pytest.FixtureRequest
):
    stage.town.aws.config.unknown.add(action)
    await stage.types(who, line)
    plan = everything(await stage.shows("OP-1 · plan"))
    assert "Whether CloudFormation or Terraform owns it is not known" in plan


async def test_a_tag_of_another_word_is_text_and_cannot_forge_a_line(stage: Stage):
    tagged(stage, "delivery-standard", {"managed_by": "terraform\n*Done* <!channel>"})
    await stage.types("U0ANA", "/scale delivery-standard 3 because a campaign")
    plan = everything(await stage.shows("OP-1 · plan"))
    assert "Terraform (so says the tag" in plan
    assert "<!channel>" not in plan
