"""Which faces are given the voice, as a client says it."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any, Self

from lipwright.errors import FaceChoiceError

Point = tuple[float, float]
PixelBox = tuple[float, float, float, float]
"""left, top, right, bottom."""


@dataclass(frozen=True)
class FaceChoice:
    """At most one way to choose; none of them gives the voice to the likeliest speaker of each shot.

    The names are those of the vendor's ``active_speaker_detection``. Pixels are those of the source picture.
    """

    auto_detect: bool = False
    """Follow the speaker within a shot too: the voice goes to whoever's mouth moves while it is heard."""
    frame_number: int | None = None
    """Frame of the source, from 0, in which ``coordinates`` are."""
    coordinates: Point | None = None
    """A point on the face that is chosen."""
    bounding_boxes: tuple[PixelBox | None, ...] | None = None
    """For every frame of the source the face that speaks; None leaves the frame untouched."""

    def __post_init__(self) -> None:
        """Checks what can be known without the video."""
        is_point = self.frame_number is not None or self.coordinates is not None
        if sum((self.auto_detect, is_point, self.bounding_boxes is not None)) > 1:
            raise FaceChoiceError(
                "expected one of auto_detect, frame_number with coordinates, and bounding_boxes, found more; "
                "leave the others out"
            )
        if is_point:
            self._check_point()
        for number, box in enumerate(self.bounding_boxes or ()):
            _check_box(number, box)

    def _check_point(self) -> None:
        if self.frame_number is None or self.coordinates is None:
            missing = "frame_number" if self.frame_number is None else "coordinates"
            raise FaceChoiceError(f"{missing}: expected with the other half of a point, found none; add it")
        if self.frame_number < 0:
            raise FaceChoiceError(
                f"frame_number: expected a frame of the source, counted from 0, found {self.frame_number}"
            )
        if len(self.coordinates) != 2 or not all(isfinite(value) for value in self.coordinates):
            raise FaceChoiceError(
                f"coordinates: expected x and y in pixels of the source, found {list(self.coordinates)}"
            )

    @property
    def is_explicit(self) -> bool:
        """Whether a point or boxes say who speaks."""
        return self.frame_number is not None or self.bounding_boxes is not None

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Self:
        """What ``dataclasses.asdict`` made of a choice, also when it has been JSON since."""
        point, boxes = value.get("coordinates"), value.get("bounding_boxes")
        return cls(
            auto_detect=bool(value.get("auto_detect")),
            frame_number=value.get("frame_number"),
            coordinates=None if point is None else tuple(point),
            bounding_boxes=None if boxes is None else tuple(box and tuple(box) for box in boxes),
        )

    def check_video(self, n_frames: int, width: int, height: int) -> None:
        """Raises FaceChoiceError unless the choice fits a video of that many frames of that size."""
        if self.bounding_boxes is not None and len(self.bounding_boxes) != n_frames:
            wanted = ", as the picture is a still" if n_frames == 1 else f" for each of the {n_frames} frames"
            raise FaceChoiceError(
                f"bounding_boxes: expected one entry{wanted}, found {len(self.bounding_boxes)}; "
                "use null for frames to be left alone"
            )
        if self.frame_number is not None and self.frame_number >= n_frames:
            wanted = "0, the only frame" if n_frames == 1 else f"a frame from 0 to {n_frames - 1}, the last"
            raise FaceChoiceError(f"frame_number: expected {wanted}, found {self.frame_number}")
        if self.coordinates is not None:
            x, y = self.coordinates
            if not (0 <= x < width and 0 <= y < height):
                raise FaceChoiceError(
                    f"coordinates: expected a point inside the picture of {width}x{height} pixels, "
                    f"found ({x:g}, {y:g})"
                )


def _check_box(number: int, box: PixelBox | None) -> None:
    if box is None:
        return
    is_good = len(box) == 4 and all(isfinite(value) for value in box)
    if not is_good or box[2] <= box[0] or box[3] <= box[1]:
        raise FaceChoiceError(
            f"bounding_boxes[{number}]: expected left, top, right, bottom in pixels, right of left and "
            f"bottom below top, or null; found {list(box)}"
        )
