"""The card that a chart is drawn on: light, with big type, in pixels from the lower left."""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# (the drawing library leaves its keyword arguments and fonts untyped)

import io
from typing import Any, cast

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font

from bot.views.message import redact

WIDTH, HEIGHT, DPI = 1000, 540, 100
INK, FAINT, GRID, CARD, EDGE = "#1c1b22", "#56545f", "#e3e2e8", "#ffffff", "#c4c2cd"
FONT = "DejaVu Sans"
"""The drawing library brings this one along, so that every machine draws the same."""


LONGEST = 200
"""Characters of a text that are looked at; fewer fit on the card."""


class ChartCanvas:
    """An empty card, opaque, so that it reads the same in light and dark."""

    def __init__(self) -> None:
        size = (WIDTH / DPI, HEIGHT / DPI)
        figure = Figure(figsize=size, dpi=DPI, facecolor=CARD, edgecolor=EDGE, linewidth=2)
        self._canvas = FigureCanvasAgg(figure)
        self._renderer = self._canvas.get_renderer()
        self._glyphs = get_font(findfont(_font(20, False))).get_charmap()
        self.axes: Axes = figure.add_axes((0, 0, 1, 1))
        self.axes.set_axis_off()
        self.axes.set_xlim(0, WIDTH)
        self.axes.set_ylim(0, HEIGHT)

    def png(self) -> bytes:
        """The card as it is drawn now."""
        out = io.BytesIO()
        self._canvas.print_figure(out, format="png", facecolor=CARD, edgecolor=EDGE)
        return out.getvalue()

    def stroke(
        self,
        xs: list[float],
        ys: list[float],
        colour: str,
        px: float,
        dashes: Any = "solid",
        zorder: float = 1,
    ) -> None:
        """A line through these places, so many pixels wide."""
        self.axes.plot(
            xs, ys, color=colour, linewidth=px * 72 / DPI, linestyle=dashes, zorder=zorder,
            solid_joinstyle="round", solid_capstyle="butt",
        )  # fmt: skip

    def text(
        self, x: float, y: float, said: str, px: int, colour: str = INK, bold: bool = False,
        is_boxed: bool = False, **place: str,
    ) -> None:  # fmt: skip
        """One line of text, never read as a formula; `place` is `ha` and `va`."""
        box: Any = {"facecolor": CARD, "edgecolor": "none", "alpha": 0.9, "pad": 1.5} if is_boxed else None
        self.axes.text(
            x, y, self.clean(said), color=colour, fontproperties=_font(px, bold), bbox=box, zorder=6,
            parse_math=False, **cast("Any", place),
        )  # fmt: skip

    def width(self, said: str, px: int, bold: bool = False) -> float:
        """Pixels from the text's beginning to where the next one may begin."""
        wide, _, _ = self._renderer.get_text_width_height_descent(self.clean(said), _font(px, bold), False)
        return float(wide)

    def cut(self, said: str, px: int, widest: float, bold: bool = False, in_middle: bool = False) -> str:
        """The text, shortened at its end or in its middle until it is no wider than so many pixels."""
        said = self.clean(said[:LONGEST])
        kept, whole = said, len(said)
        while self.width(kept, px, bold) > widest and whole > 4:
            whole -= 1
            head = (whole + 1) // 2 if in_middle else whole
            kept = f"{said[:head].rstrip()}…{said[len(said) - whole + head :]}"
        return kept

    def clean(self, said: str) -> str:
        """One line without secrets, and a box for each character that the font does not have."""
        lines = " ".join(redact(said).split()) + (" " if said.endswith(" ") else "")
        return "".join(one if ord(one) in self._glyphs else "□" for one in lines)


def _font(px: int, bold: bool) -> FontProperties:
    return FontProperties(family=FONT, size=px * 72 / DPI, weight="bold" if bold else "normal")
