"""How the page turns Slack's text into nodes; each case runs the page's own modules in the browser."""

# ruff: noqa: E501 - a row of a table of cases is easier to read on one line

import json
from typing import Any

import pytest
from playwright.async_api import Page

from tests.playground.page.cards import START

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]

NAMES = """{
  users: new Map([["U1", {id: "U1", name: "mona", real_name: "Mona <b>A</b>"}], ["UME", {id: "UME", name: "me", real_name: "Me"}]]),
  channels: new Map([["C1", {id: "C1", name: "ops"}]]),
  groups: new Map([["S1", {id: "S1", handle: "sre", name: "SRE", users: ["UME"]}]]), me: "UME"}"""


async def html(page: Page, module: str, call: str, *args: Any) -> str:
    """The HTML of the nodes that a function of a module makes."""
    given = ", ".join(json.dumps(a) for a in args)
    return await page.evaluate(
        f"""async () => {{
        const module = await import("/text/{module}.js");
        const ctx = {{names: {NAMES}, now: new Date({(START + 600) * 1000})}};
        const box = document.createElement("div");
        box.append(...module.{call}({given}, ctx));
        return box.innerHTML;
    }}"""
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*bold* _it_ ~gone~ `a*b*`", "<strong>bold</strong> <em>it</em> <s>gone</s> <code>a*b*</code>"),
        ("*_both_*", "<strong><em>both</em></strong>"),
        ("2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name"),
        ("*not\nbold*", "*not<br>bold*"),
        ("a\nb", "a<br>b"),
        ("a\n```x *y*\n&lt;z&gt;```\nb", "a<pre>x *y*\n&lt;z&gt;</pre>b"),
        ("```never closed", "```never closed"),
        ("&gt; one\n&gt; two\nthree", "<blockquote>one<br>two</blockquote>three"),
        ("&gt;&gt;&gt; all\nof it", "<blockquote>all<br>of it</blockquote>"),
        (":white_check_mark: :no_such_thing: 10:30:00", "✅ :no_such_thing: 10:30:00"),
        ("<https://a.example/?a=1&amp;b=2|look>", '<a href="https://a.example/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer">look</a>'),
        ("see https://a.example/x.", 'see <a href="https://a.example/x" target="_blank" rel="noopener noreferrer">https://a.example/x</a>.'),
        ("<!here> <!channel>", '<span class="mention mention-me">@here</span> <span class="mention mention-me">@channel</span>'),
        ("<#C1|old>", '<a class="mention" href="#C1" data-channel-link="C1">#ops</a>'),
        ("<!subteam^S1>", '<span class="mention mention-me" title="SRE">@sre</span>'),
        ("<@U404|someone>", '<span class="mention" title="U404">@someone</span>'),
    ],
)  # fmt: skip
async def test_mrkdwn_is_read_as_slack_reads_it(reader: Page, text: str, expected: str):
    assert await html(reader, "mrkdwn", "mrkdwn", text) == expected


async def test_bare_addresses_of_verbatim_text_are_no_links(reader: Page):
    said = {"type": "mrkdwn", "text": "see https://a.example/x and <https://b.example/|b>", "verbatim": True}
    shown = await html(reader, "mrkdwn", "textObject", said)
    assert shown.startswith("see https://a.example/x and <a")
    assert shown.count("<a") == 1


@pytest.mark.parametrize(
    "text",
    [
        "<img src=x onerror=alert(1)>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "<javascript:alert(1)|click>",
        "`<b>`",
        "```<iframe src=javascript:alert(1)>```",
        "<!date^1^{time}^javascript:alert(1)|x>",
        "<@U1>",
        "\U000f0000 \U000f0001",
    ],
)
async def test_no_text_becomes_markup_or_a_script(reader: Page, text: str):
    made = await html(reader, "mrkdwn", "mrkdwn", text)
    for tag in ("<img", "<script", "<iframe", "<b>", 'href="javascript'):
        assert tag not in made


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("{date_num} {date_slash}", "2025-11-20 11/20/2025"),
        ("{date}", "November 20th, 2025"),
        ("{date_short}", "Nov 20, 2025"),
        ("{date_long}", "Thursday, November 20th, 2025"),
        ("{date_short_pretty} {time}", "today 12:53 AM"),
        ("{date_pretty} at {time_secs}", "today at 12:53:20 AM"),
        ("{ago}", "10 minutes ago"),
    ],
)
async def test_dates_are_written_in_the_readers_zone(reader: Page, form: str, expected: str):
    made = await html(reader, "mrkdwn", "mrkdwn", f"<!date^{START}^{form}|fallback>")
    assert f">{expected}</time>" in made.replace("\u202f", " ")


async def test_a_date_that_cannot_be_written_shows_its_fallback(reader: Page):
    made = await html(reader, "mrkdwn", "mrkdwn", f"<!date^{START}^{{no_such_token}}|08:53 UTC>")
    assert ">08:53 UTC</time>" in made


@pytest.mark.parametrize(("days", "word"), [(-1, "yesterday"), (1, "tomorrow"), (-2, "Nov 18, 2025")])
async def test_near_days_have_names(reader: Page, days: int, word: str):
    made = await html(reader, "mrkdwn", "mrkdwn", f"<!date^{START + days * 86_400}^{{date_short_pretty}}|x>")
    assert f">{word}</time>" in made


async def test_markdown_blocks_are_standard_markdown(reader: Page):
    source = "# Title\n\n**b** *i* ~~s~~ `c`\n\n- a\n  - b\n- [x] done\n\n1. one\n\n> q\n\n| h |\n|---|\n| v |\n\n```\n<x>\n```\n---"
    made = await html(reader, "markdown", "markdown", source)
    for piece in (
        ">Title</h3>", "<strong>b</strong> <em>i</em> <s>s</s> <code>c</code>", "<li>a<ul><li>b</li></ul></li>", "<li>☑ done</li>",
        '<ol start="1"><li>one</li></ol>', "<blockquote><p>q</p></blockquote>", "<td>v</td>", "<pre>&lt;x&gt;</pre>", "<hr>",
    ):  # fmt: skip
        assert piece in made


async def test_rich_text_keeps_styles_lists_and_mentions(reader: Page):
    block = {"elements": [
        {"type": "rich_text_section", "elements": [
            {"type": "text", "text": "hi ", "style": {"bold": True, "italic": True}},
            {"type": "user", "user_id": "UME"}, {"type": "emoji", "name": "fire"}, {"type": "link", "url": "javascript:alert(1)", "text": "x"}]},
        {"type": "rich_text_list", "style": "ordered", "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "<one>"}]}]},
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "code"}]},
    ]}  # fmt: skip
    made = await html(reader, "rich_text", "richText", block)
    assert "<em><strong>hi </strong></em>" in made
    assert "@Me</span>🔥<span>x</span>" in made
    assert '<li><div class="rich-section">&lt;one&gt;</div></li>' in made
    assert "<pre>code</pre>" in made
