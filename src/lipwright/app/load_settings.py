"""Reads the settings and says in one line what is wrong with them, and where that stands."""

import difflib
import os
import re
import tomllib
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import SettingsError

from lipwright.app.settings import CONFIG_VARIABLE, PREFIX, Settings, config_file
from lipwright.errors import UsageError

_SECRET = "secret_key"  # noqa: S105 - the name of a setting


def load_settings(**overrides: Any) -> Settings:  # noqa: ANN401 - the values of any setting
    """The settings from the environment and the file.

    Args:
        overrides: settings that the command line gave; None leaves one as it is.

    Raises:
        UsageError: a setting is not known or its value is not allowed, or the file cannot be read.
        OutputError: the secret key cannot be kept.
    """
    file = config_file()
    if os.environ.get(CONFIG_VARIABLE) and not file.is_file():
        raise UsageError(f"expected a TOML file, found none at {file}; correct {CONFIG_VARIABLE}")
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        raise UsageError("; ".join(_explanations(error, given))) from error
    except SettingsError as error:
        raise UsageError(f"expected JSON in an environment variable: {error}; correct it") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"expected TOML in {file}, found: {error}; correct it") from error


def _explanations(error: ValidationError, given: dict[str, Any]) -> list[str]:
    details = error.errors(include_url=False, include_context=False)
    # what would have been worked out from a wrong setting is not wrong itself
    return [_explained(each, given) for each in details if each["type"] != "default_factory_not_called"]


def _explained(detail: ErrorDetails, given: dict[str, Any]) -> str:
    path = [str(part) for part in detail["loc"] if part != "[key]"]
    name, origin = ".".join(path), _origin(path, given)
    if detail["type"] == "extra_forbidden":
        near = difflib.get_close_matches(path[-1], _siblings(path), n=1)
        return f"expected a setting that there is, found {name} ({origin}); " + (
            f"did you mean {near[0]}?" if near else "leave it out"
        )
    rule = re.sub(r"^(Input|String|Value) ", "", detail["msg"])
    found = "a value that is not shown" if name == _SECRET else repr(detail["input"])
    return f"setting {name} ({origin}) {rule}, found {found}"


def _origin(path: list[str], given: dict[str, Any]) -> str:
    if path[0] in given:
        return "given to the command"
    known = {name.upper(): name for name in os.environ}
    for depth in range(len(path), 0, -1):
        variable = (PREFIX + "__".join(path[:depth])).upper()
        if variable in known:
            return f"environment variable {known[variable]}"
    return str(config_file())


def _siblings(path: list[str]) -> Iterable[str]:
    """The settings that could have been meant at a place; for a plan, those of any plan."""
    model: type[BaseModel] = Settings
    for part in path[:-1]:
        field = model.model_fields.get(part)
        kinds = (field.annotation, *getattr(field.annotation, "__args__", ())) if field else ()
        model = next(
            (kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), model
        )
    return model.model_fields
