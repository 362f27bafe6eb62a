"""Settings of the server, from the environment and one TOML file.

``LIPWRIGHT_SLOTS=4`` sets ``slots``; two underscores go one table down: ``LIPWRIGHT_FETCH__MAX_BYTES``.
A variable overrules the file, which is ``lipwright.toml`` in the working directory or what
``LIPWRIGHT_CONFIG`` names.
"""

import os
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from lipwright.app.secret_key import MIN_CHARACTERS, kept_secret_key
from lipwright.cores import usable_cores

PREFIX = "LIPWRIGHT_"
CONFIG_VARIABLE = "LIPWRIGHT_CONFIG"
DEFAULT_FILE = Path("lipwright.toml")
DEFAULT_PLAN = "default"

Count = Annotated[int, Field(ge=1)]
Seconds = Annotated[float, Field(gt=0)]
Price = Annotated[Decimal, Field(ge=0)]


def _default_data_dir() -> Path:
    home = os.environ.get("XDG_DATA_HOME")
    return (Path(home) if home else Path.home() / ".local/share") / "lipwright"


def _shown(default: str) -> dict[str, Any]:
    """How the reference writes a default that is worked out."""
    return {"default_text": default}


class Plan(BaseModel):
    """What an account may do."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    concurrency: Count = Field(
        default=4, description="generations that run at the same time; more of them wait"
    )
    generate_per_minute: Count = Field(default=60, description="`POST /v2/generate` of one key")
    requests_per_minute: Count = Field(default=600, description="all other requests of one key")
    max_seconds: Seconds = Field(
        default=600, description="longest output; a model's own limit holds beside it"
    )
    max_batch: Count = Field(default=500, description="generations in one batch")
    max_upload_bytes: Count = Field(default=2 * 1024**3, description="largest file in one upload")
    max_uploads: Count = Field(
        default=4, description="uploads and downloads of assets at the same time, in each serving process"
    )
    max_storage_bytes: Count = Field(
        default=100 * 1024**3, description="all assets of an account together; results are not counted"
    )


class FetchLimits(BaseModel):
    """What the server does to get an input that was given as a URL."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    max_bytes: Count = Field(default=2 * 1024**3, description="largest file")
    timeout_seconds: Seconds = Field(default=600, description="for the whole download")
    connect_timeout_seconds: Seconds = Field(
        default=10, description="for the connection, and between two pieces"
    )
    max_redirects: int = Field(default=5, ge=0, description="redirects that are followed")
    allow_private: bool = Field(
        default=False,
        description="also from private, loopback and link-local addresses; opens your network to users",
    )


class WebhookLimits(BaseModel):
    """How events are sent."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    timeout_seconds: Seconds = Field(default=15, description="for one attempt")
    secret_overlap_seconds: Seconds = Field(
        default=86_400, description="a rotated secret still signs for so long"
    )
    allow_private: bool = Field(
        default=False,
        description="also to private, loopback and link-local addresses; opens your network to users",
    )


class Settings(BaseSettings):
    """All settings, checked; they do not change while the server runs."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        validate_default=True,
    )

    data_dir: Path = Field(
        default_factory=_default_data_dir,
        description="folder of the database, the blobs, the work in progress and the secret key",
        json_schema_extra=_shown("`~/.local/share/lipwright`"),
    )
    database_url: str = Field(
        default_factory=lambda data: f"sqlite:///{data['data_dir']}/lipwright.db",
        repr=False,  # it can hold a password
        description="`sqlite:///file` on one machine, `postgresql://user@host/name` for several",
        json_schema_extra=_shown("`lipwright.db` in `data_dir`"),
    )
    blobs_url: str = Field(
        default_factory=lambda data: str(data["data_dir"] / "blobs"),
        description="a directory, or a bucket: `s3://bucket/prefix`, `gs://…`, `az://…` "
        "(credentials from its own variables, such as `AWS_ACCESS_KEY_ID`)",
        json_schema_extra=_shown("`blobs` in `data_dir`"),
    )
    host: str = Field(default="127.0.0.1", description="address to listen on; `0.0.0.0` for all")
    port: int = Field(default=8000, ge=0, le=65_535, description="port to listen on; 0 for any that is free")
    worker_port: int | None = Field(
        default=None,
        ge=0,
        le=65_535,
        description="`lipwright worker` answers there, on `host`: `/healthz`, `/readyz` and `/metrics`",
        json_schema_extra=_shown("none: it does not"),
    )
    public_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^/\s]+(/[^\s?#]*)?$",
        description="how clients reach the server: links to results begin with it",
        json_schema_extra=_shown("what the client's request went to; in webhooks `http://{host}:{port}`"),
    )
    slots: Count = Field(
        default_factory=lambda: max(1, usable_cores() // 2),
        description="chunks of video that are worked on at the same time, each in its own process",
        json_schema_extra=_shown("half of the cores that it may use"),
    )
    spares: int = Field(
        default=1,
        ge=0,
        description="processes kept ready beside those of `slots`, so that a single job that overtakes a "
        "batch starts at once; each holds about 120 MB, at most as many as `slots` are used; 0 where memory "
        "is short",
    )
    plans: dict[str, Plan] = Field(
        default_factory=lambda: {DEFAULT_PLAN: Plan()},
        description="what accounts may do, by the name of their plan; new accounts get `default`",
        json_schema_extra=_shown("one, `default`"),
    )
    rate_limit_storage: str = Field(
        default="memory://",
        repr=False,  # it can hold a password
        description="where requests are counted: by each serving process for itself, or for all of them in "
        "`redis://host:6379/0` (needs the Python package `redis`)",
    )
    prices: dict[str, Price] = Field(
        default_factory=dict,
        description="US dollars for a second of output, by model",
        json_schema_extra=_shown("as `lipwright models` shows"),
    )
    fetch: FetchLimits = Field(default=FetchLimits(), description="inputs by URL")
    webhooks: WebhookLimits = Field(default=WebhookLimits(), description="events to clients")
    min_free_bytes: int = Field(
        default=256 * 1024**2,
        ge=0,
        description="nothing is accepted and no work is begun while `data_dir` has less free space",
    )
    measure_results: Literal["all", "asked", "none"] = Field(
        default="all",
        description="which results are looked at once more, when nothing else waits, so that their reports "
        "say how good they are: `all` but those whose request has `measure_report` false, only those that "
        "were `asked` for with `measure_report` true, or `none`; it can take more work than the job",
    )
    link_seconds: Count = Field(default=86_400, description="a link to a result works for so long")
    retention_days: Annotated[float, Field(gt=0)] = Field(
        default=30, description="generations that ended are deleted after so long, with their results"
    )
    idempotency_hours: Annotated[float, Field(gt=0)] = Field(
        default=24, description="an `Idempotency-Key` is remembered for so long"
    )
    shutdown_seconds: Seconds = Field(
        default=60, description="a server that is stopped waits so long for the chunks that it works on"
    )
    secret_key: str = Field(
        default_factory=lambda data: kept_secret_key(data["data_dir"]),
        min_length=MIN_CHARACTERS,
        repr=False,
        description="signs links; the same on all machines of a cluster, 32 characters or more",
        json_schema_extra=_shown("made at the first start, kept in `data_dir`"),
    )
    log_format: Literal["console", "json"] = Field(
        default="console", description="for people, or for machines"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="what is logged"
    )

    @field_validator("data_dir")
    @classmethod
    def _at_home(cls, folder: Path) -> Path:
        return folder.expanduser().absolute()

    @field_validator("plans")
    @classmethod
    def _with_default_plan(cls, plans: dict[str, Plan]) -> dict[str, Plan]:
        return {DEFAULT_PLAN: Plan(), **plans}

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments overrule the environment, and that the file."""
        file = TomlConfigSettingsSource(settings_cls, toml_file=config_file())
        return init_settings, env_settings, file

    def own_url(self) -> str:
        """Where the server is, for those who did not just reach it; without a slash at its end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    def plan(self, name: str) -> Plan:
        """The plan of that name; an account whose plan was taken out of the settings has the default."""
        return self.plans.get(name, self.plans[DEFAULT_PLAN])


def config_file() -> Path:
    """The file that is read, if it is there."""
    return Path(os.environ.get(CONFIG_VARIABLE) or DEFAULT_FILE)
