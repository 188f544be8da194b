"""The synthetic voices: the four who play at the table, and the crowd that the model also trains on."""

import random
from dataclasses import dataclass

_LANGUAGE = {"en": ("en-us", "en-us", "en-us", "en-gb-x-rp", "en-gb-scotland"), "nl": ("nl",)}


@dataclass(frozen=True, slots=True)
class Voice:
    """One way of speaking, in espeak-ng's terms."""

    variant: str
    pitch: int
    speed: int = 160

    def name(self, language: str, rng: random.Random | None = None) -> str:
        """espeak-ng's name for this voice; with `rng`, in one of the accents of the language."""
        accents = _LANGUAGE[language]
        return f"{rng.choice(accents) if rng else accents[0]}+{self.variant}"

    def varied(self, rng: random.Random) -> "Voice":
        """Nearly the same voice on another day."""
        return Voice(self.variant, self.pitch + rng.randint(-4, 4), rng.randint(140, 185))


# A voice encoder keeps these four well apart in both languages.
CAST: dict[str, Voice] = {
    "Anna": Voice("Alicia", 60, 155),
    "Tom": Voice("pablo", 50, 160),
    "Sofie": Voice("steph", 60, 160),
    "Daan": Voice("david", 30, 165),
}

# fmt: off
CROWD: tuple[str, ...] = (
    "Alicia", "Andrea", "Andy", "Annie", "Denis", "Gene", "Lee", "Marco", "Mario", "Michael",
    "Mike", "adam", "anika", "antonio", "belinda", "benjamin", "boris", "caleb", "david", "ed",
    "edward", "f1", "f2", "f3", "f4", "f5", "grandma", "ian", "iven", "john", "linda", "m1", "m2",
    "m3", "m4", "m5", "m6", "m7", "m8", "marcelo", "max", "michel", "miguel", "norbert", "pablo",
    "paul", "pedro", "quincy", "rob", "robert", "sandro", "shelby", "steph", "steph2", "travis",
    "victor", "zac",
)
# fmt: on


def training_voice(rng: random.Random) -> Voice:
    """A voice of the table about every second time, otherwise one of the crowd."""
    if rng.random() < 0.5:
        return rng.choice(list(CAST.values())).varied(rng)
    return Voice(rng.choice(CROWD), rng.randint(15, 80), rng.randint(130, 200))
