"""Policies are checked before they are used: a typo fails, and so does a policy no example shows."""

import shutil
from pathlib import Path

import pytest

from model.catalog.schema import Catalog, GroupFact, People
from permissions import ActionDecl, Policies, PolicyErrors, check_examples, schema
from permissions.loading import SHIPPED
from tests.permissions.builders import CATALOG, ENGINEERS, OPERATORS, SCHEMA, ask, shipped

ONE = '@id("one")\n@says("Anyone may look.")\npermit (principal, action in Action::"looks", resource);\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "policies"))


def refused(folder: Path) -> list[str]:
    with pytest.raises(PolicyErrors) as raised:
        Policies.load(folder, SCHEMA)
    return [str(problem) for problem in raised.value.problems]


def test_the_shipped_examples_bear_out_the_shipped_policies() -> None:
    assert check_examples(shipped()) == []
    no_roles = Catalog(systems=(), services=(), people=People(groups={"a": GroupFact(role="engineers")}))
    assert check_examples(Policies.load(None, SCHEMA, no_roles)) == []


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("context.is_frozen", "context.is_forzen", "never-in-a-freeze: attribute `is_forzen`"),
        ('Action::"approve"', 'Action::"aprove"', "aprove"),
        ("{held_by}", "{held_bye}", "Did you mean `held_by`?"),
        ('@id("never-strangers")', '@id("never-ones-own")', "is taken already, in never.cedar:"),
        ('@id("never-strangers")\n', "", 'write @id("…") before it'),
        ("forbid", "forbit", "is not Cedar"),
    ],
)  # fmt: skip
def test_a_typo_in_a_policy_is_told_with_its_file(folder: Path, right: str, wrong: str, said: str) -> None:
    file = folder / "never.cedar"
    text = file.read_text(encoding="utf-8")
    assert right in text
    file.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    told = refused(folder)
    assert any(one.startswith("never.cedar:") and said in one for one in told), told


def test_a_role_nobody_declared_is_told(folder: Path) -> None:
    text = ONE.replace("principal,", 'principal in Role::"operatrs",')
    (folder / "mine.cedar").write_text(text, encoding="utf-8")
    assert any('"operatrs"' in one for one in refused(folder))


def test_a_policy_has_words(folder: Path) -> None:
    (folder / "mine.cedar").write_text(ONE.replace('@says("Anyone may look.")\n', ""), encoding="utf-8")
    assert refused(folder) == ['mine.cedar:1: one: has no words for people; write @says("…") before it.']


def test_a_folder_without_policies_is_refused(tmp_path: Path) -> None:
    assert "has no policies" in refused(tmp_path)[0]


def test_the_version_changes_with_every_letter(folder: Path) -> None:
    before = Policies.load(folder, SCHEMA).version
    assert before == shipped().version
    with (folder / "never.cedar").open("a", encoding="utf-8") as file:
        file.write("// a comment\n")
    assert Policies.load(folder, SCHEMA).version != before


def test_a_policy_without_an_example_is_told(folder: Path) -> None:
    text = ONE.replace('"looks"', '"changes"').replace("resource)", "resource is System)")
    (folder / "mine.cedar").write_text(text, encoding="utf-8")
    told = [str(problem) for problem in check_examples(Policies.load(folder, SCHEMA, CATALOG))]
    assert told == [
        "mine.cedar:1: one: no example shows what it does; write one in a *.examples.yaml beside it."
    ]


def test_a_policy_that_allows_too_much_breaks_an_example(folder: Path) -> None:
    text = ONE.replace('action in Action::"looks"', "action")
    (folder / "mine.cedar").write_text(text, encoding="utf-8")
    told = [str(problem) for problem in check_examples(Policies.load(folder, SCHEMA))]
    assert any("member × scale × production: expected deny, and it is allow" in one for one in told)
    assert all("guest ×" not in one for one in told)


def test_a_forbid_that_goes_missing_breaks_an_example(folder: Path) -> None:
    file = folder / "never.cedar"
    text = file.read_text(encoding="utf-8")
    start, end = text.index('@id("never-in-a-freeze")'), text.index('@id("never-ones-own")')
    file.write_text(text[:start] + text[end:], encoding="utf-8")
    told = [str(problem) for problem in check_examples(Policies.load(folder, SCHEMA))]
    assert any(one.startswith("never.examples.yaml:") and "last week of a quarter" in one for one in told)


def test_mistakes_in_examples_are_told_with_their_line(folder: Path) -> None:
    (folder / "mine.examples.yaml").write_text(
        "- says: One.\n  who: [member]\n  alow: [scale]\n- says: Two.\n  who: [member]\n  do: [scal]\n",
        encoding="utf-8",
    )
    told = [str(problem) for problem in check_examples(Policies.load(folder, SCHEMA))]
    assert "mine.examples.yaml:3: [0].alow: is not a key here. Did you mean `allow`?" in told
    assert "mine.examples.yaml:4: [1]: Two. there is no action `scal`. Did you mean `scale`?" in told


def test_a_new_command_is_closed_until_a_policy_opens_it() -> None:
    grown = (
        f'{SCHEMA}action "teleport" in ["operations"] appliesTo '
        + SCHEMA.splitlines()[-1].split("appliesTo ")[1]
    )
    policies = Policies.load(None, grown + "\n", CATALOG)
    assert policies.kinds["teleport"] == "operations"
    assert not policies.may(ask("teleport", OPERATORS | ENGINEERS, tier=1))
    assert check_examples(policies) != []


def test_an_action_of_no_kind_is_a_mistake_in_the_program() -> None:
    with pytest.raises(ValueError, match="teleport: magic"):
        schema([ActionDecl("teleport", 1, "magic")])
