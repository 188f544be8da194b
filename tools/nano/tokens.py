"""The nano model's tokenizer: byte-level BPE in which each known word is one token, special tokens as in Whisper."""

import json
from functools import cached_property
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

from tools.nano.sentences import LANGUAGES, Grammar

TIMESTAMPS = 1501
_SPECIAL = (
    "<|endoftext|>",
    "<|startoftranscript|>",
    "<|en|>",
    "<|nl|>",
    "<|translate|>",
    "<|transcribe|>",
    "<|startoflm|>",
    "<|startofprev|>",
    "<|nospeech|>",
    "<|notimestamps|>",
)
_MARKS = (".", ",", "?", "!", "'", "-")


def train_tokenizer() -> Tokenizer:
    """Build a tokenizer that knows each word of both languages as one token, with and without a capital."""
    words = {word for language in LANGUAGES for word in Grammar.of(language).vocabulary}
    forms = sorted(words | {word[0].upper() + word[1:] for word in words})
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=20_000,
        min_frequency=1,
        show_progress=False,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
    )
    # A mark follows the bare word, so the training text holds words only: no merge joins the two.
    tokenizer.train_from_iterator([" " + form for form in forms], trainer)
    # CTranslate2 calls a model multilingual only if its vocabulary holds an empty token.
    tokenizer.add_special_tokens([AddedToken(name, special=True) for name in ("<|empty|>", *_SPECIAL)])
    return tokenizer


class Tokens:
    """Encodes sentences and names the special tokens.

    Attributes:
        text_size: ids below it are text; the end of text comes next.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.tokenizer = tokenizer
        self.end = self._id("<|endoftext|>")
        self.start = self._id("<|startoftranscript|>")
        self.languages = {language: self._id(f"<|{language}|>") for language in LANGUAGES}
        self.transcribe = self._id("<|transcribe|>")
        self.previous = self._id("<|startofprev|>")
        self.no_speech = self._id("<|nospeech|>")
        self.no_timestamps = self._id("<|notimestamps|>")
        self.timestamp_begin = self.no_timestamps + 1
        self.size = self.timestamp_begin + TIMESTAMPS
        self.text_size = self.end - 1

    def _id(self, token: str) -> int:
        index = self.tokenizer.token_to_id(token)
        if index is None:
            raise ValueError(f"the tokenizer lacks {token}")
        return index

    @cached_property
    def uncapitalised(self) -> list[int]:
        """For each token below the timestamps, the same word without its capital, or the token itself."""
        ids = self.tokenizer.get_vocab()
        names = self.vocabulary[: self.timestamp_begin]
        # The byte that stands for a space looks like a capital to Python.
        return [ids.get(name[:1] + name[1:].lower(), index) for index, name in enumerate(names)]

    def encode(self, text: str) -> list[int]:
        """Ids of a text; a sentence starts with a space, as Whisper's do."""
        return list(self.tokenizer.encode(text, add_special_tokens=False).ids)

    def words(self, text: str) -> list[list[int]]:
        """Ids of each word of a sentence, its marks included."""
        return [self.encode(f" {word}") for word in text.split()]

    def timestamp(self, seconds: float) -> int:
        """The token of a moment in the window."""
        return self.timestamp_begin + min(max(round(seconds / 0.02), 0), TIMESTAMPS - 1)

    @cached_property
    def vocabulary(self) -> list[str]:
        """Every token in the order of its id, timestamps included."""
        names = [str(self.tokenizer.id_to_token(index)) for index in range(self.timestamp_begin)]
        names[self.text_size] = ""
        return names + [f"<|{index * 0.02:.2f}|>" for index in range(TIMESTAMPS)]

    def save(self, folder: Path) -> None:
        """Write tokenizer.json and vocabulary.json as faster-whisper and CTranslate2 read them."""
        self.tokenizer.save(str(folder / "tokenizer.json"))
        text = json.dumps(self.vocabulary, ensure_ascii=False, indent=0)
        (folder / "vocabulary.json").write_text(text, encoding="utf-8")
