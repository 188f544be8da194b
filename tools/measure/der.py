"""Diarization error on real speech, with the upper bound on speakers that a party gives and without."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from engine.diarization import Diarizer, SpeakerCount
from engine.diarization.builtin import BuiltinDiarizer
from engine.diarization.pyannote import PyannoteDiarizer
from scribe_site.config import get_config
from tools.diarization_error import Labelled, measure
from tools.measure.figures import Figure
from tools.measure.settings import Settings

SETS = ("composed", "pyannote-sample", "ami")
AIMS = {
    "meeting_en_5spk_quiet": 7.0,
    "meeting_en_6spk_room": 10.0,
    "meeting_nl_4spk": 5.0,
    "meeting_en_10spk_text": 18.0,
}
GUEST = 1
"""A product's bound is the party's size and a guest."""


def figures(settings: Settings, folder: Path) -> Iterator[Figure]:
    """Yields the error of each diarizer at hand on each recording, in per cent."""
    recordings = [rttm for name in SETS for rttm in sorted((settings.data / name).glob("*.rttm"))]
    if not recordings:
        print(f"  no recordings with known turns in {settings.data}: diarization error is not measured")
        return
    for name, diarizer in _diarizers().items():
        for rttm in recordings:
            labelled = Labelled.of(rttm)
            for ending, bound in (("", None), (".bounded", labelled.people + GUEST)):
                score = measure(diarizer, labelled, SpeakerCount(max=bound))
                aim = AIMS.get(rttm.stem) if name == "builtin" else None
                yield Figure(f"der.{name}.{rttm.stem}{ending}", 100 * score.error, "%", at_most=aim)


def _diarizers() -> dict[str, Diarizer]:
    found: dict[str, Diarizer] = {"builtin": BuiltinDiarizer()}
    config = get_config()
    if config.pyannote_model:
        found["pyannote"] = PyannoteDiarizer(
            config.pyannote_model, config.hf_token.get_secret_value() or None
        )
    else:
        print(
            "  no pyannote weights are configured (SCRIBE_PYANNOTE_MODEL): only the built-in diarizer is measured"
        )
    return found
