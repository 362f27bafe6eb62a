"""Line plots as inline SVG."""

import math
from dataclasses import dataclass, field
from itertools import pairwise

from lipwright.pages.markup import Markup, element, join

MAX_POINTS = 1500
"""Longer series are drawn by the lowest and highest point of each piece: peaks stay visible."""

_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 12, 10, 44
_WIDTH = 1000


@dataclass(frozen=True)
class Series:
    """One line."""

    label: str
    points: list[tuple[float, float | None]]
    """x rising, y; None and NaN interrupt the line."""
    color: str = "a"
    """a, b or c of the style sheet."""
    is_dashed: bool = False


@dataclass(frozen=True)
class Plot:
    """Lines that share their axes."""

    series: list[Series]
    x_label: str
    y_label: str
    height: int = 280
    bands: list[tuple[float, float]] = field(default_factory=list)
    """Spans of x that are shaded."""
    band_label: str = ""
    marks: list[tuple[float, str]] = field(default_factory=list)
    """Places on x with a vertical line and a word beside it."""
    y_range: tuple[float, float] | None = None
    """Lowest and highest y; None takes what the points need."""


@dataclass(frozen=True)
class _Axes:
    low_x: float
    high_x: float
    low_y: float
    high_y: float
    height: int

    def x(self, value: float) -> float:
        share = (value - self.low_x) / (self.high_x - self.low_x)
        return round(_LEFT + share * (_WIDTH - _LEFT - _RIGHT), 1)

    def y(self, value: float) -> float:
        share = (value - self.low_y) / (self.high_y - self.low_y)
        return round(self.height - _BOTTOM - share * (self.height - _TOP - _BOTTOM), 1)


def line_plot(plot: Plot) -> Markup:
    """The plot with its legend; without any point, a sentence that says so."""
    known = [(x, y) for one in plot.series for x, y in one.points if _is_known(y)]
    if not known:
        return element("p", "Nothing was measured.")
    axes = _axes(plot, [x for x, _ in known], [float(y or 0.0) for _, y in known])
    drawn = [*_bands(plot, axes), *_grid(plot, axes), *_marks(plot, axes)]
    drawn += [_line(one, axes) for one in plot.series]
    name = f"{plot.y_label} over {plot.x_label}"
    svg = element("svg", join(drawn), viewBox=f"0 0 {_WIDTH} {plot.height}", role="img", aria_label=name)
    return element("figure", _legend(plot), svg)


def ticks(low: float, high: float, most: int) -> list[float]:
    """Round numbers between two others, at most about ``most`` of them, evenly spaced."""
    raw = (high - low) / max(most, 1)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * nice for nice in (1, 2, 5, 10) if power * nice >= raw * 0.999)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [round(k * step, 10) for k in range(first, last + 1)]


def thinned(
    points: list[tuple[float, float | None]], most: int = MAX_POINTS
) -> list[tuple[float, float | None]]:
    """At most about ``most`` points with the same outline: of each piece the lowest and the highest."""
    if len(points) <= most:
        return points
    size = math.ceil(2 * len(points) / most)
    kept: list[tuple[float, float | None]] = []
    for start in range(0, len(points), size):
        piece = points[start : start + size]
        known = [point for point in piece if _is_known(point[1])]
        if len(known) < len(piece):
            kept.append((piece[0][0], None))
        if known:
            ends = {min(known, key=lambda p: p[1] or 0.0), max(known, key=lambda p: p[1] or 0.0)}
            kept += sorted(ends, key=lambda p: p[0])
    return kept


def _is_known(y: float | None) -> bool:
    return y is not None and math.isfinite(y)


def _axes(plot: Plot, xs: list[float], ys: list[float]) -> _Axes:
    low_x, high_x = min(xs), max(xs)
    low_y, high_y = plot.y_range or (min(ys), max(ys))
    if plot.y_range is None:
        room = 0.06 * (high_y - low_y) or 1.0
        low_y, high_y = low_y - room, high_y + room
    return _Axes(low_x, high_x if high_x > low_x else low_x + 1.0, low_y, high_y, plot.height)


def _grid(plot: Plot, axes: _Axes) -> list[Markup]:
    drawn = []
    right, bottom = _WIDTH - _RIGHT, axes.height - _BOTTOM
    for value in ticks(axes.low_y, axes.high_y, 5):
        y = axes.y(value)
        drawn.append(element("line", x1=_LEFT, y1=y, x2=right, y2=y, stroke="var(--grid)"))
        drawn.append(element("text", f"{value:g}", x=_LEFT - 8, y=y + 4, text_anchor="end"))
    for value in ticks(axes.low_x, axes.high_x, 10):
        x = axes.x(value)
        drawn.append(element("line", x1=x, y1=bottom, x2=x, y2=bottom + 5, stroke="var(--line)"))
        drawn.append(element("text", f"{value:g}", x=x, y=bottom + 19, text_anchor="middle"))
    drawn.append(element("line", x1=_LEFT, y1=bottom, x2=right, y2=bottom, stroke="var(--line)"))
    middle = (_TOP + bottom) / 2
    drawn.append(
        element("text", plot.x_label, x=(_LEFT + right) / 2, y=axes.height - 4, text_anchor="middle")
    )
    turned = f"rotate(-90 12 {middle:g})"
    drawn.append(element("text", plot.y_label, x=12, y=middle, text_anchor="middle", transform=turned))
    return drawn


def _bands(plot: Plot, axes: _Axes) -> list[Markup]:
    drawn = []
    for start, stop in plot.bands:
        left, right = axes.x(max(start, axes.low_x)), axes.x(min(stop, axes.high_x))
        if right > left:
            box = {"x": left, "y": _TOP, "width": right - left, "height": axes.height - _TOP - _BOTTOM}
            drawn.append(element("rect", fill="var(--shade)", **box))
    return drawn


def _marks(plot: Plot, axes: _Axes) -> list[Markup]:
    drawn = []
    marks = [value for value, _ in plot.marks]
    for number, (value, word) in enumerate(plot.marks):
        x = axes.x(value)
        is_left = value == min(marks) < max(marks)
        side, anchor = (-6, "end") if is_left or x > 0.8 * _WIDTH else (6, "start")
        bottom = axes.height - _BOTTOM
        drawn.append(
            element("line", x1=x, y1=_TOP, x2=x, y2=bottom, stroke="var(--soft)", stroke_dasharray="3 4")
        )
        drawn.append(element("text", word, x=x + side, y=_TOP + 12 + 16 * number, text_anchor=anchor))
    return drawn


def _line(series: Series, axes: _Axes) -> Markup:
    """One path; a pen that is lifted at every gap, and a dot where a point stands alone."""
    runs: list[list[tuple[float, float]]] = [[]]
    for x, y in thinned(series.points):
        if y is None or not math.isfinite(y):
            runs.append([])
        else:
            runs[-1].append((axes.x(x), axes.y(min(max(y, axes.low_y), axes.high_y))))
    pen = "".join(_run(run) for run in runs if run)
    return element(
        "path",
        d=pen,
        fill="none",
        stroke=f"var(--{series.color})",
        stroke_width=2,
        stroke_linejoin="round",
        stroke_linecap="round",
        stroke_dasharray="7 6" if series.is_dashed else None,
    )


def _run(run: list[tuple[float, float]]) -> str:
    start = f"M{run[0][0]:g} {run[0][1]:g}"
    if len(run) == 1:
        return start + "h0"
    return start + "".join(f"L{x:g} {y:g}" for _, (x, y) in pairwise(run))


def _legend(plot: Plot) -> Markup:
    names = []
    for one in plot.series:
        kind = "dashed" if one.is_dashed else None
        swatch = element("i", class_=kind, style=f"border-color:var(--{one.color})")
        names.append(element("span", swatch, one.label))
    if plot.bands and plot.band_label:
        names.append(element("span", element("i", class_="shade"), plot.band_label))
    return element("div", *names, class_="legend")
