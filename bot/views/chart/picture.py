"""Charts for Slack: as a picture and in words."""

import threading

from bot.views.chart.words import in_words
from model.extras import extra
from model.query_result import Chart

__all__ = ["chart_png", "in_words"]

_DRAWING = threading.Lock()
"""The library shares its fonts between pictures, so that only one may be drawn at a time."""


def chart_png(chart: Chart) -> bytes:
    """An opaque PNG of the chart, 1000 by 540 pixels, made to be read on a phone.

    Imports the drawing library at the first call, which takes about a second; safe to call in any thread.
    Raises NotInstalled.
    """
    with _DRAWING:
        with extra("charts"):
            from bot.views.chart.canvas import ChartCanvas
            from bot.views.chart.card import ChartCard

        sheet = ChartCanvas()
        ChartCard(sheet, chart).draw()
        return sheet.png()
