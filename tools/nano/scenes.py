"""The scripts of the fixture and demo recordings: who says what, and where the table falls silent."""

import re
from dataclasses import dataclass
from pathlib import Path

_SCRIPTS = Path(__file__).parent / "scripts"
_SILENCE = re.compile(r"\((?P<seconds>[\d.]+)\)")
_SENTENCE_END = re.compile(r"(?<=[.?!]) ")


@dataclass(frozen=True, slots=True)
class Line:
    """What one voice says without being interrupted.

    Attributes:
        voice: a name of `voices.CAST`.
        sentences: spoken one after another with short breaths between.
        silence_before_ms: extra silence before the line, on top of the natural gap.
    """

    voice: str
    sentences: tuple[str, ...]
    silence_before_ms: int = 0


def scene(name: str) -> list[Line]:
    """Read one script, such as `nl_demo`."""
    lines, silence = [], 0
    for row in (_SCRIPTS / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if pause := _SILENCE.fullmatch(row):
            silence = int(float(pause["seconds"]) * 1000)
        else:
            voice, text = row.split(": ", 1)
            lines.append(Line(voice, tuple(_SENTENCE_END.split(text)), silence))
            silence = 0
    return lines


def scene_names() -> list[str]:
    """All scripts, by name."""
    return sorted(path.stem for path in _SCRIPTS.glob("*.txt"))


def scene_sentences(language: str) -> list[str]:
    """Every sentence that the scripts of one language speak."""
    names = [name for name in scene_names() if name.startswith(f"{language}_")]
    return [text for name in names for line in scene(name) for text in line.sentences]
