"""``python -m lipwright.cli``: the same as ``lipwright``."""

from lipwright.cli.main import program

program()
