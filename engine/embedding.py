"""The voice encoder: crops of audio in, unit vectors out; called by the diarizer, by identification and by live audio.

The network and its weights are Resemblyzer's (GE2E, Wan et al. 2018, https://arxiv.org/abs/1710.10467). Its package is
never imported, because it needs webrtcvad and librosa for things that Scribe does otherwise: only the weights file that
the wheel brings is read.
"""

from __future__ import annotations

import copy
import importlib.util
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from engine.clock import SAMPLE_RATE
from engine.colour import without_microphone
from engine.errors import ModelBroken, ModelMissing
from engine.values import Samples, Vector

NETWORK_ID = "ge2e-resemblyzer-0.1.4"
"""The network as it came: what it makes of windows, and of crops that are left as they are."""

MODEL_ID = f"{NETWORK_ID}-even-1"
"""The network behind :mod:`engine.colour`: what voiceprints are made with. Counts up when their vectors change."""

FRAME_MS = 10
WINDOW_FRAMES = 160
MELS = 40
DIMENSION = 256

_HOP = SAMPLE_RATE * FRAME_MS // 1000
_FFT = 400
_HIDDEN = 256
_BATCH = 48
"""Windows in one pass through the network: more no longer fit into a processor's cache."""

_TARGET_RMS = 10 ** (-30 / 20)
"""The level (-30 dBFS) to which quiet speech is raised, as in the encoder's training."""

Mels = NDArray[np.float32]
"""Mel power (not its logarithm), shape ``(frames, 40)``, one frame each 10 ms."""

Vectors = NDArray[np.float32]
"""Several embeddings, shape ``(n, 256)``, each of unit length."""


@cache
def _mel_filters() -> torch.Tensor:
    """Returns Slaney's triangular filters of equal area, shape ``(201, 40)``, as librosa makes them."""
    mels = np.linspace(0.0, _hertz_to_mel(SAMPLE_RATE / 2), MELS + 2)
    corners = np.where(mels < 15, mels * 200 / 3, 1000 * np.exp((mels - 15) * np.log(6.4) / 27))
    bins = np.linspace(0, SAMPLE_RATE / 2, _FFT // 2 + 1)
    distance = bins[:, None] - corners[None, :]
    width = np.diff(corners)
    rising = distance[:, :-2] / width[:-1]
    falling = -distance[:, 2:] / width[1:]
    filters = np.maximum(0, np.minimum(rising, falling)) * 2 / (corners[2:] - corners[:-2])
    return torch.from_numpy(filters.astype(np.float32))


def _hertz_to_mel(hertz: float) -> float:
    """Returns Slaney's mel of a frequency above 1 kHz, where the scale is logarithmic."""
    return float(15 + np.log(hertz / 1000) * 27 / np.log(6.4))


@contextmanager
def _one_thread() -> Iterator[None]:
    """Keeps torch from sharing out steps of microseconds.

    Its threads wait for each other in busy loops, which takes many times longer when other processes use the cores.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@_one_thread()
def mel_spectrogram(samples: Samples) -> Mels:
    """Returns the encoder's features: 25 ms Hann windows each 10 ms, 40 mel bands of power.

    Equal to ``librosa.feature.melspectrogram(y, sr=16000, n_fft=400, hop_length=160, n_mels=40)``, transposed.

    Args:
        samples: shape ``(n,)``.

    Returns:
        Shape ``(1 + n // 160, 40)``.
    """
    spectrum = torch.stft(
        torch.from_numpy(np.ascontiguousarray(samples, dtype=np.float32)),
        n_fft=_FFT,
        hop_length=_HOP,
        window=torch.hann_window(_FFT),
        center=True,
        pad_mode="constant",
        return_complex=True,
    )
    power = spectrum.abs().square().T
    mels: Mels = (power @ _mel_filters()).numpy()
    return mels


def level_gain(crops: Iterable[Samples]) -> np.float32:
    """Returns the factor that raises quiet speech to -30 dBFS; louder speech is left as it is (1.0).

    >>> loud = np.full(16_000, 0.5, np.float32)
    >>> float(level_gain([loud]))
    1.0
    """
    energy, count = 0.0, 0
    for crop in crops:
        energy += float(np.square(crop, dtype=np.float64).sum())
        count += len(crop)
    rms = float(np.sqrt(energy / count)) if count else 0.0
    return np.float32(max(1.0, _TARGET_RMS / rms) if rms > 0.0 else 1.0)


def unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Returns vectors (the last axis) scaled to length one; a zero vector stays zero."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: NDArray[np.float32] = (vectors / np.maximum(lengths, 1e-9)).astype(np.float32)
    return scaled


def bundled_weights() -> Path:
    """Returns the weights file in the installed Resemblyzer wheel, found without importing the package.

    Raises:
        ModelMissing: if the wheel is not installed.
    """
    spec = importlib.util.find_spec("resemblyzer")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        weights = Path(folder) / "pretrained.pt"
        if weights.is_file():
            return weights
    raise ModelMissing(
        "The voice encoder is not installed. Run “make setup” once more, or install Resemblyzer 0.1.4 without its"
        " dependencies."
    )


class _Network(nn.Module):
    """Three LSTM layers over mel frames, then a projection; layer names are those of the weights file."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(MELS, _HIDDEN, num_layers=3, batch_first=True)
        self.linear = nn.Linear(_HIDDEN, DIMENSION)

    def forward(self, mels: torch.Tensor) -> torch.Tensor:
        """Returns unit vectors ``(batch, 256)`` of mels ``(batch, frames, 40)``."""
        _, (hidden, _) = self.lstm(mels.to(next(self.lstm.parameters()).dtype))
        voices: torch.Tensor = torch.relu(self.linear(hidden[-1].float()))
        return nn.functional.normalize(voices, dim=1)


def _quick(network: _Network) -> nn.Module:
    """Returns the network with its layers in bfloat16 where this processor computes in it, else as it is."""
    supported: Callable[[], bool] = getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)
    if not supported():
        return network
    quick = copy.deepcopy(network)
    quick.lstm.bfloat16()
    return quick


class VoiceEncoder:
    """Turns crops of speech into unit vectors that are close for one person and far for two.

    Args:
        weights: the encoder's weights file; by default the one in the Resemblyzer wheel.
        device: where the network runs, as torch names it.
        even: whether :meth:`embed` takes the microphone's colour and steady noise from crops; if not, vectors are those
            of the network as it came, and go by its own id.

    Raises:
        ModelMissing: if there is no weights file.
        ModelBroken: if the file does not hold this network.
    """

    model_id = MODEL_ID

    def __init__(self, weights: Path | None = None, *, device: str = "cpu", even: bool = True) -> None:
        path = weights or bundled_weights()
        if not path.is_file():
            raise ModelMissing("The voice encoder's weights are not at %(path)s.", path=str(path))
        network = _Network()
        try:
            state = torch.load(path, map_location="cpu", weights_only=True)["model_state"]
            wanted = network.state_dict().keys()
            network.load_state_dict({name: state[name] for name in wanted})
        except Exception as error:  # torch raises a dozen kinds for a damaged file
            raise ModelBroken(
                "The voice encoder's weights file is damaged. Install Resemblyzer 0.1.4 again.",
                detail=repr(error),
            ) from error
        if not even:
            self.model_id = NETWORK_ID
        self._even = even
        self._device = torch.device(device)
        self._network = network.to(self._device).eval()
        self._quick = _quick(self._network) if self._device.type == "cpu" else self._network
        self._threads = torch.get_num_threads() if self._device.type == "cpu" else 1
        self._pool: ThreadPoolExecutor | None = None

    def embed_windows(self, mels: Sequence[Mels]) -> Vectors:
        """Returns one vector per window of mel frames, fit for comparing windows of one recording.

        Many windows at once are shared out to threads. On processors with instructions for bfloat16 they are computed
        in it, which takes half the time; :meth:`embed` never is, so that voiceprints are the same on all machines.

        Args:
            mels: ``n`` windows of one length, each of shape ``(frames, 40)``; 160 frames (1.6 s) is what the encoder
                was made for.
        """
        return self._embed(self._quick, mels)

    def _embed(self, network: nn.Module, mels: Sequence[Mels]) -> Vectors:
        if not mels:
            return np.zeros((0, DIMENSION), np.float32)
        batches = [mels[start : start + _BATCH] for start in range(0, len(mels), _BATCH)]
        return np.concatenate(list(self._each(partial(self._embed_batch, network), batches)))

    def _each(
        self, embed: Callable[[Sequence[Mels]], Vectors], batches: Sequence[Sequence[Mels]]
    ) -> Iterable[Vectors]:
        """Yields the vectors of each batch, several batches at once.

        A thread per batch, because the network's many small steps gain nothing from torch's own threads, and lose
        much while other processes want the same cores.
        """
        if self._threads == 1:
            return map(embed, batches)
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self._threads, "voices", lambda: torch.set_num_threads(1))
        return self._pool.map(embed, batches)

    def _embed_batch(self, network: nn.Module, mels: Sequence[Mels]) -> Vectors:
        with torch.inference_mode():
            vectors: Vectors = network(torch.from_numpy(np.stack(mels)).to(self._device)).cpu().numpy()
        return vectors

    def embed(self, samples: Samples) -> Vector:
        """Returns one vector for a crop that holds one voice: the mean over its windows.

        Args:
            samples: the crop, at best 2-20 s; one shorter than a window is filled up with silence.

        Raises:
            ValueError: if the crop is empty.
        """
        if not len(samples):
            raise ValueError("an empty crop has no voice")
        mels = mel_spectrogram(samples * level_gain([samples]))
        if self._even:
            mels = without_microphone(mels)
        if len(mels) < WINDOW_FRAMES:
            mels = np.pad(mels, ((0, WINDOW_FRAMES - len(mels)), (0, 0)))
        windows = [mels[start : start + WINDOW_FRAMES] for start in _window_starts(len(mels))]
        vector: Vector = unit(self._embed(self._network, windows).mean(axis=0))
        return vector


def _window_starts(frames: int) -> Iterator[int]:
    """Yields the first frames of half-overlapping windows that cover ``frames``, the last one flush with the end."""
    last = frames - WINDOW_FRAMES
    yield from range(0, last, WINDOW_FRAMES // 2)
    yield last
