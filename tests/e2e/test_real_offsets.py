"""Real footage whose sound is known to be off its picture; nothing of it is in the project."""

from pathlib import Path

import pytest

from lipwright.analysis.sync_judge import Verdict
from lipwright.app.score import score

MEDIA = Path(__file__).parents[3] / "shared" / "media" / "video"

pytestmark = pytest.mark.skipif(not MEDIA.is_dir(), reason="no real footage beside the repository")

VOICE_OF_ANOTHER = "real_noem.wav"


@pytest.mark.parametrize(
    ("clip", "late"),
    [
        ("real_wda_aoc.mp4", 0.09),  # 8 s; two other judges say 0.08 and 0.10
        ("real_retalking_face3.mp4", 0.0),  # 5 s
    ],
)
def test_known_offsets_are_found(clip: str, late: float) -> None:
    """The judge heard none of these speakers."""
    found = score(MEDIA / clip).sync
    assert found.av_offset == pytest.approx(late, abs=0.04)
    assert found.opinion.verdict is (Verdict.OFF if late > 0.05 else Verdict.IN_SYNC)


def test_a_foreign_voice_is_not_judged() -> None:
    """Other words: no lag may be called the right one."""
    found = score(MEDIA / "real_wda_aoc.mp4", MEDIA / VOICE_OF_ANOTHER).sync
    assert found.opinion.verdict is Verdict.CANNOT_TELL
    assert found.r < 0.2
