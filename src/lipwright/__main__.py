"""``python -m lipwright``: the same as ``lipwright``."""

from lipwright.cli.main import program

program()
