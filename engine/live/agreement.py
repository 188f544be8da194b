"""Which words of a draft stand: those on which two drafts in a row agree (LocalAgreement-2, Macháček et al. 2023)."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher


class Agreement:
    """What is firm of one utterance's drafts; firm words never change and never go away.

    >>> heard = Agreement()
    >>> heard.add(["We", "open"])
    ('', 'We open')
    >>> heard.add(["we", "open", "the"])
    ('we open', 'the')
    """

    def __init__(self) -> None:
        self._firm: list[str] = []
        self._last: list[str] = []
        self._before_rest = ""

    def add(self, words: Sequence[str]) -> tuple[str, str]:
        """Takes the next draft; returns its firm and its soft text.

        Words are the same whatever their case and punctuation. The firm text only ever grows: what stands behind its
        last word is left open, because a sentence's end is often put where the sound ends.
        """
        rest = self._beyond_firm(list(words))
        agreed = 0
        for one, other in zip(self._last, rest, strict=False):
            if plain(one) != plain(other):
                break
            agreed += 1
        if agreed and self._firm:
            self._firm[-1] += _punctuation(self._before_rest)
        self._firm += rest[:agreed]
        self._last = rest[agreed:]
        if agreed:
            self._before_rest = self._firm[-1]
            self._firm[-1] = self._firm[-1].removesuffix(_punctuation(self._firm[-1]))
        return " ".join(self._firm), " ".join(self._last)

    def _beyond_firm(self, words: list[str]) -> list[str]:
        """Returns the words behind those that are firm; where the draft disagrees with these, as good as may be."""
        size = len(self._firm)
        ours, theirs = [plain(word) for word in self._firm], [plain(word) for word in words]
        if theirs[:size] == ours:
            self._before_rest = words[size - 1] if size else ""
            return words[size:]
        blocks = [
            block for block in SequenceMatcher(None, ours, theirs, False).get_matching_blocks() if block.size
        ]
        if not blocks:
            return words[size:]
        last = blocks[-1]
        return words[min(len(words), last.b + last.size + (size - last.a - last.size)) :]


def plain(word: str) -> str:
    """Returns ``word`` without case and punctuation; punctuation alone as it is.

    >>> plain("Door,"), plain("-")
    ('door', '-')
    """
    return "".join(c for c in word.casefold() if c.isalnum()) or word


def _punctuation(word: str) -> str:
    """Returns what follows the last letter of ``word``; nothing if it has none."""
    bare = word.rstrip("".join(c for c in word if not c.isalnum()))
    return word[len(bare) :] if bare else ""
