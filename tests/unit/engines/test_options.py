import pytest

from lipwright.engines.options import ModelOptions
from lipwright.engines.registry import engine, models
from lipwright.errors import UsageError


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"prompt": "bored"}, "prompt"),
        ({"prompt": "Happy"}, "prompt"),
        ({"prompt": ""}, "prompt"),
        ({"model_mode": "hands"}, "model_mode"),
    ],
)
def test_a_wrong_value_is_refused_with_its_field(options: dict[str, str], field: str) -> None:
    """And with the values that there are."""
    with pytest.raises(UsageError, match=rf"^{field}: expected one of .*, found"):
        ModelOptions(**options)


def test_a_model_that_cannot_do_what_is_asked_ignores_it() -> None:
    """As the published API has it."""
    for info in models():
        assert engine(info.id, ModelOptions("head", "happy")).info == info
