"""From the seven measures to the whole lower face: how one person's face follows their mouth."""

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import RBFInterpolator

from lipwright.errors import InstallationError
from lipwright.measures import N_MEASURES, Measure
from lipwright.synthesis import mouth_mesh as mesh

Float32Array = NDArray[np.float32]

_BASIS_FILE = "shape_basis.npz"
_PRIOR_FRAMES = 20.0
"""How many frames of a person's own speech weigh as much as the population."""

_SHUT_MM = 0.5
"""Below this the opening has no shape of its own."""
_OPENING_SHARE_UPPER = 0.35
"""Share of a gap correction taken by the upper lip; the rest is the lower lip's, as in natural opening."""


@dataclass(frozen=True, eq=False)
class ShapeModel:
    """A linear model of one face: shape = mean + (measures - mean measures) * basis."""

    mean: Float32Array
    """float32, shape (N_POINTS, 3): canonical mm."""
    mean_measures: Float32Array
    """float32, shape (7,): mm."""
    basis: Float32Array
    """float32, shape (7, N_POINTS, 3): mm per mm of each measure."""

    def shape(self, measures: Float32Array) -> Float32Array:
        """The lower face with exactly the wanted gap.

        Args:
            measures: float, shape (7,): canonical mm.

        Returns:
            float32, shape (N_POINTS, 3): canonical mm.
        """
        shape = self.mean + np.tensordot(measures - self.mean_measures, self.basis, axes=1)
        set_gap(shape, max(float(measures[Measure.GAP]), 0.0))
        return np.asarray(shape, dtype=np.float32)


def fit_shape_model(canonical: Float32Array, measures: Float32Array) -> ShapeModel:
    """A person's own shape model, held to the population's where the person shows too little.

    Args:
        canonical: float, shape (n, N_POINTS, 3), n >= 1, no NaN: canonical mm.
        measures: float, shape (n, 7): of the same frames.
    """
    shapes, moves = canonical.astype(np.float64), measures.astype(np.float64)
    mean, mean_measures = shapes.mean(axis=0), moves.mean(axis=0)
    prior, spread = _population_basis(mean)
    z = (moves - mean_measures) / spread
    offsets = (shapes - mean).reshape(len(shapes), -1)
    gram = z.T @ z + _PRIOR_FRAMES * np.eye(N_MEASURES)
    fitted = np.linalg.solve(gram, z.T @ offsets + _PRIOR_FRAMES * prior.reshape(N_MEASURES, -1))
    basis = fitted.reshape(N_MEASURES, mesh.N_POINTS, 3) / spread[:, None, None]
    return ShapeModel(mean.astype(np.float32), mean_measures.astype(np.float32), basis.astype(np.float32))


def set_gap(shape: NDArray[np.floating[Any]], wanted: float) -> None:
    """Moves the lips, in place, so that the mean inner gap is the wanted one; outer lips follow in part.

    Args:
        shape: float, shape (3 * N_RING or more, 3): canonical mm, the lips first.
        wanted: mm; less than 0 presses the lips on each other, so that nothing between them shows.
    """
    inner = shape[mesh.INNER]
    upper, lower = inner[mesh.UPPER_HALF, 1], inner[mesh.LOWER_HALF, 1][::-1]
    gaps = upper - lower
    change = _opened(gaps, wanted) - gaps
    for ring, share in ((mesh.INNER, 1.0), (mesh.MIDDLE, 0.8), (mesh.OUTER, 0.55)):
        lips = shape[ring]
        lips[mesh.UPPER_HALF, 1] += _OPENING_SHARE_UPPER * share * change
        lips[mesh.LOWER_HALF, 1] -= (1 - _OPENING_SHARE_UPPER) * share * change[::-1]


def lip_gap(shape: NDArray[np.floating[Any]]) -> float:
    """The mean inner gap that ``set_gap`` sets, mm."""
    inner = shape[mesh.INNER]
    return _mean_gap(inner[mesh.UPPER_HALF, 1] - inner[mesh.LOWER_HALF, 1][::-1])


def _opened(gaps: NDArray[np.floating[Any]], wanted: float) -> NDArray[np.floating[Any]]:
    """Gaps along the lips with the wanted mean, as near as can be to the given ones.

    A change spreads half as an arch and half as the mouth is open already; below 0 only for a mean below 0.
    """
    arch = np.sin(np.linspace(0.0, np.pi, len(gaps) + 2)[1:-1])
    if wanted < 0:
        return np.asarray(wanted * arch / _mean_gap(arch))
    opening = np.maximum(gaps, 0.0)
    usual = _mean_gap(opening)
    profile = arch if usual < _SHUT_MM else arch + opening / usual
    changed = np.maximum(gaps + (wanted - _mean_gap(gaps)) * profile / _mean_gap(profile), 0.0)
    found = _mean_gap(changed)
    return np.asarray(changed * (wanted / found) if found > 0 else np.zeros_like(gaps))


def _mean_gap(gaps: NDArray[np.floating[Any]]) -> float:
    """The measure: the middle five of the nine pairs on the ring."""
    return float(gaps[2:7].mean())


@cache
def _basis_table() -> dict[str, NDArray[np.float32]]:
    try:
        with resources.files("lipwright.synthesis").joinpath(_BASIS_FILE).open("rb") as file:
            table = np.load(file)
            return {name: table[name] for name in ("points", "basis", "spread")}
    except (OSError, KeyError, ValueError) as error:
        message = (
            f"expected the shape table {_BASIS_FILE} in the package, could not read it; reinstall lipwright"
        )
        raise InstallationError(message) from error


def _population_basis(mean: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The population's basis on this face, per standard deviation of each measure, and those deviations.

    The table holds the points of the corpus; the skin between them follows by interpolation, and the
    nose and the upper cheeks stand still.
    """
    table = _basis_table()
    spread = table["spread"].astype(np.float64)
    places = mesh.places(tuple(int(point) for point in table["points"]))
    basis = np.zeros((N_MEASURES, mesh.N_POINTS, 3))
    basis[:, places] = table["basis"]
    basis[:, mesh.MIDDLE] = 0.5 * (basis[:, mesh.OUTER] + basis[:, mesh.INNER])
    lips = np.arange(3 * mesh.N_RING)
    still = mesh.places((*mesh.NOSE, 36, 266, 50, 280, 205, 425))
    known = np.unique(np.concatenate([lips[mesh.OUTER], places[places >= 3 * mesh.N_RING], still]))
    unknown = np.setdiff1d(np.arange(3 * mesh.N_RING, mesh.N_POINTS), known)
    values = basis[:, known].transpose(1, 0, 2).reshape(len(known), -1)
    field = RBFInterpolator(mean[known, :2], values, kernel="linear", smoothing=1e-3)
    basis[:, unknown] = field(mean[unknown, :2]).reshape(len(unknown), N_MEASURES, 3).transpose(1, 0, 2)
    return basis, spread
