import numpy as np
import pytest

from lipwright.synthesis.action_units import (
    EXPRESSIONS,
    MOUTH_UNITS,
    UNITS,
    ExpressionField,
    Part,
    Prompt,
    expression_field,
    manner_of,
    units_of,
)
from lipwright.synthesis.face_map import PARTS, POINTS, FaceMap, measure_face_map, places
from tests.tracks import make_track

CORNERS = places(61, 291)
INNER_BROWS = places(55, 107, 285, 336)
BROWS = places(70, 63, 105, 66, 107, 300, 293, 334, 296, 336)
UPPER_LIDS = places(159, 386)
LOWER_LIDS = places(145, 374)
OUTLINE = places(10, 234, 454, 152)


@pytest.fixture(scope="module")
def face() -> FaceMap:
    face = measure_face_map(make_track(np.zeros(3), with_brows=True))
    assert face is not None
    return face


def _field(face: FaceMap, prompt: Prompt) -> ExpressionField:
    return expression_field(units_of(prompt), face.shape, POINTS, PARTS, face.eye_distance)


@pytest.mark.parametrize(
    ("prompt", "points", "way"),
    [
        (Prompt.HAPPY, CORNERS, 1),
        (Prompt.SAD, CORNERS, -1),
        (Prompt.SAD, INNER_BROWS, 1),
        (Prompt.ANGRY, BROWS, -1),
        (Prompt.DISGUSTED, CORNERS, -1),
        (Prompt.DISGUSTED, INNER_BROWS, -1),
        (Prompt.SURPRISED, BROWS, 1),
    ],
)
def test_every_prompt_moves_what_its_action_units_say(
    face: FaceMap, prompt: Prompt, points: np.ndarray, way: int
) -> None:
    """By more than a millimetre, and by less than a caricature would."""
    height = way * _field(face, prompt).skin[points, 1]
    assert (height > 0.4).all()
    assert 1.0 < height.mean() < 9.0


def test_surprise_opens_the_eyes(face: FaceMap) -> None:
    """Action unit 5; only the lids take part, so that the drawing can leave shut eyes alone."""
    field = _field(face, Prompt.SURPRISED)
    assert (field.lids[UPPER_LIDS, 1] > 1.0).all()
    assert np.abs(field.lids[LOWER_LIDS, 1]).max() < 0.2
    assert not field.lids[PARTS != Part.LID].any()
    assert not field.skin[PARTS == Part.LID].any()


def test_neutral_moves_nothing(face: FaceMap) -> None:
    field = _field(face, Prompt.NEUTRAL)
    assert not field.skin.any()
    assert not field.lids.any()


@pytest.mark.parametrize("prompt", Prompt)
def test_both_halves_of_a_face_move_alike(face: FaceMap, prompt: Prompt) -> None:
    """Mirrored across, equal in height."""
    skin = _field(face, prompt).skin
    left, right = skin[places(61, 105, 50, 129)], skin[places(291, 334, 280, 358)]
    np.testing.assert_allclose(left * [-1, 1, 1], right, atol=0.15)


@pytest.mark.parametrize("prompt", Prompt)
def test_the_outline_of_the_face_stays(face: FaceMap, prompt: Prompt) -> None:
    """Hair and background hang on it."""
    assert not _field(face, prompt).skin[OUTLINE].any()


@pytest.mark.parametrize("prompt", Prompt)
def test_the_units_of_a_mouth_move_nothing_above_the_cheeks(face: FaceMap, prompt: Prompt) -> None:
    """Mode lips: the corners do what they do in a whole expression, rather more; brows and lids rest."""
    field = expression_field(
        units_of(prompt, with_mouth_only=True), face.shape, POINTS, PARTS, face.eye_distance
    )
    assert not field.lids.any()
    assert np.abs(field.skin[BROWS]).max() < 0.05
    whole = np.abs(_field(face, prompt).skin[CORNERS, 1])
    assert (np.abs(field.skin[CORNERS, 1]) > whole - 1.0).all()


@pytest.mark.parametrize("prompt", Prompt)
def test_a_mouth_without_the_help_of_the_face_speaks_more_strongly_in_its_manner(prompt: Prompt) -> None:
    """What is added to openings and widths grows as its units do, and keeps its sign."""
    whole, alone = manner_of(prompt), manner_of(prompt, with_mouth_only=True)
    for few, many in ((whole.opening - 1.0, alone.opening - 1.0), (whole.width_mm, alone.width_mm)):
        assert (few == many == 0.0) or 1.0 < many / few < 1.5


def test_an_angry_chin_pushes_the_lower_lip_up(face: FaceMap) -> None:
    """Both lips get thinner: the upper one comes down to it."""
    units = units_of(Prompt.ANGRY, with_mouth_only=True)
    skin = expression_field(units, face.shape, POINTS, PARTS, face.eye_distance).skin
    assert (skin[places(84, 314), 1] > 1.0).all()
    assert (skin[places(37, 267), 1] < 0.0).all()


def test_every_unit_that_is_used_is_defined() -> None:
    assert {unit for units in EXPRESSIONS.values() for unit in units} <= set(UNITS)
    assert set(UNITS) >= MOUTH_UNITS
    assert set(EXPRESSIONS) == set(Prompt)
