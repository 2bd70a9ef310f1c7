"""The picture of a chart: what stands where on its card."""
# pyright: reportUnknownMemberType=false
# (the drawing library leaves its keyword arguments untyped)

from typing import Any

from matplotlib.patches import Rectangle

from bot.views.chart.amounts import amount, moment, window
from bot.views.chart.canvas import FAINT, GRID, HEIGHT, WIDTH, ChartCanvas
from bot.views.chart.layout import rows, segments, spread, step_of, thinned, time_ticks, top_of, value_ticks
from bot.views.chart.words import ADDED_UP, is_recent, known, shown_lines
from model.query_result import Chart

LIMIT = "#d1242f"
"""The colour of thresholds; dashes and labels say the same to those who do not see it as red."""

COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#1c1b22", "#7f4fa8", "#8a6d1b")
"""Colours that people who see them differently still tell apart (after Okabe and Ito)."""

DASHES: tuple[Any, ...] = ("solid", "solid", "solid", "solid", "solid", (0, (5, 2)), (0, (5, 2)), (0, (5, 2)))
UNITS = {"count": "", "": "", "percent": "percent", "per s": "per second"}
TITLE, TEXT, SMALL = 36, 26, 23
EDGE_X, PLOT_TOP, PLOT_BOTTOM, ROW, NAMES_MOST = 26, 126, 62, 32, 330
MARK_ROWS = 3
Stack = list[tuple[float, tuple[float, float]]]


class ChartCard:
    """One chart on its card."""

    def __init__(self, sheet: ChartCanvas, chart: Chart) -> None:
        self.sheet, self.chart = sheet, chart
        self.lines = shown_lines(chart)
        self.points = [known(line) for line in self.lines]
        ats = [at for points in self.points for at, _ in points]
        self.step = max((step_of(points) for points in self.points), default=0.0)
        widen = (self.step or 3600.0) if self.is_bars else 0.0
        self.start = min([chart.start, *ats])
        self.end = max([chart.end, self.start + 1.0, *(at + widen for at in ats)])

    @property
    def is_bars(self) -> bool:
        """Whether amounts of periods are shown, one on top of the other."""
        return self.chart.style == "bars"

    def draw(self) -> None:
        """The title, and the plot in the room that its labels leave."""
        self._title()
        if not any(self.points):
            self._nothing()
            return
        stacks = self._stacks()
        reached = [end for stack in stacks for _, ends in stack for end in ends]
        if not self.is_bars:
            reached = [value for points in self.points for _, value in points]
        self.ticks = value_ticks(top_of(self.chart, reached), self.chart.unit, min([0.0, *reached]))
        self._frame()
        self._grid()
        self._marks()
        if self.is_bars:
            self._bars(stacks)
        else:
            self._curves()
        self._limits()
        self._names(stacks)

    # Where things are

    def _frame(self) -> None:
        """The plot's edges: room for the numbers on its left, the names on its right, marks above."""
        numbers = [self.sheet.width(self._number(tick), TEXT) for tick in self.ticks]
        self.left = EDGE_X + max(numbers) + 12
        self.names = [self._name(at) for at in range(len(self.lines))]
        widest = max(
            self.sheet.width(name, TEXT) + (self.sheet.width(value, TEXT, True)) for name, value in self.names
        )
        self.right = WIDTH - EDGE_X - min(NAMES_MOST, widest + 50)
        self.bottom = PLOT_BOTTOM
        self.placed = self._placed_marks()
        used = max((row + 1 for *_, row in self.placed if row is not None), default=0)
        self.top = HEIGHT - PLOT_TOP - used * ROW

    def _x(self, at: float) -> float:
        return self.left + (at - self.start) / (self.end - self.start) * (self.right - self.left)

    def _y(self, value: float) -> float:
        low, high = self.ticks[0], self.ticks[-1]
        return self.bottom + (value - low) / (high - low) * (self.top - self.bottom)

    # What is drawn

    def _title(self) -> None:
        wide = WIDTH - 2 * EDGE_X
        unit = UNITS.get(self.chart.unit, self.chart.unit)
        if self.is_bars and self.chart.unit in ADDED_UP and any(self.points):
            unit = f"{unit}, sums on the right".removeprefix(", ")
        below = " · ".join(part for part in (unit, window(self.chart.start, self.chart.end)) if part)
        self.sheet.text(
            EDGE_X,
            HEIGHT - 24,
            self.sheet.cut(self.chart.title, TITLE, wide, True),
            TITLE,
            bold=True,
            va="top",
        )
        self.sheet.text(EDGE_X, HEIGHT - 72, self.sheet.cut(below, TEXT, wide), TEXT, FAINT, va="top")

    def _nothing(self) -> None:
        middle = (HEIGHT - PLOT_TOP) / 2
        self.sheet.text(WIDTH / 2, middle + 24, "No data", 52, FAINT, bold=True, ha="center")
        self.sheet.text(
            WIDTH / 2, middle - 34, "Nothing was measured in this time.", TEXT, FAINT, ha="center"
        )

    def _grid(self) -> None:
        for tick in self.ticks:
            y = self._y(tick)
            base = tick == 0
            self.sheet.stroke([self.left, self.right], [y, y], FAINT if base else GRID, 2)
            self.sheet.text(self.left - 12, y, self._number(tick), TEXT, FAINT, ha="right", va="center")
        ats = time_ticks(self.start, self.end)
        middle = 0.0
        if self.is_bars:
            ats, middle = sorted({at for points in self.points for at, _ in points}), self.step * 0.425
        said = [(self._x(at + middle), moment(at, self.start, self.end)) for at in ats]
        widest = max((self.sheet.width(text, TEXT) for _, text in said), default=0)
        for x, text in thinned(said, (self.right - self.left) / (widest + 24)):
            half = self.sheet.width(text, TEXT) / 2
            self.sheet.stroke([x, x], [self.bottom - 7, self.bottom], FAINT, 2)
            inside = min(max(x, EDGE_X / 2 + half), WIDTH - EDGE_X / 2 - half)
            self.sheet.text(inside, self.bottom - 14, text, TEXT, FAINT, ha="center", va="top")

    def _curves(self) -> None:
        for at, points in enumerate(self.points):
            colour, dashes = COLOURS[at], DASHES[at]
            for part in segments(points, self.step):
                xs, ys = [self._x(when) for when, _ in part], [self._y(value) for _, value in part]
                if len(part) == 1:
                    self.sheet.axes.plot(xs, ys, "o", color=colour, markersize=6, zorder=3)
                    continue
                self.sheet.stroke(xs, ys, colour, 4, dashes, 3)
                if len(self.points) == 1:
                    self.sheet.axes.fill_between(
                        xs, ys, self._y(max(0.0, self.ticks[0])), color=colour, alpha=0.1
                    )
            if points:
                last = points[-1]
                self.sheet.axes.plot(
                    [self._x(last[0])], [self._y(last[1])], "o", color=colour, markersize=7, zorder=4
                )

    def _bars(self, stacks: list[Stack]) -> None:
        wide = max(3.0, (self._x(self.start + (self.step or 3600.0)) - self.left) * 0.85)
        for at, stack in enumerate(stacks):
            for when, (low, high) in stack:
                y = self._y(low)
                bar = Rectangle(
                    (self._x(when), y), wide, self._y(high) - y, color=COLOURS[at], lw=0, zorder=3
                )
                self.sheet.axes.add_patch(bar)

    def _limits(self) -> None:
        """Dashed lines with their labels; one beyond the axis is only said, with an arrow."""
        limits = [limit for limit in self.chart.thresholds if limit.value >= self.ticks[0]]
        highest = self.top - ROW
        ys = [min(self._y(limit.value), self.top + 1) for limit in limits]
        places = spread([min(y + 3, highest) for y in ys], ROW + 2, self.bottom + 3, highest)
        for limit, y, place in zip(limits, ys, places, strict=True):
            is_beyond = y > self.top
            if not is_beyond:
                self.sheet.stroke([self.left, self.right], [y, y], LIMIT, 3, (0, (6, 3)), 5)
            number = amount(limit.value, self.chart.unit)
            is_said = number.replace(" ", "") in limit.says.replace(" ", "")
            said = limit.says if is_said else f"{number} {limit.says}".strip()
            text = self.sheet.cut(f"↑ {said}" if is_beyond else said, TEXT, (self.right - self.left) * 0.8)
            self.sheet.text(self.left + 10, place, text, TEXT, LIMIT, va="bottom", is_boxed=True)

    def _placed_marks(self) -> list[tuple[float, float, str, int | None]]:
        """Each mark within the window: where it is, where its label begins, the label, and its row."""
        found: list[tuple[float, float, str]] = []
        for mark in sorted(self.chart.marks, key=lambda mark: mark.at):
            if not self.start <= mark.at <= self.end:
                continue
            x, said = self._x(mark.at), self.sheet.cut(mark.says, SMALL, 300)
            wide = self.sheet.width(said, SMALL)
            found.append((x, x - 2 if x + wide < WIDTH - EDGE_X else x - wide + 2, said))
        spans = [(begins, begins + self.sheet.width(said, SMALL) + 22) for _, begins, said in found]
        given = rows(spans, MARK_ROWS)
        return [(*one, row) for one, row in zip(found, given, strict=True)]

    def _marks(self) -> None:
        for x, begins, said, row in self.placed:
            reach = self.top + 4 + (row or 0) * ROW
            self.sheet.stroke([x, x], [self.bottom, reach], FAINT, 2.5, (0, (2, 2)), 2)
            if row is not None:
                self.sheet.text(begins, reach, said, SMALL, va="bottom", is_boxed=True)

    def _names(self, stacks: list[Stack]) -> None:
        """What each line is and where it stands, beside its end, in its colour."""
        shown = [at for at, points in enumerate(self.points) if points or len(self.lines) > 1]
        wanted = [self._end_of(at, stacks) for at in shown]
        places = spread(wanted, ROW, self.bottom + 10, self.top - 6)
        for at, y in zip(shown, places, strict=True):
            name, value = self.names[at]
            x = self.right + 14
            if len(self.lines) > 1:
                self.sheet.stroke([x, x + 16], [y, y], COLOURS[at], 6, "solid", 4)
                x += 24
            room = WIDTH - EDGE_X / 2 - x - self.sheet.width(value, TEXT, True)
            cut = self.sheet.cut(name, TEXT, room, in_middle=True)
            self.sheet.text(x, y, cut, TEXT, va="center")
            self.sheet.text(x + self.sheet.width(cut, TEXT), y, value, TEXT, bold=True, va="center")

    # Parts of these

    def _stacks(self) -> list[Stack]:
        """For bars, each line's (from, to) at each time, on top of those before it; below zero downwards."""
        reached: dict[tuple[float, bool], float] = {}
        stacks: list[Stack] = []
        for points in self.points if self.is_bars else []:
            stack: Stack = []
            for at, value in points:
                low = reached.get((at, value < 0), 0.0)
                reached[at, value < 0] = low + value
                stack.append((at, (low, low + value)))
            stacks.append(stack)
        return stacks

    def _end_of(self, at: int, stacks: list[Stack]) -> float:
        """The height at which a line ends; a line without a point is named at the bottom."""
        if not self.points[at]:
            return self.bottom
        if self.is_bars:
            low, high = stacks[at][-1][1]
            return self._y((low + high) / 2)
        return self._y(self.points[at][-1][1])

    def _number(self, tick: float) -> str:
        """A number on the axis, which is round."""
        return amount(tick, self.chart.unit).removesuffix(".00")

    def _name(self, at: int) -> tuple[str, str]:
        """A line's name and its number: the last one, with its time if it is old, or the sum of bars."""
        label, points = self.sheet.clean(self.lines[at].label), self.points[at]
        is_alone = len(self.lines) == 1 and label in ("", self.sheet.clean(self.chart.title))
        if not points:
            return f"{label} ", "no data"
        values = [value for _, value in points]
        number = sum(values) if self.is_bars and self.chart.unit in ADDED_UP else values[-1]
        told = amount(number, self.chart.unit)
        if not self.is_bars and not is_recent(self.chart, points):
            told = f"{told} ({moment(points[-1][0], self.start, self.end)})"
        return "" if is_alone else f"{label} ", told
