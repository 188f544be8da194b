"""Start-up checks: what an operator should hear before members do."""

from __future__ import annotations

import shutil
from typing import Any, get_args

from django.core.checks import CheckMessage, Error, register
from django.core.checks import Warning as CheckWarning

from engine.classification.language_model.prompting import PromptBroken, load_prompt
from engine.values import Language
from scribe_site.config import get_config

_LEAST_FREE_BYTES = 2 * 1024**3


@register
def data_folder_is_writable(**kwargs: Any) -> list[CheckMessage]:
    """scribe.E001: the data directory must be there and writable."""
    folder = get_config().data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        return [
            Error(
                f"The data directory {folder} cannot be written: {error.strerror}.",
                hint="Set SCRIBE_DATA_DIR to a folder that the account running Scribe owns.",
                id="scribe.E001",
            )
        ]
    if shutil.disk_usage(folder).free < _LEAST_FREE_BYTES:
        return [
            CheckWarning(
                f"Less than 2 GB is free where recordings are kept ({folder}).",
                hint="An evening of four hours takes about 700 MB: the file itself and its 16 kHz copy.",
                id="scribe.W001",
            )
        ]
    return []


@register
def s3_has_its_keys(**kwargs: Any) -> list[CheckMessage]:
    """scribe.E002: a bucket without both of its keys, or with one alone, can't be reached."""
    config = get_config()
    keys = (bool(config.s3_access_key), bool(config.s3_secret_key.get_secret_value()))
    if config.s3_bucket and keys[0] != keys[1]:
        return [
            Error(
                "Only one of the two keys of the S3 store is set.",
                hint="Set both SCRIBE_S3_ACCESS_KEY and SCRIBE_S3_SECRET_KEY, or neither to use the machine's role.",
                id="scribe.E002",
            )
        ]
    return []


@register
def pyannote_has_weights(**kwargs: Any) -> list[CheckMessage]:
    """scribe.E003: pyannote was asked for by name, but nothing says where its weights are."""
    config = get_config()
    if config.diarizer == "pyannote" and not config.pyannote_model:
        return [
            Error(
                "SCRIBE_DIARIZER is pyannote, but SCRIBE_PYANNOTE_MODEL is empty.",
                hint="Name a local pipeline folder, or a pipeline on the hub together with HF_TOKEN.",
                id="scribe.E003",
            )
        ]
    return []


@register
def language_model_is_named(**kwargs: Any) -> list[CheckMessage]:
    """scribe.E004: an endpoint is set, but not which of its models to ask.

    >>> from unittest.mock import patch
    >>> from scribe_site.config import Config
    >>> with patch("scribe_site.checks.get_config", lambda: Config(llm_url="http://localhost:11434/v1")):
    ...     [(problem.id, problem.msg) for problem in language_model_is_named()]
    [('scribe.E004', 'SCRIBE_LLM_URL is set, but SCRIBE_LLM_MODEL is empty.')]
    """
    config = get_config()
    if config.llm_url and not config.llm_model:
        return [
            Error(
                "SCRIBE_LLM_URL is set, but SCRIBE_LLM_MODEL is empty.",
                hint="Name a model of that endpoint, or empty SCRIBE_LLM_URL to use the built-in classifier.",
                id="scribe.E004",
            )
        ]
    return []


@register
def own_prompts_can_be_used(**kwargs: Any) -> list[CheckMessage]:
    """scribe.W002: a prompt of the group's own lacks a placeholder; no line would get a label."""
    config = get_config()
    found: list[CheckMessage] = []
    for language in get_args(Language) if config.llm_url else ():
        try:
            load_prompt(language, config.own_prompts)
        except PromptBroken as error:
            found.append(
                CheckWarning(
                    error.message,
                    hint=f"Mend it in {config.own_prompts}, or delete it there to use Scribe's own.",
                    id="scribe.W002",
                )
            )
    return found
