import numpy as np
import pytest

from lipwright.render.strength import replacement_strength
from tests.tracks import make_track

FRAMES = np.arange(60)


def test_speech_replaces_the_mouth_everywhere() -> None:
    """A voice that speaks all the time leaves no frame alone."""
    track = make_track(np.zeros(60))
    assert (replacement_strength(track, FRAMES, np.zeros(60, np.bool_)) == 1).all()


def test_a_shut_mouth_in_silence_is_left_alone() -> None:
    """Nothing to be done is done: not a sample changes."""
    track = make_track(np.zeros(60))
    assert (replacement_strength(track, FRAMES, np.ones(60, np.bool_)) == 0).all()


def test_a_mouth_just_ajar_in_silence_is_shut() -> None:
    """Only what is surely shut is left alone."""
    quiet = np.ones(60, np.bool_)
    assert (replacement_strength(make_track(np.full(60, 0.8)), FRAMES, quiet) == 1).all()
    assert (replacement_strength(make_track(np.full(60, 0.3)), FRAMES, quiet) == 0).all()


def test_a_talking_mouth_in_silence_is_shut() -> None:
    """The old speech must not show when the new voice is silent."""
    track = make_track(6 + 4 * np.sin(np.arange(60)))
    assert (replacement_strength(track, FRAMES, np.ones(60, np.bool_)) == 1).all()


def test_strength_rises_before_the_voice_and_falls_after() -> None:
    """No frame of speech is weaker than whole, and no step is a jump."""
    track = make_track(np.zeros(60))
    is_quiet = np.ones(60, np.bool_)
    is_quiet[20:40] = False
    strength = replacement_strength(track, FRAMES, is_quiet)
    assert (strength[20:40] == 1).all()
    assert strength[0] == strength[-1] == 0
    assert np.abs(np.diff(strength)).max() <= 0.21


def test_what_cannot_be_drawn_is_not() -> None:
    """Lost, tiny and turned faces keep their own mouth; the way there is gradual."""
    cases = {"lost": 0, "tiny": 1, "turned": 2}
    for case in cases:
        track = make_track(np.full(60, 5.0))
        hidden = slice(25, 35)
        if case == "lost":
            track.is_tracked[hidden] = False
        if case == "tiny":
            track.scales[hidden] *= 0.05
        if case == "turned":
            track.yaw[hidden] = -70
        strength = replacement_strength(track, FRAMES, np.zeros(60, np.bool_))
        assert (strength[hidden] == 0).all(), case
        assert strength[0] == strength[-1] == 1, case


def test_a_covered_mouth_changes_over_behind_the_cover() -> None:
    """Nothing fades while the cover is on its way, or the frames before it show two mouths; a frame of the
    cover itself does."""
    track = make_track(np.full(60, 5.0))
    track.occlusion[20:25] = 0.4
    track.occlusion[25:35] = 0.9
    strength = replacement_strength(track, FRAMES, np.zeros(60, np.bool_))
    assert (strength[:24] == 1).all()
    assert (strength[37:] == 1).all()
    assert strength[24:28] == pytest.approx([8 / 9, 6 / 9, 3 / 9, 1 / 9])
    assert (strength[28:32] == 0).all()


def test_where_most_is_covered_nothing_is_drawn() -> None:
    """Fully up to three tenths of what is seen round the mouth, not at all from three eighths."""
    track = make_track(np.full(60, 5.0))
    track.occlusion[:] = np.linspace(0.5, 0.85, 60)
    strength = replacement_strength(track, FRAMES, np.zeros(60, np.bool_))
    assert (strength[track.occlusion < 0.6] == 1).all()
    assert (strength[track.occlusion > 0.72] == 0).all()
    assert (np.diff(strength) <= 1e-6).all()


def test_one_frame_is_enough() -> None:
    """A run of a single frame has no neighbours to look at."""
    track = make_track(np.zeros(60))
    assert replacement_strength(track, np.array([7]), np.array([True])).tolist() == [0.0]


def test_a_turned_face_speaks_up_to_45_degrees_and_fades_out_beyond() -> None:
    """To either side; nothing is left at 55. In a head that turns by two degrees a frame it begins before."""
    track = make_track(np.full(60, 5.0))
    track.yaw[:] = np.linspace(-60, 60, 60)
    strength = replacement_strength(track, FRAMES, np.zeros(60, np.bool_))
    turned = np.abs(track.yaw)
    assert (strength[turned <= 41] == 1).all()
    assert (strength[turned >= 55] == 0).all()
    fading = strength[(track.yaw > 45) & (track.yaw < 55)]
    assert len(fading) > 3
    assert (np.diff(fading) <= 0).all()


def test_a_head_that_turns_at_once_fades_over_several_frames() -> None:
    """The mouth does not change from one frame to the next, and is gone when the head is turned."""
    track = make_track(np.full(60, 5.0))
    track.yaw[30:] = 70
    strength = replacement_strength(track, FRAMES, np.zeros(60, np.bool_))
    assert (strength[30:] == 0).all()
    assert np.abs(np.diff(strength)).max() < 0.34


@pytest.mark.parametrize("rate", [24.0, 25.0, 29.97, 50.0, 60.0])
def test_a_change_takes_as_long_at_any_rate(rate: float) -> None:
    """A lost face fades out over a fifth of a second; at 60 frames a second it took a twelfth."""
    seconds = np.arange(round(2 * rate)) / rate
    track = make_track(np.full(len(seconds), 5.0))
    track.frames_per_second = rate
    track.is_tracked[seconds >= 1] = False
    strength = replacement_strength(track, np.arange(len(seconds)), np.zeros(len(seconds), np.bool_))
    begins, ends = seconds[strength == 1].max(), seconds[strength == 0].min()
    assert ends - begins == pytest.approx(0.2, abs=0.04)
    assert (strength[seconds >= 1] == 0).all()


def test_a_mouth_that_never_comes_half_way_is_left_alone() -> None:
    """A head turned by 53 degrees, give or take two, would tremble about the mouth and never speak."""
    track = make_track(np.full(60, 5.0))
    track.yaw[:] = 53 + 2 * np.sin(np.arange(60) / 4)
    assert not replacement_strength(track, FRAMES, np.zeros(60, np.bool_)).any()
    track.yaw[30:] = 40
    strength = replacement_strength(track, FRAMES, np.zeros(60, np.bool_))
    assert (strength[32:] == 1).all()
    assert np.abs(np.diff(strength)).max() < 0.34
