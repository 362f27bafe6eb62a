"""``lipwright models``: what can be chosen with ``--model``."""

from dataclasses import asdict

from lipwright.cli import console
from lipwright.cli.options import Json, Verbose
from lipwright.engines import registry

COLUMNS = ("model", "face detail", "longest", "price", "what it does")


def models(json: Json = False, verbose: Verbose = False) -> None:  # noqa: ARG001 (read by main)
    """List the models."""
    infos = registry.models()
    if json:
        console.say_json([asdict(info) for info in infos])
        return
    rows = [
        (
            info.id,
            f"{info.face_resolution} px",
            f"{info.max_seconds} s" if info.is_short_only else f"any; {info.max_seconds} s on a server",
            f"{info.price_per_second} $/s",
            info.description,
        )
        for info in infos
    ]
    console.say_table("Models", COLUMNS, rows)
