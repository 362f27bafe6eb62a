"""Real clips, where they are at hand: what no synthesized file would have thought of."""

from fractions import Fraction
from pathlib import Path

import pytest

from lipwright.media.audio_reader import read_audio
from lipwright.media.probe import probe, probe_audio
from lipwright.media.video_reader import VideoReader
from tests.unit.media.synthetic import same

MEDIA = Path(__file__).parents[4] / "shared" / "media"
CLIPS = [
    "real_oldman_beard_tilt.mp4",
    "real_rap_mic_occlusion_cuts.mp4",
    "real_grid_bbaf2n.mpg",
    "real_wda_aoc.mp4",
]

pytestmark = pytest.mark.skipif(not MEDIA.is_dir(), reason="the shared clips are not here")


@pytest.mark.parametrize("name", CLIPS)
def test_as_many_frames_are_read_as_were_counted(name: str) -> None:
    """And reading from the middle gives the same pictures."""
    reader = VideoReader(MEDIA / "video" / name, threads=2)
    pictures = list(reader.read())
    assert len(pictures) == reader.info.n_frames
    middle = len(pictures) // 2
    assert all(same(a, b) for a, b in zip(reader.read(middle, middle + 5), pictures[middle:], strict=False))


def test_an_edit_list_hides_frames_without_shifting_the_rest() -> None:
    """Cut losslessly: 57 of 266 packets only serve to decode what follows."""
    info = probe(MEDIA / "video" / "real_oldman_beard_tilt.mp4").need_video()
    assert (info.n_frames, info.fps, info.start_seconds) == (209, Fraction(30000, 1001), 0)


def test_a_video_that_starts_after_its_sound_says_when() -> None:
    """Its first frame is 0.85 s into the file."""
    info = probe(MEDIA / "video" / "real_rap_mic_occlusion_cuts.mp4")
    assert info.need_video().start_seconds == Fraction(10214, 11988)
    assert info.need_audio().start_seconds < Fraction(1, 100)


@pytest.mark.parametrize("path", sorted((MEDIA / "audio").glob("*.m[p4]*")), ids=lambda path: path.name)
def test_sound_lasts_as_long_as_probed(path: Path) -> None:
    """To a millisecond; one of them has its encoder delay in an iTunes tag only."""
    assert abs(len(read_audio(path)) / 16000 - probe_audio(path).duration) < Fraction(1, 1000)
