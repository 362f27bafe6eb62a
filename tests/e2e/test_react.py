"""react-1 from file to file: what each prompt promises, measured on the decoded output."""

import wave
from pathlib import Path

import numpy as np
import pytest

from lipwright.analysis.faces.analyzer import FaceAnalyzer, FaceOptions
from lipwright.app.generate import lipsync
from lipwright.errors import UsageError
from lipwright.media.video_reader import VideoReader
from lipwright.scoring.expression import ExpressionCurves, expression_curves
from tests.footage import Footage


def _expressions(short_footage: Footage, output: Path, **options: str) -> ExpressionCurves:
    lipsync(short_footage.video, short_footage.audio, output, model="react-1", **options)
    with VideoReader(output) as reader, FaceAnalyzer(FaceOptions(with_brows=True)) as analyzer:
        for picture in reader.read():
            analyzer.push(picture)
        (track,) = analyzer.finish().tracks.values()
    return expression_curves(track)


@pytest.fixture(scope="module")
def neutral(short_footage: Footage, tmp_path_factory: pytest.TempPathFactory) -> ExpressionCurves:
    return _expressions(short_footage, tmp_path_factory.mktemp("neutral") / "out.mp4", prompt="neutral")


@pytest.mark.parametrize(
    ("prompt", "measure", "way"),
    [("happy", "corner_height", 1), ("sad", "corner_height", -1), ("angry", "brow_height", -1)],
)
def test_a_prompt_is_seen_in_the_output(
    short_footage: Footage,
    neutral: ExpressionCurves,
    tmp_path: Path,
    prompt: str,
    measure: str,
    way: int,
) -> None:
    """Against neutral, by more than the measure trembles."""
    found = _expressions(short_footage, tmp_path / "out.mp4", prompt=prompt)
    change = getattr(found, measure) - getattr(neutral, measure)
    assert way * np.nanmean(change) > 0.3


def test_more_than_fifteen_seconds_are_refused(short_footage: Footage, tmp_path: Path) -> None:
    """With what was found, what is allowed, and what to do."""
    voice = tmp_path / "long.wav"
    with wave.open(str(voice), "wb") as file:
        file.setparams((1, 2, 16000, 0, "NONE", ""))
        file.writeframes(bytes(2 * 16000 * 16))
    with pytest.raises(UsageError, match=r"at most 15 s .* react-1, this would be 16\.0 s; cut the voice"):
        lipsync(short_footage.video, voice, tmp_path / "out.mp4", model="react-1")
    assert not (tmp_path / "out.mp4").exists()


def test_what_a_model_cannot_show_is_said_in_a_note(short_footage: Footage, tmp_path: Path) -> None:
    """Other models ignore it, as those of the vendor do; nobody shall look for a smile in vain."""
    report = lipsync(
        short_footage.video,
        short_footage.audio,
        tmp_path / "out.mp4",
        model="lipsync-1.9",
        prompt="happy",
        model_mode="head",
    )
    said = [note for note in report.notes if "choose react-1" in note]
    assert said == [
        "prompt happy and mode head were left out: lipsync-1.9 does not take them; choose react-1, which does"
    ]
