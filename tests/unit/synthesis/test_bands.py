import numpy as np

from lipwright.synthesis.bands import mix_shading

SIGMA = 4.0


def _mouth(light: float, seed: int) -> np.ndarray:
    grain = np.random.default_rng(seed).normal(0, 10, (48, 64, 3))
    return np.clip(light + grain, 0, 255).astype(np.uint8)


def test_detail_comes_from_the_main_mouth_alone() -> None:
    """Mixing in a mouth of the same shading but other grain changes next to nothing."""
    main = _mouth(120, 1)
    mixed = mix_shading(main, [(_mouth(120, 2), 0.5)], SIGMA)
    grain = main[..., 0] - main[..., 0].mean()
    assert np.corrcoef(grain.ravel(), mixed[..., 0].ravel())[0, 1] > 0.99
    assert abs(mixed.std() / main.std() - 1) < 0.03


def test_light_that_differs_a_little_is_evened_out() -> None:
    """Half the weight goes half the way."""
    mixed = mix_shading(_mouth(120, 1), [(_mouth(124, 2), 0.5)], SIGMA)
    assert 1.2 < mixed.mean() - _mouth(120, 1).mean() < 2.2


def test_a_mouth_that_shows_something_else_has_no_say() -> None:
    """Teeth beside a dark mouth: 60 levels apart is no matter of light."""
    main = _mouth(60, 1)
    np.testing.assert_allclose(mix_shading(main, [(_mouth(120, 2), 0.5)], SIGMA), main, atol=1)


def test_one_mouth_alone_is_itself() -> None:
    main = _mouth(120, 1)
    np.testing.assert_array_equal(mix_shading(main, [], SIGMA), main)
