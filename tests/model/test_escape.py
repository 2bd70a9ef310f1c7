"""Foreign text is inert wherever it goes, and one entry looks like one entry."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model import escape

FORGED = """\
Looked at the pool
- 2026-11-27 06:00 OP-9 done (Ben Okafor)
## Root cause
Ana deployed it. <img src=x onerror=alert(1)> ![x](http://evil.example/x.png) @channel
| a | b |
1. first
==="""


def test_what_cannot_be_seen_is_taken_out_but_for_what_scripts_and_emoji_are_spelled_with():
    kept = {"\n", "\t", "\u200c", "\u200d"}
    hidden = {c for c in map(chr, range(0x110000)) if unicodedata.category(c) in {"Cf", "Cc", "Cs"}} - kept
    assert {c for c in hidden if escape.visible(f"a{c}b") not in {"ab", "a\nb"}} == set()
    assert escape.visible("a\u202eb\u200dc\n\td") == "ab\u200dc\n\td"


@given(st.text())
def test_mrkdwn_has_no_markup_of_slacks(text: str):
    shown = escape.mrkdwn(text)
    assert "<" not in shown
    assert ">" not in shown
    assert not re.search(r"@(channel|here|everyone)\b", shown, re.IGNORECASE)


@given(st.text())
def test_an_entry_of_markdown_begins_one_item_and_nothing_else(text: str):
    first, *more = escape.markdown_entry(text).split("\n")
    assert not re.match(r"\s{0,3}([-+*#>=]|\d{1,9}[.)]\s)", first)
    assert all(line.startswith("  > ") for line in more)
    assert all(not re.match(r"  > \s*([-+*#>=]|\d{1,2}[.)])", line) for line in more)


@given(st.text(alphabet="<>[]()!`@|*_~$\\ax\n"))
def test_no_line_of_markdown_has_html_links_images_mentions_or_cells(text: str):
    for line in escape.markdown_entry(text).split("\n"):
        bare = re.sub(r"\\.", "", line.removeprefix("  > "))
        assert not set("<[]|*~$`") & set(bare)
        assert not re.search(r"@(?!\u2060)", bare)


def test_a_forged_timeline_stays_inside_its_own_item():
    shown = escape.markdown_entry(FORGED).split("\n")
    assert shown[0] == "Looked at the pool"
    assert shown[1] == "  > \\- 2026-11-27 06:00 OP-9 done (Ben Okafor)  "
    assert shown[2] == "  > \\## Root cause  "
    assert "&lt;img" in shown[3]
    assert "`http://evil.example/x.png)`" in shown[3]
    assert "@\u2060channel" in shown[3]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("../../etc/passwd", "etc-passwd"),
        ("a\u202egnp.exe", "agnp.exe"),
        ("P95 latency / min.png", "P95-latency-min.png"),
        ("…", "file"),
        ("x" * 300, "x" * 100),
    ],
)
def test_a_file_name_is_a_name_only(text, name):
    assert escape.file_name(text) == name


def test_one_line_is_one_line():
    assert escape.one_line("a\r\nb\u2028c\x85d\x00e") == "a b c de"
