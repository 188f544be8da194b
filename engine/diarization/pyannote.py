"""The diarizer for those who have pyannote.audio's weights, in a folder or through an access token."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
import types
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
import yaml

from engine.clock import SAMPLE_RATE, ms_to_samples, seconds_to_ms
from engine.diarization import CropEncoder, SpeakerCount
from engine.diarization.voices import embed_voices, in_order_of_speaking
from engine.embedding import unit
from engine.errors import EngineError, ModelBroken, ModelMissing, ResourceShort
from engine.told import Told
from engine.values import (
    Diarization,
    OnProgress,
    PcmReader,
    Samples,
    Span,
    Turn,
    Vector,
    no_progress,
)
from engine.wording import gettext_noop

SUGGESTED = "pyannote/speaker-diarization-community-1"

_BLOCK_MS = 60_000
_STEPS = {"segmentation": (0, 35), "speaker_counting": (35, 35), "embeddings": (35, 90)}
"""Where the pipeline's long steps lie, in hundredths of the whole."""

_HOW = Told(
    "Accept the conditions of %(pipeline)s on huggingface.co and set HF_TOKEN to an access token,"
    " or copy the pipeline's folder to this machine and name that folder.",
    pipeline=SUGGESTED,
)
_REFERS = gettext_noop(
    "The pyannote pipeline %(model)s refers to models that could not be downloaded. %(how)s"
)
_NOT_HERE = gettext_noop(
    "The pyannote pipeline %(model)s is not on this machine and could not be downloaded. %(how)s"
)


class PyannoteDiarizer:
    """Diarizes with a pyannote.audio 4 pipeline, loaded when first needed.

    Args:
        model: a pipeline's folder (with its ``config.yaml``), or its name on the hub.
        token: the hub's access token, for weights that ask for consent.
        device: where the networks run, as torch names it; ``auto`` takes a GPU if there is one.

    >>> PyannoteDiarizer(token="hf_...").model_id
    'pyannote pyannote/speaker-diarization-community-1'
    """

    def __init__(self, model: str | Path = SUGGESTED, token: str | None = None, device: str = "auto") -> None:
        self._model = str(model)
        self._token = token or None
        self._device = device
        self._pipeline: Any = None
        self._encoder: CropEncoder | None = None

    @property
    def model_id(self) -> str:
        """Names the pipeline: its name on the hub, or its folder's name and a digest of its configuration."""
        config = Path(self._model) / "config.yaml"
        if not config.is_file():
            return f"pyannote {self._model}"
        return f"pyannote {config.parent.name} {hashlib.sha256(config.read_bytes()).hexdigest()[:12]}"

    def load(self) -> None:
        """Loads the pipeline now, to learn early whether it can be.

        Raises:
            ModelMissing: if its weights are not here and cannot be downloaded.
            ModelBroken: if its folder is incomplete or damaged.
        """
        if self._pipeline is None:
            pipeline = _load(self._model, self._token)
            auto = "cuda" if torch.cuda.is_available() else "cpu"
            pipeline.to(torch.device(auto if self._device == "auto" else self._device))
            self._pipeline = pipeline

    def diarize(
        self,
        audio: PcmReader,
        speech: Sequence[Span],
        speakers: SpeakerCount,
        on_progress: OnProgress = no_progress,
    ) -> Diarization:
        """Returns turns and voices; see :class:`engine.diarization.Diarizer`.

        The pipeline finds speech by itself, with its overlaps, so ``speech`` only says whether there is any.
        """
        on_progress("diarize", 0, 100)
        if not speech:
            return Diarization((), ())
        self.load()

        def hook(step: str, _artefact: object, completed: int = 1, total: int = 1, **_: object) -> None:
            start, end = _STEPS.get(step, (90, 90))
            on_progress("diarize", start + (end - start) * min(completed, total) // max(total, 1), 100)

        with tempfile.TemporaryDirectory(prefix="pyannote-") as folder:
            waveform = _on_disk(audio, Path(folder) / "waveform.f32")
            turns = in_order_of_speaking(self._turns(waveform, speakers, hook))
            del waveform
        embeddings = embed_voices(audio, turns, self.voice_encoder(), lambda: on_progress("diarize", 95, 100))
        on_progress("diarize", 100, 100)
        return Diarization(turns, embeddings)

    def voice_encoder(self) -> CropEncoder:
        """Returns the pipeline's own embedding model; loading it loads the whole pipeline.

        Raises:
            ModelMissing, ModelBroken: as :meth:`load`.
        """
        self.load()
        if self._encoder is None:
            self._encoder = _CropEncoder(self._pipeline)
        return self._encoder

    def _turns(self, waveform: torch.Tensor, speakers: SpeakerCount, hook: Any) -> list[Turn]:
        file = {"waveform": waveform, "sample_rate": SAMPLE_RATE, "uri": "recording"}
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about counts and devices; nothing that a user can act on
                output = self._pipeline(file, min_speakers=speakers.min, max_speakers=speakers.max, hook=hook)
        except MemoryError as error:
            raise ResourceShort(
                "There was not enough memory to tell the voices apart. Close other programs and try again.",
                detail=repr(error),
            ) from error
        annotation = getattr(output, "speaker_diarization", output)
        numbers = {label: number for number, label in enumerate(annotation.labels())}
        duration_ms = waveform.shape[1] * 1000 // SAMPLE_RATE
        turns = []
        for segment, _, label in annotation.itertracks(yield_label=True):
            start_ms = max(0, seconds_to_ms(segment.start))
            end_ms = min(duration_ms, seconds_to_ms(segment.end))
            if end_ms > start_ms:
                turns.append(Turn(start_ms, end_ms, numbers[label]))
        return turns


class _CropEncoder:
    """Embeds crops with the pipeline's own embedding model, named by a digest of its weights."""

    def __init__(self, pipeline: Any) -> None:
        self._embedding = pipeline._embedding
        digest = hashlib.sha256()
        for name, tensor in sorted(self._embedding.model_.state_dict().items()):
            digest.update(name.encode())
            digest.update(tensor.cpu().numpy().tobytes())
        self.model_id = f"pyannote-{digest.hexdigest()[:16]}"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it is found by trying crops that are too short
            self._shortest: int = self._embedding.min_num_samples

    def embed(self, samples: Samples) -> Vector:
        missing = self._shortest - len(samples)
        crop = np.pad(samples, (0, max(0, missing)))
        vector: Vector = unit(self._embedding(torch.from_numpy(crop)[None, None])[0])
        return vector


def _on_disk(audio: PcmReader, path: Path) -> torch.Tensor:
    """Returns the audio as a tensor ``(1, n)`` that lives in a file, because pyannote wants all of it at once.

    The system may drop the file's pages from memory at any time; hours of audio would not fit otherwise.
    """
    count = 0
    with path.open("wb") as file:
        for start_ms in range(0, audio.duration_ms, _BLOCK_MS):
            block = audio.read(start_ms, start_ms + _BLOCK_MS).astype(np.float32)
            file.write(block.tobytes())
            count += len(block)
    if not count:
        return torch.zeros(1, ms_to_samples(1))
    return torch.from_file(str(path), size=count, dtype=torch.float32)[None]


def _load(model: str, token: str | None) -> Any:
    """Returns the pipeline, whatever goes wrong told in the engine's errors."""
    pipelines = _import_pyannote()
    folder = Path(model).expanduser()
    local = folder.is_dir()
    if not local and (folder.is_absolute() or model.startswith((".", "~")) or "\\" in model):
        raise ModelMissing(
            "There is no folder %(model)s with a pyannote pipeline. %(how)s", model=model, how=_HOW
        )
    try:
        source: Any = _local_config(folder, pipelines) if local else model
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pipeline = pipelines.Pipeline.from_pretrained(source, token=token)
    except EngineError:
        raise
    except Exception as error:  # the hub, pickle, torch and yaml raise dozens of kinds
        raise _explained(error, model, local) from error
    if pipeline is None:
        raise ModelMissing(
            "The pyannote pipeline %(model)s could not be downloaded. %(how)s", model=model, how=_HOW
        )
    if not hasattr(pipeline, "_embedding") or not hasattr(pipeline._embedding, "model_"):
        raise ModelBroken(
            "%(model)s is no pyannote pipeline for speaker diarization with its own embedding model.",
            model=model,
        )
    return pipeline


def _explained(error: Exception, model: str, local: bool) -> EngineError:
    """Returns the engine's error for one of pyannote's or the hub's."""
    detail = f"{type(error).__name__}: {error}"
    name = type(error).__name__
    hub = name.endswith(("RepoError", "HTTPError", "HfHubHTTPError", "RepositoryNotFoundError"))
    if hub or name in {"LocalEntryNotFoundError", "OfflineModeIsEnabled", "ConnectError", "ConnectionError"}:
        template = _REFERS if local else _NOT_HERE
        return ModelMissing(template, model=model, how=_HOW, detail=detail)
    if name in {"MissingDependency", "WrongDependencyVersion"}:
        return ModelBroken(
            "The pyannote pipeline %(model)s needs another version of pyannote.audio.",
            model=model,
            detail=detail,
        )
    if not local:
        return ModelMissing(
            "The pyannote pipeline %(model)s could not be loaded. %(how)s",
            model=model,
            how=_HOW,
            detail=detail,
        )
    return ModelBroken(
        "The pyannote pipeline in %(model)s is incomplete or damaged. Copy the whole folder again.",
        model=model,
        detail=detail,
    )


def _local_config(folder: Path, pipelines: Any) -> dict[str, Any]:
    """Returns a folder's configuration with its models' places written out.

    Read here because pyannote takes relative places from the working directory, chooses the kind of an embedding by
    words in its path, and would download a PLDA even for a clustering that uses none.
    """
    file = folder / "config.yaml"
    if not file.is_file():
        raise ModelBroken(
            "The folder %(folder)s holds no config.yaml and so no pyannote pipeline.", folder=str(folder)
        )
    config = yaml.safe_load(file.read_text("utf-8"))
    pipelines.expand_subfolders(config, str(folder))
    params = config["pipeline"].setdefault("params", {})
    for part in ("segmentation", "embedding", "plda"):
        value = params.get(part)
        if isinstance(value, str) and (folder / value).exists():
            params[part] = {"checkpoint": str(folder / value)}
        elif isinstance(value, str) and Path(value).suffix in {".bin", ".ckpt", ".npz"}:
            raise ModelBroken(
                "The folder %(folder)s is incomplete: %(part)s is not there.",
                folder=str(folder),
                part=str(value),
            )
    if "plda" not in params and params.get("clustering", "VBxClustering") != "VBxClustering":
        params["plda"] = pipelines.PLDA.__new__(pipelines.PLDA)
    return dict(config)


def _import_pyannote() -> Any:
    """Returns pyannote's classes, imported without its telemetry and without torchaudio's compiled part if need be."""
    os.environ["PYANNOTE_METRICS_ENABLED"] = "false"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torchcodec's absence does not matter: waveforms are passed
            _import_torchaudio()
            from pyannote.audio.core.pipeline import Pipeline, expand_subfolders
            from pyannote.audio.core.plda import PLDA
    except (ImportError, OSError) as error:
        raise ModelMissing(
            "pyannote.audio is not installed, or does not fit the installed torch. Run “make setup” once more.",
            detail=f"{type(error).__name__}: {error}",
        ) from error
    return types.SimpleNamespace(Pipeline=Pipeline, PLDA=PLDA, expand_subfolders=expand_subfolders)


def _import_torchaudio() -> None:
    """Imports torchaudio; where its compiled extension does not load beside this torch, an empty one stands in.

    pyannote needs only torchaudio's Python part.
    """
    if "torchaudio" in sys.modules:
        return
    try:
        import torchaudio
    except (ImportError, OSError, RuntimeError):
        for name in [name for name in sys.modules if name.partition(".")[0] == "torchaudio"]:
            del sys.modules[name]
        absent = types.ModuleType("torchaudio._extension")
        vars(absent).update(_IS_TORCHAUDIO_EXT_AVAILABLE=False, fail_if_no_align=lambda function: function)
        sys.modules["torchaudio._extension"] = absent
        import torchaudio  # noqa: F401
