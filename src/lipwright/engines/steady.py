"""What the donors about a row have in common, so that nothing but the opening changes in one frame.

It comes from the plan, not from what was drawn before: a chunk that is drawn alone is the same.
"""

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lipwright.engines.base import MouthPlan, Scene
from lipwright.synthesis.lip_layer import Donor
from lipwright.synthesis.mouth_bank import Tone
from lipwright.synthesis.placement import shutness
from lipwright.synthesis.shade import LIPS, shade_shifts

Float32Array = NDArray[np.float32]
_Place = tuple[int, int]
"""Of a donor: its track and its frame."""

_REACH = 4
_SHARES = np.exp(-0.5 * np.square(np.arange(-_REACH, _REACH + 1) / 1.6))
"""The say of the donors of the frames to either side: a change takes about four frames, a syllable's half."""
_SHUT_SHARES = np.array([1, 2, 3, 4, 3, 2, 1], np.float32) / 16
"""The say of the frames to either side in whether lips have the shape of shut ones."""
_SHUT_REACH = len(_SHUT_SHARES) // 2
_MAX_LIFT = 1.5
"""What is lifted further turns to grain."""


def steadied(scene: Scene, plan: MouthPlan, row: int, donor: Donor, place: _Place) -> Donor:
    """A donor of a row, with what brings it to the mean shading of the main ones about it, and their detail.

    None is made softer than it was filmed.
    """
    own = _tone(scene, place)
    shares = _shares_about(plan, row)
    tones = [_tone(scene, other) for other in shares]
    weights = np.fromiter(shares.values(), np.float32)
    shift = np.tensordot(weights, shade_shifts(own.shade, np.stack([tone.shade for tone in tones])), axes=1)
    shift[LIPS] += weights @ np.stack([tone.tint for tone in tones])
    return replace(
        donor, shift=shift.astype(np.float32), texture=own.texture, lift=_lift(own, tones, weights)
    )


def shut_lips_about(scene: Scene, plan: MouthPlan, row: int) -> tuple[Float32Array | None, float]:
    """The shut lips of the donors about a row, and how far its own have that shape, as ``place`` takes them.

    Pressed lips are rolled in and narrow, or as broad as in a smile, which no model of measures knows. Where
    they took that shape within one frame, a tenth to a fifth of all trembling of lips was from it.
    """
    low, high = max(0, row - _SHUT_REACH), min(len(plan.donors), row + _SHUT_REACH + 1)
    near, weights = slice(low, high), shutness(plan.order.measures[low:high])
    shut = float(weights[row - low])
    shares = _SHUT_SHARES[low - row + _SHUT_REACH : high - row + _SHUT_REACH]
    nearness = max(shut, float(weights @ shares / shares.sum()))
    owner = plan.order.track_id
    if plan.donor_tracks is not None:
        owner = int(plan.donor_tracks[row, 0])
        weights = weights * (plan.donor_tracks[near, 0] == owner)
    if not shut:
        weights = weights * shares
    counts = weights > 0
    if not counts.any():
        return None, 0.0
    return scene.geometries[owner].shut_lips(plan.donors[near, 0][counts], weights[counts]), nearness


def _lift(own: Tone, tones: list[Tone], weights: Float32Array) -> float:
    """How much finer the mean detail of the donors' lips is than that of the own ones, 1 to the most."""
    if not own.texture:
        return 1.0
    finer = sum(
        float(weight) * math.log(tone.texture / own.texture)
        for tone, weight in zip(tones, weights, strict=True)
        if tone.texture
    )
    return float(np.clip(math.exp(finer), 1.0, _MAX_LIFT))


def _shares_about(plan: MouthPlan, row: int) -> dict[_Place, float]:
    """The say of each donor that is the main one of a row nearby; they sum to 1."""
    low, high = max(0, row - _REACH), min(len(plan.donors), row + _REACH + 1)
    frames = plan.donors[low:high, 0].tolist()
    tracks = (
        [plan.order.track_id] * len(frames)
        if plan.donor_tracks is None
        else plan.donor_tracks[low:high, 0].tolist()
    )
    weights = _SHARES[low - row + _REACH : high - row + _REACH]
    shares: dict[_Place, float] = {}
    for place, weight in zip(zip(tracks, frames, strict=True), weights / weights.sum(), strict=True):
        shares[place] = shares.get(place, 0.0) + float(weight)
    return shares


def _tone(scene: Scene, place: _Place) -> Tone:
    track_id, frame_index = place
    return scene.bank.tone(track_id, frame_index, scene.geometries[track_id].own_points)
