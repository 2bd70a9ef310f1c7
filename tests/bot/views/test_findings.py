"""Answers: reason first, tables that fit a phone, the rest in a file, nothing that mentions anyone."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from backends.registry import target_types
from bot.views.message import safe
from bot.views.query import result as views
from bot.views.query.table import LONGEST_CELL
from model.catalog_loader import load_catalog
from model.health import Verdict
from model.queries import LogsQuery
from model.query_result import QueryResult, Table, without_secrets
from tests.end_to_end.conftest import everything

CATALOG = load_catalog(Path(__file__).parents[3] / "examples" / "catalog", target_types())
ANY = CATALOG.by_service["architect-api"]
NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)


def shown(found: QueryResult) -> str:
    message = views.findings(ANY, found, "/db architect-db connections")
    return everything({"text": message.text, "blocks": message.blocks})


def test_the_headline_comes_first_with_its_verdict():
    text = shown(QueryResult(headline="98 of 100 connections are taken", verdict=Verdict.DEGRADED))
    assert text.startswith("architect-api: 🟡 degraded · 98 of 100 connections are taken")
    assert "`/db architect-db connections`" in text


def test_a_table_has_columns_of_equal_width_and_says_what_is_left_out():
    rows = tuple((f"pid {n}", "idle") for n in range(40))
    text = shown(QueryResult(headline="40 sessions", tables=(Table(columns=("pid", "state"), rows=rows),)))
    assert "pid     state\npid 0   idle" in text
    assert "… and 25 more" in text


def test_an_empty_table_says_so_in_words():
    table = Table(title="Locks", columns=("pid",), rows=(), empty="Nobody waits for a lock.")
    assert "Nobody waits for a lock." in shown(QueryResult(headline="no locks", tables=(table,)))


def test_a_table_that_is_too_wide_for_a_phone_becomes_lines():
    columns = ("metric", "now", "limit", "")
    rows = (
        ("error-rate", "0.0985%", "at most 5%", ""),
        ("latency", "1,139 ms", "at most 1,000 ms", "degraded"),
    )
    text = shown(QueryResult(headline="2 metrics", tables=(Table(columns=columns, rows=rows),)))
    assert "• *error-rate* · now 0.0985% · limit at most 5%\n" in text
    assert "• *latency* · now 1,139 ms · limit at most 1,000 ms · degraded" in text


def test_of_two_columns_the_second_needs_no_name():
    row = ("revision", "576a0bdd-0a82-fd8b-258f-1a820583585d")
    text = shown(QueryResult(headline="c", tables=(Table(columns=("setting", "value"), rows=(row,)),)))
    assert "• *revision* · 576a0bdd-0a82-fd8b-258f-1a820583585d" in text


def test_a_row_that_begins_with_a_figure_says_what_it_is():
    row = ("94.5", "2", "SELECT * FROM usage_report($1)")
    text = shown(QueryResult(headline="q", tables=(Table(columns=("mean", "calls", "query"), rows=(row,)),)))
    assert "• *mean 94.5* · calls 2 · query `SELECT * FROM usage_report($1)`" in text


def test_what_slack_would_format_is_in_code_style():
    table = Table(columns=("key", "what it is"), rows=(("a`b_c:tada:", "~struck~ *bold* and a long text"),))
    text = shown(QueryResult(headline="q", tables=(table,)))
    assert "• `a'b_c:tada:` · `~struck~ *bold* and a long text`" in text


def test_rows_that_do_not_fit_are_counted_and_in_the_file():
    table = Table(columns=("pid", "query"), rows=tuple((f"p{n}", "x" * 400) for n in range(30)))
    found = QueryResult(headline="q", tables=(table,))
    text = shown(found)
    assert max(len(line) for line in text.split("\n")) < LONGEST_CELL + 40
    assert "… and 25 more" in text
    assert "x" * 400 in (views.rest(found) or "")


def test_rows_too_long_for_one_message_together_are_in_the_file():
    row = ("p17", *("words " * 20 for _ in range(4)))
    table = Table(columns=("pid", "a", "b", "c", "d"), rows=(row,) * 8)
    found = QueryResult(headline="q", tables=(table,))
    assert "more" in shown(found)
    assert (views.rest(found) or "").count("p17  words") == 8


@pytest.mark.parametrize(
    ("line", "as_told"),
    [
        (
            '11-21 06:38 {"level": "error", "time": "now", "path": "/v1", "message": "it fell"}',
            "11-21 06:38 ERROR it fell · path=/v1",
        ),
        ('{"level": "error", "msg": "ERROR out of memory"}', "ERROR out of memory"),
        ('{"msg": "no", "req": {"id": 7}, "ok": false, "n": null}', 'no · req={"id": 7} · ok=false'),
        ('11-21 {"message": 17}', '11-21 {"message": 17}'),
        ('11-21 {"no": "words"}', '11-21 {"no": "words"}'),
        ('11-21 {"cut": "in the mid', '11-21 {"cut": "in the mid'),
        ("plain {curly} words", "plain {curly} words"),
        ("{} []", "{} []"),
    ],
)
def test_a_json_line_is_told_message_first(line: str, as_told: str):
    assert views.told(line) == as_told


def test_a_line_nested_without_end_is_told_as_it_is():
    line = '{"message": "x", "a": ' + "[" * 100_000
    assert views.told(line) == line


CELLS = st.builds(lambda sign, count: sign * count, st.sampled_from("<&a"), st.integers(1, 200))


@given(st.lists(st.lists(CELLS, min_size=4, max_size=4), min_size=1, max_size=4))
@example([["<" * 100, "a", "a", "a"]])
@example([["&" * 32, "<", "<", "<"]])
@example([["a" * 150] * 4, ["b" * 150] * 4])
def test_every_cell_is_in_the_message_or_in_the_file(rows: list[list[str]]):
    wide = tuple((*row, "a cell that makes the row a wide one") for row in rows)
    found = QueryResult(headline="q", tables=(Table(columns=("a", "b", "c", "d", "e"), rows=wide),))
    if views.rest(found) is None:
        text = shown(found)
        assert all(safe(cell) in text for row in wide for cell in row)


def test_a_columns_name_is_made_harmless():
    table = Table(columns=("a", "<!channel>", "c"), rows=(("1", "2", "a long text, so that it is wide"),))
    assert "<!channel>" not in shown(QueryResult(headline="q", tables=(table,)))


@pytest.mark.parametrize("key", ["password", "apiToken", "JWT_SECRET", "api_key"])
def test_a_secret_in_a_json_line_is_not_told(key: str):
    text = shown(QueryResult(headline="l", text=f'{{"message": "login", "{key}": "hunter2 and more"}}'))
    assert "login" in text
    assert "hunter2" not in text


def test_a_long_text_shows_its_newest_lines_and_the_rest_is_a_file():
    text = "\n".join(f"line {n}" for n in range(100))
    found = QueryResult(headline="100 lines", text=text)
    assert "line 99" in shown(found)
    assert "line 50" not in shown(found)
    assert views.rest(found) == text


def test_what_fits_needs_no_file():
    assert views.rest(QueryResult(headline="2 lines", text="a\nb")) is None
    small = Table(columns=("a",), rows=(("1",),))
    assert views.rest(QueryResult(headline="x", tables=(small,))) is None


def test_a_wide_table_is_whole_in_the_file():
    table = Table(title="Queries", columns=("query",), rows=(("select " + "y" * 200,),))
    assert "y" * 200 in (views.rest(QueryResult(headline="x", tables=(table,))) or "")


@pytest.mark.parametrize(
    ("evil", "harmless"),
    [
        ("<!channel> look", "&lt;!channel&gt; look"),
        ("``` <https://evil|click>", "''' &lt;https://evil|click&gt;"),
        ("password=hunter2", "password=[secret removed]"),
    ],
)
def test_lines_of_a_log_can_mention_nobody_and_hide_secrets(evil: str, harmless: str):
    text = shown(QueryResult(headline="1 line", text=evil))
    assert harmless in text
    assert evil not in text


def test_following_says_until_when_and_that_it_has_stopped():
    asked = LogsQuery(since=NOW, until=NOW)
    found = QueryResult(headline="3 lines", text="a\nb\nc")
    going = views.following(ANY, found, asked, "/logs architect-api", is_over=False)
    over = views.following(ANY, found, asked, "/logs architect-api", is_over=True)
    assert "stops by itself <!date^" in everything({"blocks": going.blocks})
    assert "has stopped by itself" in everything({"blocks": over.blocks})


def test_secrets_are_left_out_for_those_who_may_not_see_them():
    secret = Table(title="Secrets", columns=("name",), rows=(("JWT_SECRET",),), of_secrets=True)
    plain = Table(title="Variables", columns=("name",), rows=(("RUST_LOG",),))
    found = without_secrets(QueryResult(headline="2 variables", tables=(plain, secret)))
    assert found.tables == (plain,)
    assert "owners" in found.note
    same = QueryResult(headline="1 variable", tables=(plain,))
    assert without_secrets(same) is same


def test_trouble_says_that_nothing_was_changed_and_what_to_type():
    message = views.trouble(ANY, "The pattern `(` does not compile.", "Type it as words.", "/logs x (")
    text = everything({"text": message.text, "blocks": message.blocks})
    assert "Nothing was changed." in text
    assert "Type it as words." in text
