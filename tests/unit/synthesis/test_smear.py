import numpy as np

from lipwright.synthesis.smear import lost_halvings, travel

GAPS = np.linspace(0, 12, 60).astype(np.float32)
SHARPNESS = (60 * 2 ** (GAPS / 4)).astype(np.float32)


def test_a_smeared_mouth_has_lost_what_its_like_have() -> None:
    """A quarter of the sharpness is two halvings; open mouths are sharper, and shut ones no worse for it."""
    sharpness = SHARPNESS.copy()
    sharpness[40] /= 4
    lost = lost_halvings(GAPS, sharpness)
    assert abs(lost[40] - 2) < 0.1
    assert np.delete(lost, 40).max() < 1.1


def test_the_most_shut_mouths_are_not_their_own_measure() -> None:
    """Where all shut lips but one are smeared they have lost what the next ones keep."""
    sharpness = SHARPNESS.copy()
    sharpness[:4] /= 8
    lost = lost_halvings(GAPS, sharpness)
    assert (lost[:4] > 2.5).all()
    assert lost[4] < 1


def test_no_mouth_and_a_single_one_have_lost_nothing() -> None:
    """There is nothing to compare with."""
    assert lost_halvings(GAPS[:0], SHARPNESS[:0]).tolist() == []
    assert lost_halvings(GAPS[:1], SHARPNESS[:1]).tolist() == [0]


def test_a_head_travels_as_far_as_its_longer_step() -> None:
    """In mm, not pixels; frames beside a lost face know one step or none."""
    x = np.array([0, 0, 20, 22, np.nan, 50, np.nan, 9], np.float32)
    places, scales = np.stack([x, 0 * x], axis=1), np.where(np.isnan(x), np.nan, 2).astype(np.float32)
    assert travel(places, scales).tolist() == [0, 10, 10, 1, 0, 0, 0, 0]
    assert travel(places[:1], scales[:1]).tolist() == [0]
