"""Trains the nano model: the stages, the losses, and processes that share each step's gradients."""

import math
import random
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor, distributed
from torch.multiprocessing.spawn import spawn
from torch.nn import functional

from tools.nano.corpus import Corpus
from tools.nano.model import Nano, Output, Shape
from tools.nano.tokens import TIMESTAMPS, Tokens, train_tokenizer
from tools.nano.windows import FRAMES, Batch, Mix, Windows

_IGNORE = -100
_BLUR = torch.exp(-0.5 * (torch.arange(-5, 6) / 2.0) ** 2)


@dataclass(frozen=True, slots=True)
class Stage:
    """One part of the training.

    Attributes:
        until: the share of the training time at which it ends.
        kinds: (probability, windows a step and process, how they are mixed).
    """

    until: float
    kinds: tuple[tuple[float, int, Mix], ...]


_SHORT = Mix(frames=600, ended=0.25, scenes=0.25)
_MIDDLE = Mix(frames=1000, cut=0.15, prompt=0.15, scenes=0.35)
_FULL = Mix(frames=FRAMES, empty=0.07, ended=0.45, cut=0.15, prompt=0.15, plain=0.2, scenes=0.35)
_LONG = Mix(
    frames=FRAMES,
    empty=0.05,
    ended=0.25,
    cut=0.15,
    prompt=0.1,
    plain=0.15,
    scenes=0.5,
    parted=0.12,
    drifts=0.1,
)
STAGES = (
    Stage(0.27, ((1.0, 4, _SHORT),)),
    Stage(0.36, ((0.75, 4, _MIDDLE), (0.25, 2, _FULL))),
    Stage(0.70, ((0.35, 4, _MIDDLE), (0.65, 2, _FULL))),
    Stage(1.0, ((0.15, 4, _MIDDLE), (0.85, 2, _LONG))),
)


MINUTES, WORKERS = 215.0, 2


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train.

    Attributes:
        minutes: the time that all steps together may take; interrupted runs go on where they were.
        workers: processes that share the work; ignored on a GPU.
    """

    minutes: float = MINUTES
    workers: int = WORKERS
    rate: float = 2e-3
    last_rate: float = 2e-5
    average: float = 0.998
    save_every_s: float = 120.0


def losses(output: Output, batch: Batch, model: Nano, tokens: Tokens) -> dict[str, Tensor]:
    """The parts of the training loss, each a mean over what it judges."""
    parts = _writing_losses(output.logits, batch.targets, tokens)
    parts["going_on"] = going_on_loss(output.logits, batch, tokens)
    heads = model.shape.guided_heads
    # The first layer finds the word that was written last, by its sound; the others look on from there.
    parts["before"] = _attention_loss(output.attention[:, :heads], batch.spans_before)
    parts["attention"] = _attention_loss(output.attention[:, heads:], batch.spans)
    # A third of the frames teaches as well as all of them and costs a third.
    some = torch.randperm(batch.phonemes.numel(), device=output.audio.device)[: batch.phonemes.numel() // 3]
    sounds, words = model.hear(output.audio.flatten(0, 1)[some])
    parts["phoneme"] = functional.cross_entropy(sounds.float(), batch.phonemes.flatten()[some])
    parts["frame"] = functional.cross_entropy(words.float(), batch.frame_tokens.flatten()[some])
    return parts


def _writing_losses(logits: Tensor, targets: Tensor, tokens: Tokens) -> dict[str, Tensor]:
    known = targets != _IGNORE
    logs = logits[known].float().log_softmax(-1)
    wanted = targets[known]
    moment = wanted >= tokens.timestamp_begin
    text = -logs[~moment].gather(1, wanted[~moment, None]).mean()
    # A moment counts as nearly right when it is near: labels blurred by 40 ms.
    places = wanted[moment, None] - tokens.timestamp_begin + torch.arange(-5, 6, device=wanted.device)
    inside = (places >= 0) & (places < TIMESTAMPS)
    share = _BLUR.to(wanted.device) * inside
    share = share / share.sum(1, keepdim=True)
    near = logs[moment].gather(1, places.clamp(0, TIMESTAMPS - 1) + tokens.timestamp_begin)
    times = -(share * near).sum() / max(int(moment.sum()), 1)
    return {"text": text, "times": times}


def going_on_loss(logits: Tensor, batch: Batch, tokens: Tokens) -> Tensor:
    """How wrongly it is decided, after each sentence, whether another one follows.

    One token in a hundred decides it, and a window that ends too early costs all sentences after.
    """
    follows = batch.targets >= tokens.timestamp_begin
    decided = (batch.tokens >= tokens.timestamp_begin) & (follows | (batch.targets == tokens.end))
    if not decided.any():
        return logits.sum() * 0
    row = logits[decided].float()
    more = row[:, tokens.timestamp_begin :].logsumexp(-1) - row[:, tokens.end]
    return functional.binary_cross_entropy_with_logits(more, follows[decided].float())


def _attention_loss(attention: Tensor, spans: Tensor) -> Tensor:
    """How much of the heads' attention misses the frames that it should be on."""
    row, place = (spans[..., 1] > spans[..., 0]).nonzero(as_tuple=True)
    if not len(row):
        return attention.sum() * 0
    logs = attention[row, :, place].float()
    frames = torch.arange(logs.shape[-1], device=logs.device)
    first, last = spans[row, place].unbind(-1)
    inside = (frames >= first[:, None]) & (frames < last[:, None])
    return -logs.masked_fill(~inside[:, None], -1e4).logsumexp(-1).mean()


_WEIGHTS = {
    "text": 1.0,
    "times": 0.3,
    "going_on": 0.5,
    "before": 0.3,
    "attention": 0.3,
    "phoneme": 0.4,
    "frame": 0.5,
}


def train(plan: Plan, folder: Path) -> None:
    """Train in `folder`, which holds the corpus and receives the checkpoints, until the time is used."""
    workers = 1 if torch.cuda.is_available() else plan.workers
    (folder / "rendezvous").unlink(missing_ok=True)
    if workers == 1:
        _work(0, 1, plan, folder)
    else:
        spawn(_work, (workers, plan, folder), nprocs=workers)  # type: ignore[no-untyped-call]


class _Trainer:
    def __init__(self, rank: int, workers: int, plan: Plan, folder: Path) -> None:
        self.rank, self.workers, self.plan, self.folder = rank, workers, plan, folder
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.tokens = Tokens(train_tokenizer())
        self.path = folder / "checkpoint.pt"
        state = torch.load(self.path, map_location=self.device) if self.path.exists() else None
        self.step: int = state["step"] if state else 0
        self.used_s: float = state["used_s"] if state else 0.0
        self.windows = Windows(Corpus.load(folder), self.tokens, seed=7 + rank + 1000 * self.step)
        self.rng = random.Random(self.step)
        torch.manual_seed(3)
        shape = Shape(self.tokens.timestamp_begin, len(self.windows.phonemes) + 1)
        self.model = Nano(shape, self.tokens.uncapitalised).to(self.device)
        decayed = [p for p in self.model.parameters() if p.ndim > 1]
        plain = [p for p in self.model.parameters() if p.ndim == 1]
        groups = [{"params": decayed, "weight_decay": 0.01}, {"params": plain, "weight_decay": 0.0}]
        self.optimizer = torch.optim.AdamW(groups, betas=(0.9, 0.98), fused=True)
        if state:
            self.model.load_state_dict(state["model"])
            self.optimizer.load_state_dict(state["optimizer"])
        fresh = {name: value.clone() for name, value in self.model.state_dict().items()}
        self.average = state["average"] if state else fresh

    def run(self) -> None:
        """Step until the plan's time is used."""
        saved = self.used_s
        shown: dict[str, float] = {}
        while self.used_s < 60 * self.plan.minutes:
            began = time.monotonic()
            parts = self._step(self.used_s / (60 * self.plan.minutes))
            self.step += 1
            self.used_s += self._agreed(time.monotonic() - began)
            for name, value in parts.items():
                shown[name] = 0.98 * shown.get(name, value) + 0.02 * value
            if self.rank == 0 and self.step % 50 == 0:
                text = " ".join(f"{name} {value:.3f}" for name, value in shown.items())
                print(f"step {self.step} minute {self.used_s / 60:.1f}: {text}", flush=True)
            if self.rank == 0 and self.used_s - saved > self.plan.save_every_s:
                self.save()
                saved = self.used_s
        if self.rank == 0:
            self.save()

    def _agreed(self, seconds: float) -> float:
        """The same time in all processes, so that they change stage and stop together."""
        if self.workers == 1:
            return seconds
        shared = torch.tensor(seconds, dtype=torch.float64)
        distributed.broadcast(shared, 0)
        return float(shared)

    def _step(self, progress: float) -> dict[str, float]:
        stage = next(stage for stage in STAGES if progress < stage.until)
        chances = [chance for chance, _, _ in stage.kinds]
        _, size, mix = self.rng.choices(stage.kinds, chances)[0]
        batch = self.windows.batch(size if self.device.type == "cpu" else 8 * size, mix).to(self.device)
        self._set_rate(progress)
        with torch.autocast(self.device.type, torch.bfloat16):
            output = self.model(batch.mel, batch.tokens, batch.offsets)
            parts = losses(output, batch, self.model, self.tokens)
        self.optimizer.zero_grad(set_to_none=False)
        torch.stack([_WEIGHTS[name] * value for name, value in parts.items()]).sum().backward()  # type: ignore[no-untyped-call]
        self._share_gradients()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        keep = min(self.plan.average, (self.step + 1) / (self.step + 20))
        values = list(self.model.state_dict().values())
        torch._foreach_lerp_(list(self.average.values()), values, 1 - keep)
        return {name: float(value.detach()) for name, value in parts.items()}

    def _set_rate(self, progress: float) -> None:
        plan = self.plan
        warm = min(1.0, (self.step + 1) / 100)
        fall = 0.5 * (1 + math.cos(math.pi * progress))
        for group in self.optimizer.param_groups:
            group["lr"] = warm * (plan.last_rate + (plan.rate - plan.last_rate) * fall)

    def _share_gradients(self) -> None:
        if self.workers == 1:
            return
        gradients = [p.grad for p in self.model.parameters() if p.grad is not None]
        flat = torch.cat([gradient.flatten() for gradient in gradients])
        distributed.all_reduce(flat)
        flat /= self.workers
        parts = torch.split(flat, [gradient.numel() for gradient in gradients])
        for gradient, part in zip(gradients, parts, strict=True):
            gradient.copy_(part.view_as(gradient))

    def save(self) -> None:
        """Keep everything that a later run needs; the file is replaced in one go."""
        state = {
            "step": self.step,
            "used_s": self.used_s,
            "shape": asdict(self.model.shape),
            "model": self.model.state_dict(),
            "average": self.average,
            "optimizer": self.optimizer.state_dict(),
        }
        torch.save(state, self.path.with_suffix(".new"))
        self.path.with_suffix(".new").replace(self.path)


def _work(rank: int, workers: int, plan: Plan, folder: Path) -> None:
    torch.set_num_threads(1)
    if workers > 1:
        address = f"file://{(folder / 'rendezvous').resolve()}"
        distributed.init_process_group("gloo", init_method=address, rank=rank, world_size=workers)
    _Trainer(rank, workers, plan, folder).run()
    if workers > 1:
        distributed.destroy_process_group()
