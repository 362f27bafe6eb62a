"""How the mouth moves through a spoken line: phone targets, coarticulation, and lips that really close."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lipwright.samples.mouth import REST_WIDTH_MM, MouthPose
from lipwright.samples.phones import CLOSED_PHONES, PHONES, TimedPhone

Float64Array = NDArray[np.float64]

_STEP = 0.005
"""Seconds between steps of the computed motion."""
_CARRY_SECONDS = 0.030
"""How far neighbouring sounds colour each other's mouth shape (standard deviation)."""
_JAW_SHARE = 0.8
"""How far the chin goes down for each millimetre of gap; the lips add the rest."""


@dataclass(frozen=True, eq=False)
class MouthCurves:
    """A mouth over time: millimetres, float64, shape (n_frames,) each."""

    gap: Float64Array
    width: Float64Array
    jaw: Float64Array

    def __len__(self) -> int:
        """Number of frames."""
        return len(self.gap)

    def pose(self, frame_index: int) -> MouthPose:
        """The mouth in one frame; after the end it stays as in the last one."""
        row = min(frame_index, len(self.gap) - 1)
        return MouthPose(float(self.gap[row]), float(self.width[row]), float(self.jaw[row]))


def idle_mouth(n_frames: int) -> MouthCurves:
    """A mouth that stays shut."""
    return MouthCurves(np.zeros(n_frames), np.full(n_frames, REST_WIDTH_MM), np.zeros(n_frames))


def mouth_curves(phones: list[TimedPhone], fps: float, n_frames: int) -> MouthCurves:
    """The mouth motion that belongs to timed phones, at the start of each frame."""
    at = np.arange(0.0, max(phones[-1].stop, n_frames / fps) + 2 * _STEP, _STEP)
    index = np.clip(np.searchsorted([phone.stop for phone in phones], at, side="right"), 0, len(phones) - 1)
    gap = _carry(np.array([PHONES[phone.name].gap for phone in phones])[index])
    width = _carry(np.array([PHONES[phone.name].width for phone in phones])[index])
    jaw = _carry(_JAW_SHARE * gap)
    gap *= 1 - _closing(phones, at)
    frames = np.arange(n_frames) / fps
    return MouthCurves(*(np.interp(frames, at, curve) for curve in (gap, width, jaw)))


def _carry(curve: Float64Array) -> Float64Array:
    reach = round(3 * _CARRY_SECONDS / _STEP)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) * _STEP / _CARRY_SECONDS) ** 2)
    return np.convolve(np.pad(curve, reach, mode="edge"), kernel / kernel.sum(), mode="valid")


def _closing(phones: list[TimedPhone], at: Float64Array) -> Float64Array:
    """How far the lips are pressed together, 0 to 1: 1 through every closure, with quick ramps beside it."""
    closing = np.zeros_like(at)
    for phone in phones:
        if phone.name in CLOSED_PHONES:
            outside = np.maximum(phone.start - at, at - phone.stop)
            closing = np.maximum(closing, np.clip(1 - outside / 0.045, 0, 1))
    return closing * closing * (3 - 2 * closing)
