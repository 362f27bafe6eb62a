"""What every engine gives: the Protocol, and what passes through it."""

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from lipwright.analysis.faces.track import FaceAnalysis
from lipwright.analysis.speech.prosody import Prosody
from lipwright.media.picture import Picture
from lipwright.synthesis.acting import Acting
from lipwright.synthesis.draw import Drawing
from lipwright.synthesis.mouth_bank import MouthBank
from lipwright.synthesis.placement import FaceGeometry

Float32Array = NDArray[np.float32]
IntArray = NDArray[np.intp]


@dataclass(frozen=True)
class ModelInfo:
    """What a published model offers."""

    id: str
    description: str
    face_resolution: int
    """Height of a face in pixels up to which its full detail is kept."""
    max_seconds: int
    """Longest output that a server makes."""
    price_per_second: float
    """Default price of a second of output, US dollars."""
    takes_stills: bool = False
    """Whether a still picture will do in place of a video."""
    is_short_only: bool = False
    """Whether nobody makes longer output: elsewhere the others do, as a job's memory is flat."""
    is_expressive: bool = False
    """Whether it moves more than mouths: it is shown the brows, hears the prosody, and plans every frame."""


@dataclass(eq=False)
class Scene:
    """A whole video as it was seen, with the mouths that were kept of it."""

    analysis: FaceAnalysis
    """Without the points of its tracks, which the geometries keep as far as they are needed."""
    bank: MouthBank
    geometries: dict[int, FaceGeometry]
    """By track number; only tracks that can be drawn."""
    auditions: dict[int, dict[int, float]] = field(default_factory=dict)
    """By track number and donor frame: how far open lips look, mm, that were drawn shut elsewhere."""


@dataclass(frozen=True, eq=False)
class MouthOrder:
    """The mouths one face shall show on consecutive output frames; arrays have n rows."""

    track_id: int
    output_frames: IntArray
    """int, shape (n,), rising by one."""
    source_frames: IntArray
    """int, shape (n,): the frame of the source that each output frame shows."""
    measures: Float32Array
    """float32, shape (n, 7): wanted, canonical mm."""
    strength: Float32Array
    """float32, shape (n,), 0 to 1: how far the wanted mouth replaces the frame's own; 0 is untouched."""
    prosody: Prosody | None = None
    """Of the voice at the output frames, for engines that are expressive."""


@dataclass(frozen=True, eq=False)
class MouthPlan:
    """An order with its donors chosen: all that drawing needs besides the scene."""

    order: MouthOrder
    donors: IntArray
    """int, shape (n, k): frames of the source whose mouths are used."""
    weights: Float32Array
    """float32, shape (n, k): share of each donor; rows sum to 1, unused donors have 0."""
    donor_tracks: IntArray | None = None
    """int, shape (n, k): the track of each donor; None when all are of the order's own."""
    is_made_up: bool = False
    """Whether the frame's own lips are parted and their inside made up; a donor gives only its teeth, if
    anything: k is 1 or 0 and the weights are 0."""
    press: float = 0.0
    """Of mouths that are made up: millimetres of red that shut lips hide between them; see ``pressing``."""
    lifts: Float32Array | None = None
    """float32, shape (n,): factor on the fine detail of the first donor; None for 1 throughout."""
    softness: Float32Array | None = None
    """float32, shape (n,): halvings of sharpness that the first donor loses, as the frame has; None for 0."""
    acting: Acting | None = None
    """What the rest of the face does; None where it does nothing."""


class Engine(Protocol):
    """Makes mouths move. Engines keep no state of a job: the scene and the plan hold it all."""

    info: ModelInfo
    look_every: int
    """1 to look for faces in every frame, 2 in every second one."""
    encoder_preset: str
    """Of x264: what the encoder spends to make an equally good file smaller."""
    keeps_grain: bool
    """Whether H.264 keeps the texture of footage, in a fifth to nine tenths more bits; that of a moved
    photograph it always keeps. VP9 has no such choice."""

    def new_bank(self, max_face_resolution: int | None = None) -> MouthBank:
        """An empty bank that will keep what this engine needs.

        Args:
            max_face_resolution: lowers the detail that is kept, in pixels of face height.
        """
        ...

    def plan(self, scene: Scene, order: MouthOrder) -> MouthPlan:
        """Chooses the donors of a whole shot."""
        ...

    def draw(self, picture: Picture, scene: Scene, plan: MouthPlan, row: int) -> Drawing | None:
        """Draws row ``row`` of the plan into its frame, in place; None when nothing is to be changed."""
        ...
