"""The scripts of the fixture and demo recordings: who says what, and where the table falls silent."""

import re
from dataclasses import dataclass
from pathlib import Path

_SCRIPTS = Path(__file__).parent / "scripts"
_SILENCE = re.compile(r"\((?P<seconds>[\d.]+)\)")
_FOREIGN = re.compile(r"\{(?P<language>nl|en)\}")
_SENTENCE_END = re.compile(r"(?<=[.?!]) ")


class Sentence(str):
    """What is said in one breath; ``language`` is its own where it is not the scene's."""

    language: str = ""

    @classmethod
    def written(cls, text: str) -> "Sentence":
        """Read a sentence as a script has it, such as `{en}Who is there?`, with its language in braces."""
        mark = _FOREIGN.match(text)
        sentence = cls(text[mark.end() :] if mark else text)
        sentence.language = mark["language"] if mark else ""
        return sentence


@dataclass(frozen=True, slots=True)
class Line:
    """What one voice says without being interrupted.

    Attributes:
        voice: a name of `voices.CAST`.
        sentences: spoken one after another with short breaths between.
        silence_before_ms: extra silence before the line, on top of the natural gap.
    """

    voice: str
    sentences: tuple[Sentence, ...]
    silence_before_ms: int = 0


def scene(name: str) -> list[Line]:
    """Read one script, such as `nl_demo`."""
    lines, silence = [], 0
    for row in (_SCRIPTS / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if pause := _SILENCE.fullmatch(row):
            silence = int(float(pause["seconds"]) * 1000)
        else:
            voice, text = row.split(": ", 1)
            sentences = tuple(map(Sentence.written, _SENTENCE_END.split(text)))
            lines.append(Line(voice, sentences, silence))
            silence = 0
    return lines


def scene_names() -> list[str]:
    """All scripts, by name."""
    return sorted(path.stem for path in _SCRIPTS.glob("*.txt"))


def scene_sentences(language: str) -> list[str]:
    """Every sentence that the scripts of one language speak."""
    names = [name for name in scene_names() if name.startswith(f"{language}_")]
    return [text for name in names for line in scene(name) for text in line.sentences]
