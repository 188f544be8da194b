"""Every setting of Scribe, typed, read once from the environment and ``.env``; nothing else reads the environment."""

from __future__ import annotations

import os
import secrets
import zoneinfo
from functools import cache
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from scribe_site.own_names import is_loopback, own_names

BASE_DIR = Path(__file__).resolve().parent.parent

DEFAULT_SECRET = "change-me"  # noqa: S105  (what an untouched .env.example holds)


class Config(BaseSettings):
    """The settings of one installation.

    Field names with the prefix ``SCRIBE_`` in capitals are the variables' names, except the four that follow a wider
    convention: ``REDIS_URL``, ``DATABASE_URL``, ``WHISPER_LANGUAGE`` and ``HF_TOKEN``.

    Raises:
        pydantic.ValidationError: when a value is of the wrong kind, or production mode lacks a secret of its own.
    """

    model_config = SettingsConfigDict(
        env_prefix="SCRIBE_",
        env_file=os.environ.get("SCRIBE_ENV_FILE", BASE_DIR / ".env"),
        env_file_encoding="utf-8",
        extra="ignore",
        populate_by_name=True,
    )

    # Where it runs
    mode: Literal["home", "production"] = Field(
        "home", description="home: one machine, secret made at first start; production: behind HTTPS, strict."
    )
    debug: bool = Field(False, description="Django's debug pages; never on a machine that others reach.")
    secret_key: SecretStr = Field(
        SecretStr(DEFAULT_SECRET),
        description="Signs logins and invitations. In home mode one is made in the data directory.",
    )
    host: str = Field(
        "127.0.0.1", description="Address that the web process listens on; 0.0.0.0 for the whole network."
    )
    port: int = Field(8000, ge=1, le=65535, description="Port that the web process listens on.")
    https_port: int = Field(
        0,
        ge=0,
        le=65535,
        description="A second port, behind HTTPS with a certificate that this machine gives itself; "
        "phones in the house need it to record. 0 for none.",
    )
    public_url: str = Field("", description="Address that members use, such as https://scribe.example.org.")
    allowed_hosts: str = Field(
        "localhost,127.0.0.1,[::1],.local",
        description="Host names that are answered besides that of the public URL, separated by commas.",
    )
    data_dir: Path = Field(
        BASE_DIR / "var", description="Folder of the database, recordings, models and logs."
    )
    admin_name: str = Field("scribe", description="Name of the first account, made at the first start.")
    time_zone: str = Field("Europe/Amsterdam", description="Time zone in which times are shown.")

    # What it stores in
    database_url: str = Field(
        "",
        validation_alias=AliasChoices("DATABASE_URL", "database_url"),
        description="postgresql://… to use PostgreSQL; empty for SQLite in the data directory.",
    )
    redis_url: str = Field(
        "",
        validation_alias=AliasChoices("REDIS_URL", "redis_url"),
        description="redis://… to use your own Redis; empty to start the embedded one.",
    )
    s3_bucket: str = Field("", description="Bucket for recordings; empty to keep them in the data directory.")
    s3_endpoint_url: str = Field("", description="Endpoint of an S3-compatible store; empty for Amazon's.")
    s3_access_key: str = Field("", description="Access key of the store.")
    s3_secret_key: SecretStr = Field(SecretStr(""), description="Secret key of the store.")

    # Mail
    email_host: str = Field("", description="SMTP server; empty prints mail to the log.")
    email_port: int = Field(587, ge=1, le=65535, description="SMTP port.")
    email_user: str = Field("", description="SMTP user.")
    email_password: SecretStr = Field(SecretStr(""), description="SMTP password.")
    email_from: str = Field("scribe@localhost", description="Sender of mail.")

    # How it hears
    language: Literal["nl", "en"] = Field(
        "nl",
        validation_alias=AliasChoices("WHISPER_LANGUAGE", "language"),
        description="Language of new campaigns: nl or en.",
    )
    asr_model: str = Field(
        "auto",
        description="auto, a faster-whisper model name (small, large-v3-turbo …) or a local folder.",
    )
    asr_device: Literal["auto", "cpu", "cuda"] = Field("auto", description="Where transcription runs.")
    asr_beam_size: int = Field(5, ge=1, le=20, description="Beams of the decoder; 1 is quicker, 5 better.")
    hub_timeout_s: float = Field(5.0, gt=0, description="Seconds to wait for the model hub to answer.")
    diarizer: Literal["auto", "builtin", "pyannote"] = Field(
        "auto", description="auto uses pyannote once its weights are configured, else the built-in one."
    )
    pyannote_model: str = Field(
        "", description="pyannote pipeline: a local folder or a hub name; empty for none."
    )
    hf_token: SecretStr = Field(
        SecretStr(""),
        validation_alias=AliasChoices("HF_TOKEN", "hf_token"),
        description="Access token of the model hub, for pyannote's weights.",
    )
    chunk_minutes: float = Field(
        6.0, ge=0.1, le=30, description="Target length of one transcription job, in minutes."
    )

    # Language model
    llm_url: str = Field(
        "",
        description="OpenAI-compatible endpoint that tells story from table talk, such as "
        "http://localhost:11434/v1; empty for the built-in classifier.",
    )
    llm_model: str = Field("", description="Name of the language model at that endpoint.")
    llm_key: SecretStr = Field(SecretStr(""), description="Key of the endpoint, if it asks for one.")
    llm_timeout_s: float = Field(
        120.0, gt=0, description="Seconds to wait for an answer of the language model."
    )
    llm_price_in: float = Field(
        0.0,
        ge=0,
        description="Price of a million tokens that are sent, for the estimate; 0 on your own machine.",
    )
    llm_price_out: float = Field(0.0, ge=0, description="Price of a million tokens that are answered.")
    prompts_dir: str = Field(
        "",
        description="Folder of prompts of your own; empty for the folder prompts in the data directory.",
    )

    # Live recording
    live_model: str = Field(
        "", description="Model of live captions, as for SCRIBE_ASR_MODEL; empty for the same one."
    )
    captioners: int = Field(
        1, ge=0, le=16, description="Captioner processes of this machine; 0 where other machines caption."
    )
    web_url: str = Field(
        "",
        description="Where captioners reach the web process from a machine without the data directory.",
    )
    capture_max_hours: float = Field(
        12.0, gt=0, le=24, description="Longest live recording of one device, in hours."
    )
    captures_per_campaign: int = Field(
        8, ge=1, le=100, description="Devices that may record for one campaign at the same time."
    )
    capture_quiet_minutes: int = Field(
        60, ge=5, description="Minutes without a sign of a recording device before what it sent is processed."
    )
    disk_reserve_mb: int = Field(
        500,
        ge=0,
        description="Free disk space, in megabytes, below which pages warn; a fifth of it is never filled with audio.",
    )

    # How much at once
    workers: int = Field(2, ge=1, le=64, description="Worker processes of this machine.")
    worker_threads: int = Field(
        0, ge=0, le=256, description="Threads per worker; 0 shares the cores between them."
    )
    upload_max_gb: float = Field(10.0, gt=0, description="Largest recording that is accepted, in gigabytes.")
    upload_expiry_hours: int = Field(72, ge=1, description="Hours that an unfinished upload is kept.")
    recording_max_hours: float = Field(
        24.0, gt=0, description="Longest recording that is processed, in hours."
    )

    @field_validator("time_zone")
    @classmethod
    def _time_zone_exists(cls, name: str) -> str:
        try:
            zoneinfo.ZoneInfo(name)
        except (zoneinfo.ZoneInfoNotFoundError, OSError, ValueError) as error:
            raise ValueError(
                f"SCRIBE_TIME_ZONE must be a name such as Europe/Brussels, not {name!r}"
            ) from error
        return name

    @model_validator(mode="after")
    def _production_needs_a_secret(self) -> Config:
        if self.mode == "production" and self.secret_key.get_secret_value() in ("", DEFAULT_SECRET):
            raise ValueError(
                "SCRIBE_SECRET_KEY must be set to a long random value in production mode "
                '(python -c "import secrets; print(secrets.token_urlsafe(50))" makes one)'
            )
        return self

    @property
    def media_dir(self) -> Path:
        """Folder of recordings and prepared audio."""
        return self.data_dir / "media"

    @property
    def models_dir(self) -> Path:
        """Folder that downloaded models are kept in."""
        return self.data_dir / "models"

    @property
    def answered_hosts(self) -> list[str]:
        """The host names that are answered: the allowed ones, the public one, at home also this machine's."""
        names = [
            *(name.strip() for name in self.allowed_hosts.split(",")),
            urlsplit(self.public_url).hostname,
            *(own_names() if self.mode == "home" and not is_loopback(self.host) else ()),
        ]
        return list(dict.fromkeys(name for name in names if name))

    @property
    def own_prompts(self) -> Path:
        """Folder in which a group's own prompts take the place of Scribe's."""
        return Path(self.prompts_dir) if self.prompts_dir else self.data_dir / "prompts"

    @property
    def llm_host(self) -> str:
        """The machine that the language model runs on, as people know it; empty where there is none."""
        return urlsplit(self.llm_url).netloc.rpartition("@")[2]

    @property
    def llm_is_remote(self) -> bool:
        """Whether lines that are sent to the language model leave this machine.

        >>> Config(llm_url="http://localhost:11434/v1").llm_is_remote
        False
        >>> Config(llm_url="https://models.example.org/v1").llm_is_remote
        True
        """
        return bool(self.llm_url) and not is_loopback(urlsplit(self.llm_url).hostname or "")

    @property
    def embedded_redis(self) -> bool:
        """Whether this installation starts its own Redis."""
        return not self.redis_url

    def signing_secret(self) -> str:
        """Returns the configured secret, or in home mode the one kept in the data directory, made if absent."""
        secret = self.secret_key.get_secret_value()
        if secret != DEFAULT_SECRET:
            return secret
        path = self.data_dir / "secret_key"
        if not path.exists():
            self.data_dir.mkdir(parents=True, exist_ok=True)
            draft = path.with_suffix(f".{os.getpid()}")
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_urlsafe(50))
            try:
                os.link(draft, path)  # two processes starting at once must end with the same secret
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return path.read_text().strip()


@cache
def get_config() -> Config:
    """Returns the settings, read once per process."""
    return Config()
