"""Where the source's own mouth is shown because of what is in front of it."""

import numpy as np
import pytest
from numpy.typing import NDArray

from lipwright.analysis.faces.hidden import hidden_share
from lipwright.analysis.faces.missing_lips import LIP_POINTS
from lipwright.analysis.faces.occlusion import MOUTH_POINTS
from lipwright.analysis.faces.track import FaceTrack
from tests.tracks import make_track

ROWS = np.arange(80)
COVER, BESIDE = slice(30, 50), slice(26, 54)


def _track(occlusion: float, lips_apart: float = np.nan) -> FaceTrack:
    """Something comes before a mouth and goes."""
    track = make_track(np.full(80, 5.0))
    track.occlusion[COVER] = occlusion
    track.cover_bits[COVER, 0] = 255
    track.lips_apart[COVER] = lips_apart
    return track


def _is_hidden(track: FaceTrack) -> NDArray[np.bool_]:
    return hidden_share(track, ROWS) > 0.5


def test_a_mouth_that_is_mostly_covered_is_hidden() -> None:
    """And one of which less is covered is not."""
    assert _is_hidden(_track(0.8))[32:48].all()
    assert not _is_hidden(_track(0.8))[[*range(30), *range(50, 80)]].any()
    assert not hidden_share(_track(0.5), ROWS).any()


@pytest.mark.parametrize(("n_lip_points", "is_hidden"), [(10, False), (14, True)])  # of 40
def test_a_small_thing_that_is_before_the_lips_hides_them(n_lip_points: int, is_hidden: bool) -> None:
    """The head of a microphone is small beside chin and cheeks, which show that nothing else is covered."""
    track = _track(0.6)
    covered = np.zeros(len(MOUTH_POINTS), np.bool_)
    covered[np.flatnonzero(np.isin(MOUTH_POINTS, LIP_POINTS))[:n_lip_points]] = True
    track.cover_bits[COVER] = np.packbits(covered)
    assert _is_hidden(track)[31:49].all() == is_hidden
    assert not _is_hidden(track)[:28].any()


def test_lips_that_are_read_beside_a_cover_are_not_hidden() -> None:
    """A hand that is waved past leaves enough of them to draw."""
    assert not hidden_share(_track(0.8, lips_apart=2.0), ROWS).any()
    assert _is_hidden(_track(0.8, lips_apart=4.2))[32:48].all()
    assert _is_hidden(_track(1.0, lips_apart=2.0))[32:48].all()


def test_lips_that_are_guessed_are_hidden_beside_a_cover_only() -> None:
    """Under a moustache the looks contradict each other as much, and the mouth is drawn."""
    assert _is_hidden(_track(0.3, lips_apart=8.0))[32:48].all()
    moustache = make_track(np.full(80, 5.0))
    moustache.lips_apart[:] = 7.0
    assert not hidden_share(moustache, ROWS).any()


def test_lips_may_be_less_sure_behind_a_cover_with_an_outline() -> None:
    """They are drawn behind it; beside something that cannot be told from the face they would be on it."""
    track = _track(0.3, lips_apart=6.5)
    assert not hidden_share(track, ROWS).any()
    track.cover_bits[:] = 0
    assert _is_hidden(track)[32:48].all()


def test_a_cover_that_is_outlined_for_a_moment_is_none_behind_which_lips_may_be_less_sure() -> None:
    """A hand that crosses the mouth in two frames is outlined in one of them."""
    track = _track(0.3, lips_apart=6.5)
    track.cover_bits[34:46] = 0
    assert _is_hidden(track)[36:44].all()
    track.cover_bits[39:41, 0] = 255
    assert _is_hidden(track)[36:44].all()
    track.cover_bits[34:46, 0] = 255
    assert not hidden_share(track, ROWS).any()


def test_a_turned_mouth_is_not_drawn_behind_what_seems_to_cover_it() -> None:
    """It may be the wall behind the face. Without a cover, or seen from the front, the mouth is drawn."""
    track = _track(0.5)
    track.yaw[:] = -42.0
    is_hidden = _is_hidden(track)
    assert is_hidden[32:48].all()
    assert not is_hidden[[*range(30), *range(50, 80)]].any()
    track.yaw[:] = -30.0
    assert not hidden_share(track, ROWS).any()


def test_lips_are_guessed_before_the_cover_is_seen() -> None:
    """The mesh is drawn to a microphone that is not there yet; far from it a misread frame is drawn."""
    track = _track(0.3, lips_apart=8.0)
    track.lips_apart[BESIDE] = 8.0
    track.lips_apart[5:9] = 8.0
    is_hidden = _is_hidden(track)
    assert is_hidden[28:52].all()
    assert not is_hidden[:20].any()


def test_a_mouth_does_not_come_back_for_half_a_second() -> None:
    """Between two covers it pops up and goes again; after a second it is worth it."""
    track = _track(0.9)
    track.occlusion[36:44] = 0.0
    assert _is_hidden(track)[32:48].all()
    apart = make_track(np.full(80, 5.0))
    apart.occlusion[[*range(25), *range(50, 80)]] = 0.9
    assert not _is_hidden(apart)[26:49].any()


def test_a_mouth_comes_back_after_the_last_cover_however_late() -> None:
    """And is there before the first: at the ends of a shot nothing pops up and goes again."""
    track = make_track(np.full(80, 5.0))
    track.occlusion[5:75] = 0.9
    is_hidden = _is_hidden(track)
    assert is_hidden[7:73].all()
    assert not is_hidden[[*range(5), *range(76, 80)]].any()


def test_a_change_takes_several_frames() -> None:
    """It is a fade, slow at both ends."""
    steps = np.abs(np.diff(hidden_share(_track(0.9), ROWS)))
    assert steps.max() < 0.34
    assert (steps > 0).sum() >= 8


def _smeared(frames: slice, occlusion: float = 0.4) -> FaceTrack:
    """Something is in front of a mouth for 20 frames, and the face is blurred in some of them."""
    track = _track(occlusion)
    track.sharpness[frames] = 50.0
    return track


def test_a_hand_that_is_waved_past_hides_the_mouth_while_it_is_blurred() -> None:
    """Its outline is smeared over the lips: nothing can be drawn behind it. In focus it can."""
    hidden = hidden_share(_smeared(slice(38, 42)), ROWS)
    assert (hidden[38:42] > 0.85).all()
    assert not hidden[[*range(34), *range(46, 80)]].any()
    assert not hidden_share(_track(0.4), ROWS).any()


def test_a_blur_without_a_cover_hides_nothing() -> None:
    """A head that moves is soft as well, and its lips are drawn as soft."""
    assert not hidden_share(_smeared(slice(60, 64)), ROWS).any()
    assert not hidden_share(_smeared(slice(38, 42), occlusion=0.1), ROWS).any()


def test_a_blur_of_one_frame_or_of_all_is_no_smear() -> None:
    """A nod blurs for a frame, and misleads the colors as long; a soft picture is soft throughout."""
    assert not hidden_share(_smeared(slice(40, 41)), ROWS).any()
    assert not hidden_share(_smeared(slice(80)), ROWS).any()


@pytest.mark.parametrize("rate", [24, 25, 29.97, 50, 60])
def test_a_mouth_changes_over_in_the_same_time_at_any_rate(rate: float) -> None:
    """A fifth of a second, two fifths of it before the cover; at 60 frames a second it took a twelfth."""
    seconds = np.arange(round(4 * rate)) / rate
    track = make_track(np.full(len(seconds), 5.0))
    track.frames_per_second = rate
    track.occlusion[(seconds >= 1) & (seconds < 3)] = 0.9
    hidden = hidden_share(track, np.arange(len(seconds)))
    begins = seconds[(hidden == 0) & (seconds < 1)].max()
    ends = seconds[hidden > 0.999].min()
    assert begins == pytest.approx(0.92, abs=0.03)
    assert ends - begins == pytest.approx(0.2, abs=0.04)


def test_a_mouth_does_not_come_back_for_less_than_half_a_second_at_50_frames_a_second() -> None:
    """The time counts: 16 frames are as short there as 8 are at 25."""
    track = make_track(np.full(160, 5.0))
    track.frames_per_second = 50.0
    track.occlusion[60:100] = 0.9
    track.occlusion[72:88] = 0.0
    assert (hidden_share(track, np.arange(160)) > 0.5)[64:96].all()


def _touched_by(frames: slice, rate: float = 25.0) -> NDArray[np.float32]:
    """What is hidden where a microphone touches the lips in these of 160 frames."""
    track = make_track(np.full(160, 5.0))
    track.frames_per_second = rate
    track.occlusion[frames] = 0.7
    return hidden_share(track, np.arange(160))


@pytest.mark.parametrize("rate", [24, 25, 29.97, 50, 60])
def test_a_cover_that_is_gone_at_once_is_faded_outside(rate: float) -> None:
    """Its fades have no room inside: a microphone that touched the lips for two frames tore them."""
    begin, n_frames = 80, round(0.08 * rate)
    hidden = _touched_by(slice(begin, begin + n_frames), rate)
    assert (hidden[begin : begin + n_frames] > 0.99).all()
    far = round(0.3 * rate)
    assert not hidden[[*range(begin - far), *range(begin + n_frames + far, 160)]].any()


def test_a_longer_cover_is_faded_inside() -> None:
    """A mouth that is seen moves with the voice as long as it can; one step may lie outside."""
    hidden = _touched_by(slice(80, 88))
    assert hidden[83:85].min() > 0.99
    assert not hidden[[*range(79), *range(89, 160)]].any()


def test_a_cover_of_one_frame_hides_nothing_round_it() -> None:
    """It may be a mistake."""
    assert (_touched_by(slice(80, 81)) > 0).sum() <= 3


def test_what_is_hidden_does_not_depend_on_where_the_output_ends() -> None:
    """Between two covers a mouth stays hidden though a short voice never comes to the second."""
    track = _track(0.9)
    track.occlusion[36:44] = 0.0
    assert (hidden_share(track, ROWS[:42]) == hidden_share(track, ROWS)[:42]).all()


def test_one_frame_and_none() -> None:
    """There is nothing to fade to."""
    assert hidden_share(_track(0.9), np.array([40])).tolist() == [1.0]
    assert hidden_share(_track(0.9), np.array([5])).tolist() == [0.0]


@pytest.mark.parametrize("end", [0, -1])
def test_a_cover_with_which_a_shot_begins_or_ends_is_not_forgotten(end: int) -> None:
    """A hand that leaves the mouth in the second frame: no lips are laid on it in the first."""
    track = make_track(np.full(80, 5.0))
    track.occlusion[end] = 1.0
    track.cover_bits[end, 0] = 255
    assert hidden_share(track, ROWS)[end] == 1.0
    assert hidden_share(track, ROWS)[40] == 0.0
