"""As whom a line is spoken: one rule, for pages and exports alike."""

from __future__ import annotations

from sessions_app.models import Label, Segment


def spoken_as(line: Segment, usual: str) -> str:
    """Returns the name of the character that ``line`` is spoken as; empty where the speaker is nobody but themselves.

    What a person said counts first; then whom the classifier found, where the line is story at all; then whom the voice
    usually plays, unless the line is table talk.

    Args:
        line: with its ``character`` and ``label_character`` fetched.
        usual: whom the voice usually plays; empty where that is nobody.
    """
    if line.character is not None:
        return line.character.name
    if line.label == Label.OOC:
        return ""
    if line.label and line.label_character is not None:
        return line.label_character.name
    return usual
