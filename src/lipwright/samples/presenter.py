"""A shaded cartoon presenter whose true mouth opening is known in every frame."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from lipwright.geometry import Box
from lipwright.samples.appearance import appearance
from lipwright.samples.canvas import Canvas, Float32Array, UInt8Array, smoothstep
from lipwright.samples.eyes import EYES_MM, paint_eye
from lipwright.samples.grain import Grain
from lipwright.samples.head import CHIN_Y_MM, head_texture
from lipwright.samples.mouth import LIPS_Y_MM, MouthPose, lip_color, paint_mouth
from lipwright.samples.scene import draw_body, draw_wall

FACE_HEIGHT_MM = 177.0
"""Hairline to chin."""


@dataclass(frozen=True)
class HeadPose:
    """Where the head is, relative to its place at rest."""

    dx: float = 0.0
    """Millimetres to the right of the picture."""
    dy: float = 0.0
    """Millimetres down."""
    roll: float = 0.0
    """Degrees, clockwise."""
    yaw: float = 0.0
    """Degrees; positive turns to the right of the picture. Drawn as parallax: keep within +-12."""
    pitch: float = 0.0
    """Degrees; positive looks up. Keep within +-12."""
    scale: float = 1.0
    blink: float = 0.0
    """0 is open, 1 shut."""
    gaze: tuple[float, float] = (0.0, 0.0)
    """How far the irises stand off the middle, millimetres."""


@dataclass(frozen=True)
class PresenterOptions:
    """Size of the frame and place of the head in it."""

    width: int = 640
    height: int = 480
    face_height: float = 0.46
    """Hairline to chin as a share of the frame's height."""
    center: tuple[float, float] = (0.5, 0.46)
    """Where the bridge of the nose is at rest, as shares of width and height."""
    seed: int = 0
    """Chooses the look and the grain."""


class Presenter:
    """Draws one person in one place; the same options always give the same frames."""

    def __init__(
        self, options: PresenterOptions = PresenterOptions(), room: UInt8Array | None = None
    ) -> None:
        """Draws everything that does not change from frame to frame.

        Args:
            room: uint8 RGB, shape (height, width, 3): what is behind the person; a room of their own if None.
        """
        look = appearance(options.seed)
        rng = np.random.default_rng([options.seed, 11])
        self._options = options
        self._lip, self._iris = lip_color(look.skin), look.iris
        self.pixels_per_mm = options.face_height * options.height / FACE_HEIGHT_MM
        """Pixels of the frame for one millimetre of the head at rest."""
        self._canvas = Canvas(1.25 * self.pixels_per_mm)
        self._head = head_texture(self._canvas, look, rng)
        self._jaw_weight = _jaw_weight(self._canvas)
        self._grain = Grain(options.width, options.height, rng)
        self._place = (options.center[0] * options.width, options.center[1] * options.height)
        wall = draw_wall(options.width, options.height, look, rng) if room is None else room
        self._backdrop = wall.copy()
        chin_y = self._place[1] + CHIN_Y_MM * self.pixels_per_mm
        draw_body(self._backdrop, self._place[0], chin_y, self.pixels_per_mm, look)

    @property
    def backdrop(self) -> UInt8Array:
        """The room with the person's shoulders, without head and grain: uint8 RGB, (height, width, 3)."""
        return self._backdrop.copy()

    def gap_pixels(self, mouth: MouthPose, head: HeadPose = HeadPose()) -> float:
        """The true mean height of the opening between the inner lips, in pixels of the frame."""
        return mouth.gap * self.pixels_per_mm * head.scale

    def mouth_center(self, mouth: MouthPose, head: HeadPose = HeadPose()) -> tuple[float, float]:
        """Where the middle of the mouth is in the frame: x and y in pixels."""
        spot = self._canvas.pixels(np.array([[0.0, LIPS_Y_MM + 0.25 * mouth.gap]]))[0]
        x, y = self._matrix(head) @ [*spot, 1.0]
        return float(x), float(y)

    def draw(self, mouth: MouthPose, head: HeadPose = HeadPose(), frame_index: int = 0) -> UInt8Array:
        """One frame.

        Args:
            frame_index: chooses the grain, so that neighbouring frames have different noise.

        Returns:
            uint8 RGB, shape (height, width, 3).
        """
        frame = self.backdrop
        self.draw_head(frame, mouth, head)
        return self.add_grain(frame, frame_index)

    def draw_head(self, frame: UInt8Array, mouth: MouthPose, head: HeadPose = HeadPose()) -> None:
        """Paints the head over a frame of the right size, in place; adds no grain."""
        matrix = self._matrix(head)
        corners = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]]) * [
            self._canvas.width,
            self._canvas.height,
            1,
        ]
        (left, top), (right, bottom) = (matrix @ corners.T).min(axis=1), (matrix @ corners.T).max(axis=1)
        box = Box(int(left), int(top), int(right) + 1, int(bottom) + 1).clipped(*frame.shape[1::-1])
        matrix = matrix - [[0, 0, box.left], [0, 0, box.top]]
        color, alpha = self._posed_head(mouth, head)
        size = (box.width, box.height)
        moved = cv2.warpAffine(color, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        weight = cv2.warpAffine(alpha, matrix, size, flags=cv2.INTER_LINEAR).astype(np.float32) / 255
        under = frame[box.top : box.bottom, box.left : box.right]
        under[:] = cv2.blendLinear(moved, np.ascontiguousarray(under), weight, 1 - weight)

    def add_grain(self, frame: UInt8Array, frame_index: int) -> UInt8Array:
        """The frame with the camera's noise of one moment."""
        return self._grain.add(frame, frame_index)

    def _posed_head(self, mouth: MouthPose, head: HeadPose) -> tuple[UInt8Array, UInt8Array]:
        canvas = self._canvas
        columns, rows = np.meshgrid(
            np.arange(canvas.width, dtype=np.float32), np.arange(canvas.height, dtype=np.float32)
        )
        dropped = rows - mouth.jaw * canvas.pixels_per_mm * self._jaw_weight
        color, alpha = _moved(self._head.color, self._head.alpha, columns, dropped)
        self._paint_features(color, mouth, head)
        if head.yaw or head.pitch:
            near = (self._head.depth - 40.0) * canvas.pixels_per_mm
            columns = columns - near * np.float32(np.sin(np.radians(head.yaw)))
            rows = rows + near * np.float32(np.sin(np.radians(head.pitch)))
            color, alpha = _moved(color, alpha, columns, rows)
        return color, alpha

    def _paint_features(self, color: UInt8Array, mouth: MouthPose, head: HeadPose) -> None:
        window = self._canvas.window(-40, LIPS_Y_MM - 24, 40, LIPS_Y_MM + 44)
        skin = color[window].astype(np.float32)
        color[window] = _bytes(paint_mouth(skin, self._canvas, window, mouth, self._lip))
        for center in EYES_MM:
            window = self._canvas.window(center[0] - 20, center[1] - 14, center[0] + 20, center[1] + 12)
            skin = color[window].astype(np.float32)
            eye = paint_eye(skin, self._canvas, window, center, 1 - head.blink, head.gaze, self._iris)
            color[window] = _bytes(eye)

    def _matrix(self, head: HeadPose) -> NDArray[np.float64]:
        """Canvas pixels to frame pixels, shape (2, 3)."""
        scale = head.scale * self.pixels_per_mm / self._canvas.pixels_per_mm
        angle = np.radians(head.roll)
        turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        # the head rolls about the neck, below the chin
        pivot = np.array([0.0, 110.0])
        target = np.array(self._place) + (pivot + np.array([head.dx, head.dy])) * self.pixels_per_mm
        return np.column_stack([turn, target - turn @ self._canvas.pixels(pivot[None])[0]])


def _moved(
    color: UInt8Array, alpha: UInt8Array, columns: Float32Array, rows: Float32Array
) -> tuple[UInt8Array, UInt8Array]:
    """Color and coverage taken from the given places; outside the canvas nothing is covered."""
    new_color = cv2.remap(color, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    new_alpha = cv2.remap(alpha, columns, rows, cv2.INTER_LINEAR)
    return np.asarray(new_color, np.uint8), np.asarray(new_alpha, np.uint8)


def _jaw_weight(canvas: Canvas) -> Float32Array:
    """How far each point follows the chin, 0 to 1: nothing above the nose, all of it at the chin."""
    down = smoothstep(canvas.y, 12.0, 78.0)
    side = 1 - 0.75 * smoothstep(np.abs(canvas.x), 30.0, 78.0)
    return down * side


def _bytes(image: Float32Array) -> UInt8Array:
    return np.clip(image + 0.5, 0, 255).astype(np.uint8)
