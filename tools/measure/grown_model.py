"""Grows the bundled nano model to the size of a real one without changing what it says.

Speed depends on a model's size and on how much it writes. Randomly initialised models of real size write noise up to
the longest output; the nano model writes the right words but is many times smaller than any model in use. So the nano
model is widened by repeating its features and deepened by layers that add nothing: function-preserving growth, after
Chen, Goodfellow and Shlens, "Net2Net: Accelerating Learning via Knowledge Transfer" (2016).
"""

from __future__ import annotations

import json
import shutil
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Variables = dict[str, Array]

_TYPES: dict[int, str] = {0: "<f4", 1: "i1", 2: "<i2", 3: "<i4", 4: "<f2"}
_NEVER = -1e4
"""Logit of the tokens that only fill up the vocabulary."""


@dataclass(frozen=True, slots=True)
class Size:
    """The size to grow to.

    Attributes:
        repeats: how often the nano model's features are repeated; its width is 192.
        layers: layers of the encoder, and of the decoder.
        vocabulary: number of tokens.
    """

    repeats: int
    layers: int
    vocabulary: int = 51_865


SIZES = {"tiny": Size(repeats=2, layers=4), "small": Size(repeats=4, layers=12)}
"""Whisper's own sizes that are a whole multiple of the nano model's width."""


def grow(source: Path, target: Path, size: Size) -> Path:
    """Writes the model folder ``target``, which says what the model in ``source`` says, at ``size``; returns it.

    Raises:
        ValueError: ``source`` is not a Whisper model in CTranslate2's format, or larger than ``size``.
    """
    target.mkdir(parents=True, exist_ok=True)
    with (source / "model.bin").open("rb") as file:
        variables, aliases = _read(file)
    grown = _deepen(_widen(_decompress(variables), size), size)
    with (target / "model.bin").open("wb") as file:
        _write(file, grown, aliases)
    vocabulary = json.loads((source / "vocabulary.json").read_text())
    filler = [f"<|filler {number}|>" for number in range(size.vocabulary - len(vocabulary))]
    (target / "vocabulary.json").write_text(json.dumps(vocabulary + filler))
    for name in ("config.json", "tokenizer.json", "preprocessor_config.json"):
        shutil.copyfile(source / name, target / name)
    return target


def _read(file: BinaryIO) -> tuple[Variables, list[tuple[str, str]]]:
    version, name, _revision = _int(file), _text(file), _int(file)
    if (version, name) != (6, "WhisperSpec"):
        raise ValueError(
            f"not a Whisper model in CTranslate2's sixth format but {name!r} in format {version}"
        )
    variables: Variables = {}
    for _ in range(_int(file)):
        key, rank = _text(file), file.read(1)[0]
        shape = [_int(file) for _ in range(rank)]
        kind, size = _TYPES[file.read(1)[0]], _int(file)
        variables[key] = np.frombuffer(file.read(size), dtype=kind).reshape(shape)
    return variables, [(_text(file), _text(file)) for _ in range(_int(file))]


def _write(file: BinaryIO, variables: Variables, aliases: list[tuple[str, str]]) -> None:
    kinds = {np.dtype(kind): number for number, kind in _TYPES.items()}
    file.write(struct.pack("<I", 6) + _packed("WhisperSpec") + struct.pack("<II", 3, len(variables)))
    for key, value in sorted(variables.items()):
        file.write(_packed(key) + struct.pack("<B", value.ndim))
        file.write(struct.pack(f"<{value.ndim}I", *value.shape))
        file.write(struct.pack("<BI", kinds[value.dtype], value.nbytes) + value.tobytes())
    file.write(struct.pack("<I", len(aliases)))
    for alias, key in aliases:
        file.write(_packed(alias) + _packed(key))


def _int(file: BinaryIO) -> int:
    return int(struct.unpack("<I", file.read(4))[0])


def _text(file: BinaryIO) -> str:
    return file.read(struct.unpack("<H", file.read(2))[0])[:-1].decode()


def _packed(text: str) -> bytes:
    data = text.encode() + b"\0"
    return struct.pack("<H", len(data)) + data


def _decompress(variables: Variables) -> Variables:
    """Returns the weights as 32-bit floats; CTranslate2 keeps ``round(weight * scale)`` per output row."""
    floats: Variables = {}
    for key, value in variables.items():
        scale = variables.get(f"{key}_scale")
        if key.endswith("_scale"):
            continue
        if scale is not None:
            floats[key] = (value / scale.reshape(-1, *[1] * (value.ndim - 1))).astype("<f4")
        else:
            floats[key] = value.astype("<f4") if value.ndim else value
    return floats


def _widen(variables: Variables, size: Size) -> Variables:
    """Repeats each feature, so that layer norms see the same mean and spread and products the same sums."""
    return {key: _widened(key, value, size) for key, value in variables.items()} | _silent_filler(
        variables, size
    )


def _widened(key: str, value: Array, size: Size) -> Array:
    times = size.repeats
    if key.endswith("num_heads"):
        return np.asarray(value * times, dtype=value.dtype)
    if not value.ndim:
        return value
    if key.endswith("encodings"):
        return np.tile(value, (1, times))
    if key.endswith("embeddings/weight"):
        rows = size.vocabulary - len(value)
        if rows < 0:
            raise ValueError(f"the model knows {-rows} tokens more than the size to grow to")
        # Features are summed `times` times on the way out, through the same matrix, hence the smaller output below.
        return np.tile(np.pad(value, ((0, rows), (0, 0))), (1, times))
    if key == "decoder/layer_norm/gamma" or key == "decoder/layer_norm/beta":
        return np.tile(value, times) / np.float32(times)
    parts = _stacked(key)
    blocks = np.split(value, parts)
    if value.ndim == 1:
        return np.concatenate([np.tile(block, times) for block in blocks])
    across = 1 if key == "encoder/conv1/weight" else times
    tail = (1,) * (value.ndim - 2)
    return np.concatenate([np.tile(block, (times, across, *tail)) / np.float32(across) for block in blocks])


def _stacked(key: str) -> int:
    """Returns how many matrices CTranslate2 has stacked in ``key``: queries, keys and values are one product."""
    if "/self_attention/linear_0/" in key:
        return 3
    return 2 if "/attention/linear_1/" in key else 1


def _silent_filler(variables: Variables, size: Size) -> Variables:
    bias = np.full(size.vocabulary, _NEVER, dtype="<f4")
    bias[: len(variables["decoder/embeddings/weight"])] = 0.0
    return {"decoder/projection/bias": bias}


def _deepen(variables: Variables, size: Size) -> Variables:
    """Adds layers whose outputs are zero, so that the residual stream passes them unchanged."""
    deeper = dict(variables)
    for side, outputs in (
        ("encoder", ("self_attention/linear_1", "ffn/linear_1")),
        ("decoder", ("self_attention/linear_1", "attention/linear_2", "ffn/linear_1")),
    ):
        first = {key: value for key, value in variables.items() if key.startswith(f"{side}/layer_0/")}
        count = len(
            {key.split("/")[1] for key in variables if key.startswith(f"{side}/layer_")} - {"layer_norm"}
        )
        if count > size.layers:
            raise ValueError(f"the model has more than {size.layers} layers in its {side}")
        for number in range(count, size.layers):
            for key, value in first.items():
                silent = any(f"/{output}/" in key for output in outputs)
                name = key.replace("/layer_0/", f"/layer_{number}/")
                deeper[name] = np.zeros_like(value) if silent else value
    return deeper
