"""Sentences to speak: from templates, as word salad, and the held-out new combinations."""

import random
import re
from dataclasses import dataclass
from functools import cached_property

from tools.nano import dutch, english
from tools.nano.scenes import scene_sentences

LANGUAGES = ("en", "nl")

_SLOT = re.compile(r"\{(\w+)\}")
_EDGE = re.compile(r"^\W+|\W+$")
_SOURCES = {"en": english, "nl": dutch}


def bare(word: str) -> str:
    """The word without the punctuation around it, in lower case."""
    return _EDGE.sub("", word).lower()


@dataclass(frozen=True)
class Grammar:
    """The sentences of one language."""

    slots: dict[str, tuple[str, ...]]
    templates: tuple[str, ...]
    fresh: tuple[str, ...]
    scenes: tuple[str, ...]

    @classmethod
    def of(cls, language: str) -> "Grammar":
        """The grammar of `nl` or `en`."""
        source = _SOURCES[language]
        return cls(
            slots={name: tuple(words.split("|")) for name, words in source.SLOTS.items()},
            templates=source.TEMPLATES,
            fresh=source.FRESH,
            scenes=tuple(scene_sentences(language)),
        )

    def fill(self, template: str, rng: random.Random) -> str:
        """Replace each slot by one of its words, and start with a capital."""
        while slot := _SLOT.search(template):
            word = rng.choice(self.slots[slot[1]])
            template = template[: slot.start()] + word + template[slot.end() :]
        return template[0].upper() + template[1:]

    @cached_property
    def vocabulary(self) -> tuple[str, ...]:
        """Every word in the form that it has inside a sentence: names keep their capital."""
        texts = [*self.templates, *self.fresh, *self.scenes]
        texts += [text for choices in self.slots.values() for text in choices]
        names = set(self.slots["name"]) | {"I"}
        words = {_EDGE.sub("", word) for text in texts for word in _SLOT.sub(" ", text).split()}
        return tuple(sorted({word if word in names else word.lower() for word in words if word}))

    def salad(self, rng: random.Random) -> str:
        """Known words in any order, so that the ear is trained and not only the memory."""
        words = rng.choices(self.vocabulary, k=rng.randint(1, 9))
        if len(words) > 3 and rng.random() < 0.3:
            words[rng.randrange(len(words) - 1)] += ","
        text = " ".join(words)
        return text[0].upper() + text[1:] + rng.choice("...?")

    def sentence(self, rng: random.Random, salad: float, scene: float) -> str:
        """One training sentence; `salad` and `scene` are the shares of those kinds."""
        kind = rng.random()
        if kind < salad:
            return self.salad(rng)
        if kind < salad + scene:
            return rng.choice(self.scenes)
        return self.fill(rng.choice(self.templates), rng)

    def new_combination(self, rng: random.Random) -> str:
        """A sentence whose template was never trained."""
        return self.fill(rng.choice(self.fresh), rng)
