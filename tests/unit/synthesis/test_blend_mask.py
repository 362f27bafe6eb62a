import numpy as np

from lipwright.geometry import Box
from lipwright.synthesis.blend_mask import below_line, depth_inside, fade, lip_distance


def test_distance_is_zero_on_the_lips_and_grows_in_millimetres() -> None:
    """Ten pixels outside, at two pixels a millimetre, are five millimetres."""
    angles = np.linspace(0, 2 * np.pi, 20, endpoint=False)
    ring = np.stack([50 + 20 * np.cos(angles), 50 + 10 * np.sin(angles)], axis=1).astype(np.float32)
    distance = lip_distance(ring, Box(0, 0, 100, 100), pixels_per_mm=2.0)
    assert distance[50, 50] == 0
    assert abs(distance[50, 80] - 5.0) < 0.5


def test_fading_is_whole_inside_and_nothing_outside() -> None:
    """Between the two distances it falls and never rises."""
    weights = fade(np.linspace(0, 20, 201, dtype=np.float32), 3.0, 12.0)
    assert (weights[:30] == 1).all()
    assert (weights[121:] == 0).all()
    assert (np.diff(weights) <= 0).all()


def test_a_tilted_line_parts_above_from_below() -> None:
    """Below the line 1, well above it 0, also when the head is tilted."""
    start, end = np.array([10, 40], np.float32), np.array([90, 60], np.float32)
    weights = below_line(start, end, Box(0, 0, 100, 100), softness=4.0)
    assert weights[80, 50] == 1.0
    assert weights[20, 50] == 0.0
    assert weights[55, 20] == 1.0
    assert weights[45, 80] == 0.0


def test_depth_is_measured_to_the_whole_outline() -> None:
    """Also where the box shows a part of it: five millimetres from the side, none beyond it."""
    outline = np.array([[-100, -100], [70, -100], [70, 300], [-100, 300]], np.float32)
    depth = depth_inside(outline, Box(20, 40, 100, 80), pixels_per_mm=2.0)
    assert depth.shape == (40, 80)
    assert abs(depth[20, 40] - 5.0) < 0.6
    assert (depth[:, 52:] == 0).all()
