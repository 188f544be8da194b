"""Writes a trained model as a folder that faster-whisper loads like any other (CTranslate2, int8)."""

import json
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from ctranslate2.specs import WhisperSpec
from torch import Tensor, nn

from tools.nano.model import Nano, Shape
from tools.nano.tokens import Tokens, train_tokenizer

_PREPROCESSOR = {
    "chunk_length": 30,
    "feature_extractor_type": "WhisperFeatureExtractor",
    "feature_size": 80,
    "hop_length": 160,
    "n_fft": 400,
    "n_samples": 480000,
    "nb_max_frames": 3000,
    "padding_side": "right",
    "padding_value": 0.0,
    "processor_class": "WhisperProcessor",
    "return_attention_mask": False,
    "sampling_rate": 16000,
}


def export(checkpoint: Path, folder: Path) -> None:
    """Write the averaged weights of a checkpoint into a model folder."""
    state = torch.load(checkpoint, map_location="cpu")
    tokens = Tokens(train_tokenizer())
    model = Nano(Shape(**state["shape"]), tokens.uncapitalised)
    model.load_state_dict(state["average"])
    write_model(model, tokens, folder)


def write_model(model: Nano, tokens: Tokens, folder: Path) -> None:
    """Write config.json, model.bin, preprocessor_config.json, tokenizer.json and vocabulary.json."""
    folder.mkdir(parents=True, exist_ok=True)
    shape = model.shape
    spec = WhisperSpec(shape.encoder_layers, shape.encoder_heads, shape.decoder_layers, shape.decoder_heads)
    with torch.no_grad():
        _fill_encoder(spec, model)
        _fill_decoder(spec, model)
    spec.register_vocabulary(tokens.vocabulary)
    spec.config.suppress_ids = [
        tokens.text_size,
        *(index for index in range(tokens.start, tokens.no_timestamps)),
    ]
    spec.config.suppress_ids_begin = tokens.encode(" ")
    spec.config.lang_ids = list(tokens.languages.values())
    spec.config.alignment_heads = [
        [layer, head] for layer in range(1, shape.decoder_layers) for head in range(shape.guided_heads)
    ]
    spec.validate()
    spec.optimize(quantization="int8")
    spec.save(str(folder))
    (folder / "vocabulary.txt").unlink(missing_ok=True)
    tokens.save(folder)
    text = json.dumps(_PREPROCESSOR, indent=1)
    (folder / "preprocessor_config.json").write_text(text + "\n", encoding="utf-8")


def _array(tensor: Any) -> np.ndarray:
    return cast(Tensor, tensor).detach().float().contiguous().numpy()


def _linear(spec: Any, layer: nn.Module) -> None:
    spec.weight, spec.bias = _array(layer.weight), _array(layer.bias)


def _norm(spec: Any, layer: nn.Module) -> None:
    spec.gamma, spec.beta = _array(layer.weight), _array(layer.bias)


def _self_attention(spec: Any, layer: Any) -> None:
    _norm(spec.layer_norm, layer.norm)
    _linear(spec.linear[0], layer.qkv)
    _linear(spec.linear[1], layer.out)


def _cross_attention(spec: Any, layer: Any) -> None:
    _norm(spec.layer_norm, layer.norm)
    for part, linear in zip(spec.linear, (layer.q, layer.kv, layer.out), strict=True):
        _linear(part, linear)


def _feed_forward(spec: Any, layer: Any) -> None:
    _norm(spec.layer_norm, layer.norm)
    _linear(spec.linear_0, layer.up)
    _linear(spec.linear_1, layer.down)


def _fill_encoder(spec: WhisperSpec, model: Nano) -> None:
    _linear(spec.encoder.conv1, model.conv1)
    _linear(spec.encoder.conv2, model.conv2)
    spec.encoder.position_encodings.encodings = _array(model.positions)
    _norm(spec.encoder.layer_norm, model.encoder_norm)
    for part, layer in zip(spec.encoder.layer, model.encoder, strict=True):
        _self_attention(part.self_attention, layer.attention)
        _feed_forward(part.ffn, layer.feed_forward)


def _fill_decoder(spec: WhisperSpec, model: Nano) -> None:
    table = _array(model.embeddings())
    spec.decoder.embeddings.weight = table
    spec.decoder.projection.weight = table
    spec.decoder.position_encodings.encodings = _array(model.places)
    _norm(spec.decoder.layer_norm, model.decoder_norm)
    for part, layer in zip(spec.decoder.layer, model.decoder, strict=True):
        _self_attention(part.self_attention, layer.attention)
        _cross_attention(part.attention, layer.cross)
        _feed_forward(part.ffn, layer.feed_forward)
