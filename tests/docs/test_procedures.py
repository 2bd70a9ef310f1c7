"""Every procedure of the runbooks has an exchange that a test had."""

import re

from tests.end_to_end.exchanges import HERE, PAGE, page, rows, sections


def test_every_procedure_has_an_exchange():
    shown = {row for row, _ in sections(PAGE.read_text())}
    assert [row["id"] for listed in rows().values() for row in listed if row["id"] not in shown] == []


def test_every_exchange_is_of_a_test_that_there_is_and_is_marked():
    for row, test in sections(PAGE.read_text()):
        file, _, name = test.partition("::")
        text = (HERE.parents[1] / file).read_text()
        before = text.partition(f"def {name.partition('[')[0]}(")[0]
        marks = re.findall(r"procedure\(\"([\w-]+)\"\)", before.rpartition("\n\n\n")[2])
        assert row in marks, f"{test} no longer proves {row}"


def test_the_page_is_as_it_is_made():
    kept = sections(PAGE.read_text())
    bodies = {key: body.split("\nTest: `")[0] for key, body in kept.items()}
    assert page(bodies) == PAGE.read_text()
