"""What one presenter looks like: colours and proportions, chosen by a seed."""

from dataclasses import dataclass

import numpy as np

Rgb = tuple[int, int, int]

_SKINS: tuple[Rgb, ...] = ((229, 184, 155), (205, 152, 118), (241, 203, 178), (165, 114, 84))
_HAIRS: tuple[Rgb, ...] = ((66, 44, 32), (38, 30, 28), (126, 84, 48), (92, 92, 98))
_SHIRTS: tuple[Rgb, ...] = ((52, 84, 122), (116, 56, 62), (60, 104, 88), (86, 78, 118))
_WALLS: tuple[Rgb, ...] = ((168, 184, 188), (196, 184, 166), (160, 174, 198), (186, 190, 172))
_IRISES: tuple[Rgb, ...] = ((92, 62, 40), (70, 110, 96), (76, 112, 150), (84, 66, 50))


@dataclass(frozen=True)
class Appearance:
    """Colours (sRGB, 0 to 255) and proportions of a presenter."""

    skin: Rgb
    hair: Rgb
    shirt: Rgb
    wall: Rgb
    iris: Rgb
    jaw_width: float
    """Half width of the face at the cheekbones, millimetres."""


def appearance(seed: int) -> Appearance:
    """The look that belongs to a seed; neighbouring seeds differ in every colour."""
    shades = np.random.default_rng(seed).permutation(len(_HAIRS))
    pick = seed % len(_SKINS)
    return Appearance(
        skin=_SKINS[pick],
        hair=_HAIRS[pick],
        shirt=_SHIRTS[int(shades[0])],
        wall=_WALLS[pick],
        iris=_IRISES[int(shades[1])],
        jaw_width=74.0 + 2.0 * (seed % 3),
    )
