"""What is refused before anything is looked at."""

from fractions import Fraction

import pytest

from lipwright.engines import registry
from lipwright.errors import UsageError
from lipwright.render.prepare import check_length


@pytest.mark.parametrize("model", ["lipsync-1.9", "lipsync-2", "lipsync-2-pro", "sync-3"])
def test_an_hour_is_not_too_long(model: str) -> None:
    """A server sells half of it; a job's memory is flat."""
    check_length(registry.engine(model).info, Fraction(3600))


def test_an_expression_is_held_for_fifteen_seconds_at_most() -> None:
    info = registry.engine("react-1").info
    check_length(info, Fraction(15))
    with pytest.raises(UsageError, match=r"at most 15 s of output for react-1, this would be 15\.1 s"):
        check_length(info, Fraction(151, 10))
