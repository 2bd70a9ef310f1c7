"""A broken catalog is refused with every mistake at its file and line, and with what was meant."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.catalog.problems import Diagnostic
from model.catalog.schema import Target
from model.catalog.source import read_source
from model.catalog.templates import problems_in
from model.catalog_loader import CatalogErrors, load_catalog
from model.incidents import post

GOOD = """\
system:
  id: shop
  name: Shop
  source: shop.md
  severities:
    source: shop.md
    levels:
      - {id: SEV1, rank: 1, means: Down, respond_within: 15m}
      - {id: SEV2, rank: 2, means: Slow, respond_within: 2h}
  escalation: {source: shop.md, levels: [{name: L1, who: [someone], only: [SEV1]}]}
  template: {source: shop.md, id: shop, file: shop.txt.j2}
  windows: [{source: shop.md, weekday: 6, start: "23:00", end: "01:00"}]
services:
  - id: shop-api
    name: Shop API
    source: shop.md
    environment: production
    owners: shop
    on_call: shop
    target: {kind: box, host: a}
    aliases: [shop]
    limits: {source: shop.md, hard_min: 1, hard_max: 9, soft_min: 2, soft_max: 4, normal: 3}
  - id: shop-db
    name: Shop DB
    source: shop.md
    environment: production
    owners: shop
    on_call: shop
    target: {kind: box, host: b}
    depends_on: [shop-api]
"""


class Box(Target):
    host: str


TARGETS: dict[str, type[Target]] = {"box": Box}


def write(folder: Path, text: str, template: str = "{{ title }}") -> Path:
    (folder / "shop.yaml").write_text(text, encoding="utf-8")
    (folder / "shop.txt.j2").write_text(template, encoding="utf-8")
    return folder


def problems(folder: Path) -> tuple[Diagnostic, ...]:
    with pytest.raises(CatalogErrors) as raised:
        load_catalog(folder, TARGETS)
    return raised.value.problems


def only(folder: Path) -> str:
    found = problems(folder)
    assert len(found) == 1, found
    return str(found[0])


def test_the_untouched_catalog_is_good(tmp_path: Path) -> None:
    catalog = load_catalog(write(tmp_path, GOOD), TARGETS)
    assert [service.system for service in catalog.services] == ["shop", "shop"]


@pytest.mark.parametrize(
    ("right", "wrong", "line", "said"),
    [
        ("hard_max: 9", "hard_mx: 9", 22, "Did you mean `hard_max`?"),
        ("owners: shop", "ownres: shop", 18, "Did you mean `owners`?"),
        ("name: Shop\n", "nmae: Shop\n", 3, "Did you mean `name`?"),
        ("severities:", "severites:", 5, "Did you mean `severities`?"),
        ("services:", "servics:", 13, "Did you mean `services`?"),
        ("kind: box, host: a", "kind: bax, host: a", 20, "there is no kind `bax`. Did you mean `box`?"),
        ("kind: box, host: a", "kind: box, hots: a", 20, "Did you mean `host`?"),
        ("kind: box, host: a", "kind: box", 20, "is missing"),
        ("kind: box, host: a", "host: a", 20, "services[0].target.kind: is missing. It may be `box`."),
        ("depends_on: [shop-api]", "depends_on: [shop-apy]", 30, "Did you mean `shop-api`?"),
        ("depends_on: [shop-api]", "depends_on: [shop-db]", 30, "cannot depend on itself"),
        ("depends_on: [shop-api]", "deploys_after: shop-apy", 30, "Did you mean `shop-api`?"),
        ("depends_on: [shop-api]", "deploys_after: shop-db", 30, "no other service `shop-db`"),
        ("hard_min: 1", "hard_min: 10", 22, "10 is over hard_max, 9"),
        ("soft_min: 2", "soft_min: 5", 22, "5 is over soft_max, 4"),
        ("normal: 3", "normal: 30", 22, "30 is outside hard_min to hard_max, 1 to 9"),
        ("hard_min: 1", "hard_min: -1", 22, "`-1` stands here. It may be a whole number, 0 or more."),
        ("respond_within: 15m", "respond_within: 15", 8, "`15` stands here: a duration needs its unit"),
        ("respond_within: 15m", "respond_within: 15x", 8,
         "`15x` stands here. It may be text such as `90s`, `15m`, `2h` or `7d`."),
        ('start: "23:00"', 'start: "25:00"', 12, "start"),
        ('start: "23:00"', 'start: "23:00", timezone: Europe/Atlantis', 12, "no time zone 'Europe/Atlantis'"),
        ("weekday: 6", "weekday: 7", 12, "`7` stands here. It may be a whole number, 0 to 6."),
        ("id: SEV2", "id: sev1", 9, "`sev1` stands twice"),
        ("only: [SEV1]", "only: [SEV11]", 10, "there is no severity `SEV11`. Did you mean `SEV1`?"),
        ("file: shop.txt.j2", "file: shop.text.j2", 11, "Did you mean `shop.txt.j2`?"),
        ("file: shop.txt.j2", "file: ../shop.txt.j2", 11, "in the catalog's folder"),
        ("id: shop-db", "id: shop-api", 23, "`shop-api` is taken already, in shop.yaml:14"),
        ("id: shop-db", "id: shop", 23, "is taken already"),
        ("aliases: [shop]", "aliases: [Shop]", 21, "capital letters"),
        ("environment: production\n    owners: shop\n    on_call: shop\n    target: {kind: box, host: b}",
         "environment: prod\n    owners: shop\n    on_call: shop\n    target: {kind: box, host: b}",
         26, "`prod` stands here. It may be `production`, `staging` or `development`."),
        ("name: Shop API", "name: Shop API\n    name: Again", 16, "stands twice, first in line 15"),
        ("    owners: shop\n", "", 14,
         "services[0].owners: is missing. It may be text: group handle of the owners."),
        ('end: "01:00"', 'end: "01:00", every: weeks', 12,
         "`weeks` stands here. Did you mean `week`? It may be `week` or `month`."),
        ("owners: shop", "owners:", 18, "nothing stands here. It may be text."),
        ("limits: {source: shop.md,", "limits: {source: [shop.md],", 22, "It may be text."),
        ("name: Shop DB", "name: 'Shop DB", 24, "is not YAML"),
    ],
)  # fmt: skip
def test_each_mistake_is_told_with_its_line_and_what_was_meant(
    tmp_path: Path, right: str, wrong: str, line: int, said: str
) -> None:
    assert right in GOOD
    found = problems(write(tmp_path, GOOD.replace(right, wrong, 1)))
    mine = [problem for problem in found if said in str(problem)]
    assert mine, [str(problem) for problem in found]
    assert (mine[0].file, mine[0].line) == ("shop.yaml", line)


def test_a_problem_has_the_line_as_it_is_written(tmp_path: Path) -> None:
    found = problems(write(tmp_path, GOOD.replace("rank: 2", "rank: 20")))
    assert [problem.text for problem in found] == ["- {id: SEV2, rank: 20, means: Slow, respond_within: 2h}"]


SMALL = """\
system: {id: shop}
services:
  - id: shop-api
    owners: shop
    target:
      kind: box
      host: a
"""


def test_a_service_takes_five_lines_and_a_system_one(tmp_path: Path) -> None:
    catalog = load_catalog(write(tmp_path, SMALL), TARGETS)
    system, service = catalog.systems[0], catalog.services[0]
    assert (service.name, service.environment, service.on_call) == ("shop-api", "production", "shop")
    assert (system.name, system.source, service.source) == ("shop", "the catalog", "the catalog")
    assert [(one.id, one.rank, one.respond_within) for one in system.severities.levels] == [
        ("SEV1", 1, timedelta(minutes=15)),
        ("SEV2", 2, timedelta(minutes=30)),
        ("SEV3", 3, timedelta(hours=2)),
        ("SEV4", 4, timedelta(hours=24)),
    ]
    assert system.severities.defined


def test_a_severity_without_a_rank_has_that_of_its_place(tmp_path: Path) -> None:
    catalog = load_catalog(write(tmp_path, GOOD.replace("rank: 1, ", "").replace("rank: 2, ", "")), TARGETS)
    assert [level.rank for level in catalog.systems[0].severities.levels] == [1, 2]


def test_a_template_is_called_as_its_file(tmp_path: Path) -> None:
    text = GOOD.replace("{source: shop.md, id: shop, file: shop.txt.j2}", "{file: shop.txt.j2}")
    template = load_catalog(write(tmp_path, text), TARGETS).systems[0].template
    assert template is not None
    assert (template.id, template.statuses[-1]) == ("shop", "Resolved")


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("hard_max: 9", "hard_mx: 9").replace("kind: box, host: b", "kind: bix, host: b")
    found = problems(write(tmp_path, text.replace("rank: 2", "rank: 20")))
    assert {problem.line for problem in found} >= {9, 22, 29}


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{{ titel }}", "there is no variable `titel`. Did you mean `title`?"),
        ("{% for x in impact %}", "shop.txt.j2: line 1:"),
        ("{{ title.nothing }}", "cannot be filled"),
        ("{% if False %}{{ nowhere }}{% endif %}", "there is no variable `nowhere`."),
    ],
)
def test_a_template_that_would_fail_in_an_incident_fails_now(
    tmp_path: Path, template: str, said: str
) -> None:
    told = only(write(tmp_path, GOOD, template))
    assert told.startswith("shop.yaml:11: system.template.file: ")
    assert said in told


def test_two_systems_may_not_share_a_name_of_a_service(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    other = GOOD.replace("id: shop\n", "id: other\n").replace("id: shop-db", "id: other-db")
    other = other.replace("depends_on: [shop-api]", "depends_on: []")
    (tmp_path / "zoo.yaml").write_text(other, encoding="utf-8")
    told = [str(problem) for problem in problems(tmp_path)]
    assert told == [
        "zoo.yaml:14: services[0].id: `shop-api` is taken already, in shop.yaml:14.",
        "zoo.yaml:21: services[0].aliases[0]: `shop` is taken already, in shop.yaml:14.",
    ]


def test_a_folder_without_systems_is_refused(tmp_path: Path) -> None:
    assert "has no catalog" in only(tmp_path)
    assert "has no catalog" in only(tmp_path / "nowhere")


@pytest.mark.parametrize("text", ["", "[]", "shop", "system: 1\nservices: 2", "a: &a\n  b: *a"])
def test_a_file_of_another_shape_is_refused_in_words(tmp_path: Path, text: str) -> None:
    assert problems(write(tmp_path, text))


def test_unknown_people_are_refused_by_line(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    (tmp_path / "people.yaml").write_text("groups:\n  sre: {role: operator}\n  ops: {members: [ana]}\n")
    assert [problem.line for problem in problems(tmp_path)] == [2, 3]


def test_a_group_that_people_do_not_name_is_refused(tmp_path: Path) -> None:
    write(
        tmp_path,
        GOOD.replace(
            "on_call: shop\n    target: {kind: box, host: a}",
            "on_call: shpo\n    target: {kind: box, host: a}",
        ),
    )
    (tmp_path / "people.yaml").write_text("groups: {shop: {}}\n")
    said = "shop.yaml:19: services[0].on_call: there is no group `shpo` in people.yaml. Did you mean `shop`?"
    assert only(tmp_path) == said


@pytest.mark.parametrize(
    "health",
    [
        "health: [{source: a, url: 'ftp://shop/health'}]",
        "health: [{source: a, url: 'http://shop/health', status: 42}]",
        "health: [{source: a, url: 'http://shop/health', timeout_s: 0}]",
        "thresholds: {source: a, error_rate: 5}",
        "thresholds: {source: a, cpu_percent: 120}",
    ],
)
def test_impossible_health_facts_are_refused(tmp_path: Path, health: str) -> None:
    assert only(write(tmp_path, f"{GOOD}    {health}\n")).startswith("shop.yaml:31: services[1].")


def test_words_that_yaml_once_read_as_other_things_stay_words(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("a: no\nb: 12:30\nc: 010\nd: 1_000\ne: 5\nf: 0.5\ng: '5'\nh: ~\n")
    read = read_source(file).data
    assert read == {"a": "no", "b": "12:30", "c": "010", "d": "1_000", "e": 5, "f": 0.5, "g": "5", "h": None}


def test_the_template_for_systems_without_one_works() -> None:
    assert not problems_in(post.PLAIN)


@settings(max_examples=150, deadline=None)
@given(
    start=st.integers(0, len(GOOD) - 1),
    length=st.integers(0, 30),
    put=st.text(st.sampled_from("abz:{}[]-, \n\t\"'#&*!|>%@`0é"), max_size=8),
)
def test_no_damage_to_a_file_makes_anything_but_words(
    tmp_path_factory: pytest.TempPathFactory, start: int, length: int, put: str
) -> None:
    folder = write(tmp_path_factory.mktemp("cut"), GOOD[:start] + put + GOOD[start + length :])
    try:
        load_catalog(folder, TARGETS)
    except CatalogErrors as errors:
        assert all(re.match(r"\S+:\d+: .+", str(problem), re.DOTALL) for problem in errors.problems)


def test_a_file_nested_without_end_is_told_and_ends_nothing(tmp_path: Path):
    file = tmp_path / "deep.yaml"
    file.write_text("system:\n  id: " + "[" * 100_000)
    (problem,) = read_source(file).problems
    assert (problem.line, problem.what) == (2, "is nested too deep")
