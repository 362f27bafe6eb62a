"""The page of a score: what was measured, drawn, and said in plain words."""

import math
from typing import TYPE_CHECKING

from lipwright.analysis.sync_judge import Verdict
from lipwright.pages.markup import Markup
from lipwright.pages.page import page
from lipwright.pages.parts import Card, Tone, bullets, cards, facts, section
from lipwright.pages.plot import Plot, Series, line_plot

if TYPE_CHECKING:
    from lipwright.scoring.result import Score


def score_page(score: "Score") -> str:
    """The whole HTML document; it needs no other file and runs no script."""
    picture = score.picture
    subtitle = (
        f"{picture.width} × {picture.height}, {_rate(picture.fps)} frames/s, {picture.duration:.2f} s. "
        f"The mouth was seen in {picture.seen_share:.0%} of {picture.n_frames} frames."
    )
    parts = [cards([*_sync_cards(score), _silence_card(score), *_steadiness_cards(score)])]
    parts += [_gap_section(score), _lag_section(score), _window_section(score), _fact_section(score)]
    return page(f"Lip-sync score of {score.video.name}", subtitle, parts, footer=_FOOTER)


_FOOTER = "Measured on this machine by lipwright score. The file holds everything it shows and loads nothing."


def _sync_cards(score: "Score") -> list[Card]:
    sync = score.sync
    follows = Card(
        "Follows the voice",
        _figure(sync.r),
        "r",
        "Correlation of five measures of the mouth with what the sync judge expects of the sound. Recordings "
        "of people reach 0.3 to 0.7, a mouth that belongs to other words about 0.",
        _tone(sync.r, good=0.3, fair=0.15),
    )
    milliseconds, opinion = sync.av_offset * 1000, sync.opinion
    is_chance = opinion.verdict is Verdict.CANNOT_TELL
    said = "Cannot tell: no lag within 0.6 s stands out from chance: other words, or too little speech."
    if not is_chance:
        said = (
            f"{opinion.sentence().capitalize()}: moving the sound by this much fits best "
            f"(r {_figure(sync.best_r)}, confidence {opinion.confidence:.1%}). Up to 45 ms nobody notices."
        )
    lag = Card(
        "Best lag",
        "-" if is_chance else f"{milliseconds:+.0f}",
        "" if is_chance else "ms",
        said,
        "plain" if is_chance else _tone(-abs(milliseconds), good=-45, fair=-100),
    )
    return [follows, lag]


def _silence_card(score: "Score") -> Card:
    share, n_frames = score.silence.rest_share, score.silence.n_frames
    said = (
        f"Of the {n_frames} frames in which nobody speaks, how many show lips that are closed and still."
        if n_frames
        else "The voice is never silent for long enough to tell."
    )
    if score.silence.n_unread:
        said += f" In {score.silence.n_unread} more the mouth is hidden or cannot be read."
    return Card("Rest in silence", _share(share), "", said, _tone(share, good=0.95, fair=0.8))


def _steadiness_cards(score: "Score") -> list[Card]:
    steady = score.steadiness
    if steady.sharpness_ratio is None:
        return [
            Card(
                "Mouth sharpness",
                _figure(steady.sharpness, 0),
                "",
                "Variance of the Laplacian of the mouth. It says little alone: give the source video as the "
                "reference to see how much was lost.",
            ),
            Card(
                "Lip flicker",
                _figure(steady.lip_flicker),
                "mm",
                "How far the lip lines jump to and fro from frame to frame. Compare it with a reference.",
            ),
        ]
    return [
        Card(
            "Mouth sharpness",
            _figure(steady.sharpness_ratio),
            "× reference",
            "Detail of the mouth divided by that of the reference's mouths open as far. 1: nothing was lost.",
            _tone(steady.sharpness_ratio, good=0.9, fair=0.6),
        ),
        Card(
            "Lip flicker",
            _figure(steady.lip_flicker_ratio),
            "× reference",
            "How much the lips tremble, divided by what the reference's do that move as far.",
            _tone(-_number(steady.lip_flicker_ratio), good=-1.5, fair=-2.5),
        ),
        Card(
            "Skin flicker",
            _figure(steady.skin_flicker_ratio),
            "× reference",
            "How much the skin beside the mouth and on the chin flickers, divided by the reference's own.",
            _tone(-_number(steady.skin_flicker_ratio), good=-1.5, fair=-2.5),
        ),
    ]


def _gap_section(score: "Score") -> Markup:
    curves = score.curves
    plot = Plot(
        [
            Series(
                "expected from the sound", list(zip(curves.seconds, curves.predicted_mm)), "b", is_dashed=True
            ),
            Series("measured on the mouth", list(zip(curves.seconds, curves.gap_mm)), "a"),
        ],
        "seconds",
        "opening, mm",
        bands=curves.silent_spans,
        band_label="nobody speaks",
    )
    said = (
        "The gap between the inner lips, frame by frame, on a face of average size. The dashed line is what "
        "the sync judge expects from the sound alone, brought to the same mean and spread. Where both rise "
        "and fall together, the mouth fits the words."
    )
    return section("The mouth and the voice", said, line_plot(plot))


def _lag_section(score: "Score") -> Markup:
    sync = score.sync
    lags = [lag * 1000 for lag in sync.lags]
    marks = [(0.0, "as it plays")]
    if math.isfinite(sync.av_offset) and abs(sync.av_offset) >= 0.01:
        marks.append((sync.av_offset * 1000, f"best: {sync.av_offset * 1000:+.0f} ms"))
    plot = Plot(
        [
            Series("of where the mouth is", list(zip(lags, sync.r_by_lag)), "c"),
            Series("of how it moves", list(zip(lags, sync.change_r_by_lag)), "a"),
        ],
        "sound late by, ms",
        "r",
        height=240,
        marks=marks,
    )
    said = (
        "How well mouth and sound fit when the sound is moved in time. One clear peak at 0 means the two are "
        "in step; a peak at the right means that the sound comes late, at the left that the mouth does. How "
        "the mouth moves has the sharper peak and decides."
    )
    return section("Early or late", said, line_plot(plot))


def _window_section(score: "Score") -> Markup:
    sync = score.sync
    series = Series("correlation within two seconds", list(zip(sync.window_seconds, sync.window_r)), "c")
    plot = Plot([series], "seconds", "r", height=200, y_range=(-1.0, 1.0))
    said = (
        f"The same correlation in windows of two seconds: {_share(sync.in_step_share)} of them follow the "
        "voice (r of 0.3 or more). A dip shows where to look."
    )
    return section("Throughout the video", said, line_plot(plot))


def _fact_section(score: "Score") -> Markup:
    rows = [("video", str(score.video)), ("sound", str(score.audio))]
    if score.reference is not None:
        rows.append(("reference", str(score.reference)))
    notes = [
        "The sync judge is a network of its own that no engine listens with, trained on fewer speakers.",
        "Small, turned and covered faces are measured less exactly, and r is lower for them.",
    ]
    return section(
        "What was measured",
        "",
        facts([*rows, *((name, f"{value}, {meaning}") for name, value, meaning in score.rows())]),
        bullets(notes),
    )


def _rate(fps: str) -> str:
    top, _, bottom = fps.partition("/")
    return f"{float(top) / float(bottom or 1):.3f}".rstrip("0").rstrip(".")


def _number(value: float | None) -> float:
    return math.nan if value is None else value


def _figure(value: float | None, digits: int = 2) -> str:
    return f"{value:.{digits}f}" if value is not None and math.isfinite(value) else "-"


def _share(value: float) -> str:
    return f"{value:.0%}" if math.isfinite(value) else "-"


def _tone(value: float, *, good: float, fair: float) -> Tone:
    if not math.isfinite(value):
        return "plain"
    if value >= good:
        return "good"
    return "fair" if value >= fair else "poor"
