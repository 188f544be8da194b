"""Whisper's architecture in plain torch, small, with the extra heads that make it learn words from few examples."""

import math
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from tools.nano.tokens import TIMESTAMPS

# Frames of 20 ms that the first layer looks away, doubled in each further layer; and how sharply. What is
# heard soon drowns the positions after the first layer, so the later ones begin sharper.
_REACH = 4
_SHARP, _SHARP_LATER = 1.5, 5.0


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a model.

    Attributes:
        text_tokens: ids below it are text or special; timestamps follow.
        guided_heads: heads of each decoder layer that are taught where to look: in the first layer at the word
            written last, in the others at the word being written.
    """

    text_tokens: int
    phonemes: int
    width: int = 192
    encoder_layers: int = 3
    encoder_heads: int = 3
    decoder_layers: int = 2
    decoder_heads: int = 4
    guided_heads: int = 2
    mels: int = 80
    frames: int = 1500
    context: int = 448


def sinusoids(length: int, width: int) -> Tensor:
    """Whisper's fixed positions, [length, width]."""
    step = math.log(10_000) / (width // 2 - 1)
    scales = torch.exp(-step * torch.arange(width // 2))
    angles = torch.arange(length)[:, None] * scales[None, :]
    return torch.cat([angles.sin(), angles.cos()], dim=1)


class SelfAttention(nn.Module):
    """Multi-head attention of a sequence to itself."""

    def __init__(self, width: int, heads: int, *, causal: bool) -> None:
        super().__init__()
        self.heads, self.causal = heads, causal
        self.norm = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        """Returns x with what was attended to added, [batch, length, width]."""
        batch, length, width = x.shape
        q, k, v = self.qkv(self.norm(x)).view(batch, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        # By hand: in bfloat16 on a CPU this is two to three times as fast as torch's fused attention.
        with torch.autocast(x.device.type, enabled=False):
            weights = (q / math.sqrt(q.shape[-1])) @ k.transpose(2, 3)
            if self.causal:
                later = torch.ones(length, length, dtype=torch.bool, device=x.device).triu(1)
                weights = weights.masked_fill(later, -torch.inf)
            mixed = weights.softmax(-1) @ v
        return cast(Tensor, x + self.out(mixed.transpose(1, 2).reshape(batch, length, width)))


def look_around(attention: SelfAttention, reach: int, sharp: float) -> None:
    """Start the heads as looks at frames up to `reach` before and after.

    With fixed positions a head begins by looking everywhere, and training spends most of its time on finding
    the neighbours of a frame. Here queries and keys start as the sines and cosines of the position, the
    queries turned by each head's distance, so that their products peak there.
    """
    width, heads = attention.out.in_features, attention.heads
    half, size = width // 2, width // heads
    picks = torch.linspace(0, 0.55 * half, size // 2).round().long()
    speeds = torch.exp(-math.log(10_000) / (half - 1) * picks)
    sines, cosines = torch.arange(0, size, 2), torch.arange(1, size, 2)
    with torch.no_grad():
        weight = attention.qkv.weight.view(3, heads, size, width)
        weight[:2] *= 0.5
        for head, distance in enumerate(torch.linspace(-reach, reach, heads)):
            turn, across = sharp * torch.cos(speeds * distance), sharp * torch.sin(speeds * distance)
            weight[0, head, sines, picks] += turn
            weight[0, head, sines, half + picks] += across
            weight[0, head, cosines, half + picks] += turn
            weight[0, head, cosines, picks] -= across
            weight[1, head, sines, picks] += sharp
            weight[1, head, cosines, half + picks] += sharp


class CrossAttention(nn.Module):
    """Multi-head attention of the text to the audio; also returns the weights."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm = nn.LayerNorm(width)
        self.q = nn.Linear(width, width)
        self.kv = nn.Linear(width, 2 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor, audio: Tensor) -> tuple[Tensor, Tensor]:
        """Returns x [batch, text, width] and the log of the weights [batch, heads, text, frames]."""
        batch, length, width = x.shape
        q = self.q(self.norm(x)).view(batch, length, self.heads, -1).transpose(1, 2)
        k, v = self.kv(audio).view(batch, -1, 2, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        logits = q @ k.transpose(2, 3) / math.sqrt(q.shape[-1])
        weights = logits.log_softmax(-1)
        mixed = weights.exp() @ v
        return x + self.out(mixed.transpose(1, 2).reshape(batch, length, width)), weights


class FeedForward(nn.Module):
    """The two-layer part of a block."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.up = nn.Linear(width, 4 * width)
        self.down = nn.Linear(4 * width, width)

    def forward(self, x: Tensor) -> Tensor:
        """Returns x with the block's part added, [batch, length, width]."""
        return cast(Tensor, x + self.down(functional.gelu(self.up(self.norm(x)))))


class EncoderLayer(nn.Module):
    """Attention and feed-forward over the audio frames."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.attention = SelfAttention(shape.width, shape.encoder_heads, causal=False)
        self.feed_forward = FeedForward(shape.width)

    def forward(self, x: Tensor) -> Tensor:
        """Returns the next layer's input, [batch, frames, width]."""
        return cast(Tensor, self.feed_forward(self.attention(x)))


class DecoderLayer(nn.Module):
    """Attention to the text so far, to the audio, and feed-forward."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.attention = SelfAttention(shape.width, shape.decoder_heads, causal=True)
        self.cross = CrossAttention(shape.width, shape.decoder_heads)
        self.feed_forward = FeedForward(shape.width)

    def forward(self, x: Tensor, audio: Tensor) -> tuple[Tensor, Tensor]:
        """Returns the next layer's input and the log weights of the attention to the audio."""
        x, weights = self.cross(self.attention(x), audio)
        return self.feed_forward(x), weights


@dataclass(frozen=True, slots=True)
class Output:
    """What one pass gives.

    Attributes:
        logits: [batch, text, tokens].
        attention: log weights of the guided heads, [batch, layers x heads, text, frames].
        audio: the encoder's frames, [batch, frames, width].
    """

    logits: Tensor
    attention: Tensor
    audio: Tensor


class Nano(nn.Module):
    """The nano model with its training heads.

    Args:
        uncapitalised: for each text token the same word without its capital, or itself.
    """

    positions: Tensor
    moments: Tensor
    bases: Tensor
    derived: Tensor

    def __init__(self, shape: Shape, uncapitalised: list[int]) -> None:
        super().__init__()
        self.shape = shape
        width = shape.width
        self.conv1 = nn.Conv1d(shape.mels, width, 3, padding=1)
        self.conv2 = nn.Conv1d(width, width, 3, stride=2, padding=1)
        with torch.no_grad():
            # What is heard would otherwise begin as a tenth of where it is heard.
            self.conv1.weight.mul_(2)
            self.conv2.weight.mul_(4)
        self.encoder = nn.ModuleList(EncoderLayer(shape) for _ in range(shape.encoder_layers))
        for index, layer in enumerate(self.encoder):
            look_around(
                cast(EncoderLayer, layer).attention, _REACH << index, _SHARP_LATER if index else _SHARP
            )
        self.encoder_norm = nn.LayerNorm(width)
        self.text = nn.Parameter(torch.randn(shape.text_tokens, width) * 0.05)
        # One matrix turns the positions of the audio into the embeddings of the timestamps, so that
        # what is learned about one moment holds for all.
        self.moment = nn.Parameter(torch.eye(width) * 0.2)
        self.places = nn.Parameter(torch.randn(shape.context, width) * 0.02)
        self.decoder = nn.ModuleList(DecoderLayer(shape) for _ in range(shape.decoder_layers))
        self.decoder_norm = nn.LayerNorm(width)
        self.phoneme_head = nn.Linear(width, shape.phonemes)
        self.frame_head = nn.Linear(width, width)
        bases = torch.tensor(uncapitalised)
        self.register_buffer("bases", bases, persistent=False)
        derived = (bases != torch.arange(len(bases)))[:, None].float()
        self.register_buffer("derived", derived, persistent=False)
        with torch.no_grad():
            self.text.mul_(1 - 0.9 * derived)
        self.register_buffer("positions", sinusoids(shape.frames, width), persistent=False)
        self.register_buffer("moments", sinusoids(TIMESTAMPS, width), persistent=False)

    def embeddings(self) -> Tensor:
        """The embedding of every token, [tokens, width]; the output layer shares it."""
        return torch.cat([self.words(), self.moments @ self.moment])

    def words(self) -> Tensor:
        """The embeddings of text; a word with a capital is the word plus a difference."""
        return self.text + self.derived * self.text[self.bases]

    def encode(self, mel: Tensor, offsets: Tensor | None = None) -> Tensor:
        """Audio frames of log-mel features.

        Args:
            mel: [batch, mels, time], 100 a second.
            offsets: the position of the first frame of each window; a short window then stands for a
                part of a full one. None: zero.

        Returns:
            [batch, time / 2, width]
        """
        x = functional.gelu(self.conv1(mel))
        x = functional.gelu(self.conv2(x)).transpose(1, 2)
        span = torch.arange(x.shape[1], device=x.device)
        x = x + self.positions[span if offsets is None else offsets[:, None] + span]
        for layer in self.encoder:
            x = layer(x)
        return cast(Tensor, self.encoder_norm(x))

    def forward(self, mel: Tensor, tokens: Tensor, offsets: Tensor | None = None) -> Output:
        """One pass over windows and the tokens that were written so far, [batch, text]."""
        audio = self.encode(mel, offsets)
        table = self.embeddings()
        x = functional.embedding(tokens, table) + self.places[: tokens.shape[1]]
        guided = []
        for layer in self.decoder:
            x, weights = layer(x, audio)
            guided.append(weights[:, : self.shape.guided_heads])
        return Output(
            logits=self.decoder_norm(x) @ table.T,
            attention=torch.cat(guided, dim=1),
            audio=audio,
        )

    def hear(self, frames: Tensor) -> tuple[Tensor, Tensor]:
        """The phoneme logits and the text-token logits of single encoder frames, [any, width]."""
        return self.phoneme_head(frames), self.frame_head(frames) @ self.words().T
