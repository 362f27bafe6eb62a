import numpy as np

from lipwright.synthesis.color_match import light_difference

SHAPE = (80, 120)


def _skin() -> np.ndarray:
    skin = np.ones(SHAPE, np.float32)
    skin[30:50, 40:80] = 0
    return skin


def test_another_light_is_found_and_carried_over_the_lips() -> None:
    """A level and a gradient on the skin are known inside the lips too."""
    rng = np.random.default_rng(1)
    donor = rng.integers(90, 110, (*SHAPE, 3), dtype=np.uint8)
    ramp = np.linspace(-8, 8, SHAPE[1])[None, :, None] + 10
    scene = np.clip(donor + ramp, 0, 255).astype(np.uint8)
    scene[30:50, 40:80] = 0
    shift = light_difference(donor, scene, _skin())
    np.testing.assert_allclose(shift[40, 60], 10, atol=2.0)
    np.testing.assert_allclose(shift[40, 5], 3, atol=2.5)


def test_a_shadow_on_part_of_the_skin_is_not_taken_for_the_light() -> None:
    """A dark fold on a tenth of the skin moves the rest by little."""
    donor = np.full((*SHAPE, 3), 120, np.uint8)
    scene = donor.copy()
    scene[70:, :] = 20
    assert np.abs(light_difference(donor, scene, _skin())[20, 60]).max() < 5


def test_without_skin_to_compare_nothing_is_changed() -> None:
    """No evidence, no correction."""
    donor = np.full((*SHAPE, 3), 120, np.uint8)
    assert not light_difference(donor, donor + np.uint8(50), np.zeros(SHAPE, np.float32)).any()
