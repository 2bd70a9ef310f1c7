"""What every command says of itself: its words, its usage, and examples that work."""

import pytest

from model.language.declare import Command, Kind, command
from model.language.parse import parse
from model.language.registry import Registry
from tests.commands.builders import REGISTRY
from tests.model.language.conftest import typed_in

USAGE = """
/ops abort OPERATION [because …]
/alert ignore ALR-… [DURATION]
/alert list
/ops approve OPERATION [because …]
/backup SERVICE [NAME] [dry] [because …]
/block SERVICE ADDRESS|waf [--lift] [dry] [because …]
/cache SERVICE VIEW
/cache SERVICE flush [dry] [because …]
/ops cancel OPERATION [because …]
/config SERVICE
/config SERVICE set KEY=VALUE [dry] [because …]
/config SERVICE unset KEY [dry] [because …]
/cost [SERVICE] [days=N]
/db SERVICE VIEW [older=TIME]
/db SERVICE kill-idle [older=TIME] [dry] [because …]
/deploy SERVICE VERSION [dry] [because …]
/failover SERVICE [to=INSTANCE] [dry] [because …]
/health SERVICE
/ops help [COMMAND]
/history SERVICE
/incident accept [incident=INC-…]
/incident ack [incident=INC-…]
/incident cancel TEXT [incident=INC-…]
/incident catchup [since=30m] [incident=INC-…]
/incident declare [SEVERITY] [SERVICE] TITLE [alert=ALR-…] [said=TEXT]
/incident decline [TEXT] [incident=INC-…]
/incident escalate [LEVEL] [incident=INC-…]
/incident false-alarm TEXT [incident=INC-…]
/incident handoff @PERSON [TEXT] [incident=INC-…]
/incident link ALR-… [incident=INC-…]
/incident list [page=N]
/incident note TEXT [at=HH:MM] [corrects=N] [removes=N] [incident=INC-…]
/incident page TEAM|@PERSON [TEXT] [incident=INC-…]
/incident postmortem [incident=INC-…]
/incident promise DURATION [incident=INC-…]
/incident reopen [TEXT] [incident=INC-…]
/incident resolve [TEXT] [incident=INC-…]
/incident role ROLE @PERSON [incident=INC-…]
/incident sev SEVERITY [WHY] [incident=INC-…]
/incident show [incident=INC-…]
/incident started HH:MM [incident=INC-…]
/incident status STATUS [incident=INC-…]
/incident task TEXT [owner=@PERSON] [due=2h|HH:MM] [incident=INC-…]
/incident task-done N [incident=INC-…]
/incident tasks [incident=INC-…]
/incident text [incident=INC-…]
/incident tick ITEM [incident=INC-…]
/incident timeline [page=N] [incident=INC-…]
/incident update [STATUS] TEXT [next=30m] [impact=TEXT] [affected=TEXT] [actions=TEXT] [customers=TEXT] [eta=TEXT] [draft=N] [incident=INC-…]
/logs SERVICE [PATTERN] [since=AGO] [until=AGO] [query=NAME] [trace=ID] [follow=FOR]
/logs SERVICE retain DAYS [dry] [because …]
/logs SERVICE save [NAME] [dry] [because …]
/maintenance cancel [MNT-…] [because …]
/maintenance done [MNT-…] [TEXT] [because …]
/maintenance list
/maintenance schedule SERVICE START DURATION [TEXT] [--emergency] [because …]
/maintenance start [MNT-…] [because …]
/maintenance tick ITEM [MNT-…] [because …]
/metrics SERVICE [METRIC] [since=AGO] [until=AGO]
/oncall [SERVICE|TEAM]
/oncall swap SCHEDULE @PERSON START DURATION
/promote SERVICE [--full] [dry] [because …]
/report [30d] [SYSTEM]
/restart SERVICE [--hard] [dry] [because …]
/restore SERVICE [BACKUP] [--swap] [at=TIME] [dry] [because …]
/ops resume NAME
/rollback SERVICE [VERSION] [dry] [because …]
/ops run OPERATION [SERVICE] [because …]
/runbook SERVICE [NAME]
/runbook tick RUNBOOK STEP
/scale SERVICE [COUNT] [min=N] [max=N] [reserved=N] [provisioned=N] [memory=MIB] [class=CLASS] [replicas=COUNT] [rate=N] [burst=N] [read=N] [write=N] [dry] [because …]
/ops stop-watching OPERATION [because …]
/ops trust GROUP SOURCE
/undo [OPERATION] [dry] [because …]
"""  # noqa: E501 - usage is one line for each command


def test_usage_is_what_people_have_learnt():
    assert [one.usage for one in REGISTRY.commands] == USAGE.strip().splitlines()


@pytest.mark.parametrize("one", REGISTRY.commands, ids=lambda it: it.name)
def test_each_says_what_it_is_for_and_its_examples_work(one: Command):
    assert one.summary
    assert one.summary[0].isupper()
    for example in one.examples:
        assert example.strip()
        # Slack sends a mention as markup; the pages show it as people see it.
        parse(one, example.replace("@ana", "<@U0ANA>"), typed_in())


def test_what_changes_something_has_an_example():
    without = [one.name for one in REGISTRY.commands if not one.examples]
    assert without == ["alert list", "maintenance list"]


@pytest.mark.parametrize("one", REGISTRY.commands, ids=lambda it: it.name)
def test_it_is_found_by_its_words_by_ops_and_by_its_action(one: Command):
    assert REGISTRY.find(f"/{one.name} x  y") == (one, "x  y")
    assert REGISTRY.find(f"ops {one.name.upper()}") == (one, "")
    assert REGISTRY.find(one.usage)[0] is one
    assert REGISTRY.by_action(one.action) is one


def test_presses_on_plans_are_no_slash_commands_of_their_own():
    assert set(REGISTRY.slash) >= {"scale", "rollback", "restart", "health", "history", "undo", "incident"}
    assert not {"run", "approve", "cancel"} & set(REGISTRY.slash)


def test_two_commands_never_share_their_words():
    with pytest.raises(ValueError, match="same words"):
        Registry.of([*REGISTRY.commands, REGISTRY.commands[0]])


def test_only_what_makes_a_plan_takes_dry():
    assert {one.name for one in REGISTRY.commands if one.takes_dry} == {
        one.name for one in REGISTRY.commands if one.kind is Kind.CHANGE
    } | {"undo"}


def test_an_argument_without_a_kind_is_a_mistake_at_import():
    def nameless(ask: object, what: str) -> None:
        """Its argument has no Parameter."""

    with pytest.raises(TypeError, match="what: annotate"):
        command("nameless", "Has an argument of no kind", Kind.LOOK)(nameless)


@pytest.mark.parametrize(
    "line",
    ["incident note is it the database ?", "scale architect-api because ?", "incident note ask for help"],
)
def test_a_text_that_ends_as_a_call_for_help_is_a_text(line: str):
    found, rest = REGISTRY.find(line)
    assert found.name != "help"
    assert rest.split()[-1] == line.split()[-1]
