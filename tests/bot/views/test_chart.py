"""A chart says in words what it shows, and its picture shows it: nothing cut off, nothing invented."""

import io
import math

import numpy as np
import pytest
from PIL import Image

from bot.views.chart.picture import chart_png, in_words
from model.query_result import Chart, ChartLine, Mark, Threshold

MARCH = 1774926000.0  # 2026-03-31 03:00 UTC
DAY = 86400.0
BLUE, ORANGE, RED, WHITE = (0x00, 0x72, 0xB2), (0xE6, 0x9F, 0x00), (0xD1, 0x24, 0x2F), (255, 255, 255)


def line(label: str, *values: float, step: float = 600) -> ChartLine:
    return ChartLine(label=label, points=tuple((MARCH + at * step, value) for at, value in enumerate(values)))


def chart(*lines: ChartLine, **more) -> Chart:
    given = {"title": "CPU", "unit": "percent", "start": MARCH, "end": MARCH + 3600, **more}
    return Chart(lines=lines, **given)


RISING = line("miyabi-api", 20, 30, 85, 70, 90, 95, 91)
BUSY = chart(
    RISING,
    thresholds=(Threshold(value=80, says="degraded"),),
    marks=(Mark(at=MARCH + 2400, says="scale 2 → 6"), Mark(at=MARCH + 600, says="deploy v42")),
)
BILL = chart(
    line("ECS", 40, 44, step=DAY),
    line("RDS", 20, 26, step=DAY),
    title="Cost",
    unit="USD",
    style="bars",
    end=MARCH + 2 * DAY,
)


def pixels(shown: Chart) -> np.ndarray:
    """Rows of red, green, blue, from the top."""
    picture = Image.open(io.BytesIO(chart_png(shown)))
    assert picture.size == (1000, 540)
    alpha = np.asarray(picture.convert("RGBA"))[..., 3]
    assert alpha.min() == 255, "a see-through card would not read in the dark"
    return np.asarray(picture.convert("RGB")).astype(int)


def places(picture: np.ndarray, colour: tuple[int, int, int]) -> np.ndarray:
    """(row, column) of every pixel of about this colour."""
    return np.argwhere(np.abs(picture - np.array(colour)).max(axis=2) < 24)


def ink(picture: np.ndarray) -> int:
    return int((picture.sum(axis=2) < 600).sum())


def test_words_tell_now_least_most_average_and_since_when_a_limit_is_passed():
    assert in_words(BUSY) == (
        "CPU, 2026-03-31 03:00–04:00 UTC.\n"
        "miyabi-api: now 91 %, least 20 % at 03:00, most 95 % at 03:50, average 68.7 %, "
        "over 80 % (degraded) since 03:40.\n"
        "Done meanwhile: 03:10 deploy v42; 03:40 scale 2 → 6."
    )


@pytest.mark.parametrize(
    ("values", "limits", "said"),
    [
        ((10, 90, 95, 20, 30, 20, 10), [("over", 80)], "over 80 % until 03:20."),
        ((90, 95, 90, 90, 90, 90, 90), [("over", 80)], "over 80 % all the time."),
        ((10, 20, 10, 10, 10, 10, 80), [("over", 80)], "average 21.4 %, never over 80 %."),
        ((10, 20, 10, 10, 10, 10, 9), [("under", 10)], "under 10 % since 04:00."),
        ((10, 20, 10, 10, 10, 10, 10), [("over", 80), ("over", 90)], "average 11.4 %, within all limits."),
        ((10, 20, 10, 10, 10, 10, 85), [("over", 80), ("over", 90)], "22.1 %, over 80 % since 04:00."),
    ],
)
def test_words_tell_of_a_limit_what_matters(values, limits, said):
    given = tuple(Threshold(value=value, says="", is_least=side == "under") for side, value in limits)
    assert in_words(chart(line("a", *values), thresholds=given)).endswith(said)


def test_words_do_not_call_an_old_value_now():
    assert "a: last seen at 03:10 2 %, least" in in_words(chart(line("a", 1, 2)))


def test_words_leave_out_what_is_not_a_number():
    said = in_words(chart(line("a", 1, math.nan, 3, math.inf, 5, 6, 7), line("b", math.nan)))
    assert "a: now 7 %, least 1 % at 03:00, most 7 % at 04:00, average 4.4 %." in said
    assert said.endswith("b: no data.")


def test_words_tell_sums_of_bars():
    assert in_words(BILL) == (
        "Cost, 2026-03-31 03:00 to 2026-04-02 03:00 UTC.\n"
        "ECS: last (1 Apr 03:00) $44.00, least $40.00 at 31 Mar 03:00, most $44.00 at 1 Apr 03:00, "
        "average $42.00, together $84.00.\n"
        "RDS: last (1 Apr 03:00) $26.00, least $20.00 at 31 Mar 03:00, most $26.00 at 1 Apr 03:00, "
        "average $23.00, together $46.00.\n"
        "All together $130.00."
    )


@pytest.mark.parametrize("lines", [(), (ChartLine(label="a", points=()),), (line("a", math.nan),)])
def test_nothing_measured_is_said_and_not_drawn_as_an_empty_frame(lines):
    empty = chart(*lines, thresholds=(Threshold(value=80, says="degraded"),))
    assert in_words(empty) == "CPU, 2026-03-31 03:00–04:00 UTC. No data."
    picture = pixels(empty)
    assert ink(picture) > 2_000
    assert len(places(picture, RED)) == 0


def test_of_more_than_eight_lines_the_highest_are_shown_and_the_rest_are_counted():
    many = chart(*(line(f"host-{number}", *([number] * 7)) for number in range(10)))
    said = in_words(many)
    assert "host-0:" not in said
    assert "host-9:" in said
    assert said.endswith("2 more lines are not shown.")
    pixels(many)


def test_the_line_its_limit_and_its_marks_are_drawn_where_they_belong():
    picture = pixels(BUSY)
    limit = places(picture, RED)
    curve = places(picture, BLUE)
    row = int(np.bincount(limit[:, 0]).argmax())
    assert (limit[:, 0] == row).sum() > 200
    above, below = curve[curve[:, 0] < row - 3], curve[curve[:, 0] > row + 3]
    assert len(above) > 50, "the line ends over its limit"
    assert len(below) > 50, "the line begins under its limit"
    assert below[:, 1].min() < above[:, 1].min()
    without = pixels(BUSY.model_copy(update={"marks": ()}))
    assert ink(without[126:156, 150:480]) == 0
    assert ink(picture[126:156, 150:480]) > 200, "the label of a mark stands above the plot"


def test_a_limit_far_beyond_the_line_is_said_and_does_not_flatten_it():
    near = chart(line("a", *range(1, 8)))
    far = near.model_copy(update={"thresholds": (Threshold(value=80, says="degraded"),)})
    rows = [places(pixels(one), BLUE)[:, 0] for one in (near, far)]
    assert abs(np.ptp(rows[0]) - np.ptp(rows[1])) < 12
    limit = places(pixels(far), RED)
    assert 100 < len(limit) < 4_000, "its words and no dashes"


def test_bars_stand_on_one_another():
    picture = pixels(BILL)
    lower, upper = places(picture, BLUE), places(picture, ORANGE)
    column = int(lower[:, 1].min()) + 20
    assert upper[upper[:, 1] == column][:, 0].max() < lower[lower[:, 1] == column][:, 0].min()


def test_a_gap_in_the_measurements_is_a_gap_in_the_line():
    whole = ChartLine(label="a", points=tuple((MARCH + at * 60, 50.0) for at in range(60)))
    torn = ChartLine(
        label="a", points=tuple(point for at, point in enumerate(whole.points) if not 20 < at < 40)
    )
    columns = [set(places(pixels(chart(one)), BLUE)[:, 1]) for one in (whole, torn)]
    assert len(columns[0] - columns[1]) > 100


HARD = {
    "long words": chart(
        *(line(f"/a/very/long/route/number/{at}/that/goes/on", *range(at, at + 7)) for at in range(8)),
        title="A title that is far too long for a card of a thousand pixels in big type, and goes on",
        marks=tuple(Mark(at=MARCH + 300 * at, says=f"restart op-{at} because of memory") for at in range(9)),
        thresholds=tuple(Threshold(value=5 + at / 10, says="a limit that says very much") for at in range(3)),
    ),
    "formulas and other scripts": chart(line("$x_1$ ^ {", 1, 2), title="CPU 日本 😀 $\\frac{a}{b}$ % \x07"),
    "one point": chart(line("a", 5)),
    "below zero": chart(line("a", -5, 5, -3, 2, 1, 1, 1), unit="count"),
    "credits in bars": chart(line("a", -5, 5), line("b", 3, -3), unit="USD", style="bars"),
    "very large": chart(line("a", 1e15, 2e15), unit="bytes"),
    "very small": chart(line("a", 1e-9, 2e-9), unit="s"),
    "no length": chart(line("a", 1), start=MARCH, end=MARCH),
    "points outside the window": chart(line("a", *range(20))),
}


@pytest.mark.parametrize("hard", HARD.values(), ids=HARD.keys())
def test_nothing_runs_over_the_edge_of_the_card(hard):
    picture = pixels(hard)
    assert ink(picture) > 2_000
    frame = picture.copy()
    frame[4:-4, 4:-4] = WHITE
    assert ink(frame[3:-3, 3:-3]) == 0
    assert in_words(hard)


def test_a_secret_in_a_label_is_not_drawn():
    plain, secret = (chart(line(label, 1, 2)) for label in ("[secret removed]", "xoxb-123456789012"))
    assert chart_png(plain) == chart_png(secret)


def test_drawing_twice_gives_the_same_picture_and_leaves_nothing_behind():
    import matplotlib

    before = dict(matplotlib.rcParams)
    assert chart_png(BUSY) == chart_png(BUSY)
    assert dict(matplotlib.rcParams) == before
