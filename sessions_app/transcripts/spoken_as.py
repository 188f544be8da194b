"""As whom a line is spoken: one rule, for pages, exports and figures alike."""

from __future__ import annotations

from sessions_app.models import Label, Segment


def spoken_as(line: Segment, usual: str) -> str:
    """Returns the name of the character that ``line`` is spoken as; empty where the speaker is nobody but themselves.

    Args:
        line: with its ``character`` and ``label_character`` fetched.
        usual: whom the voice usually plays; empty where that is nobody.
    """
    said = line.character.name if line.character else ""
    found = line.label_character.name if line.label_character else ""
    return character_of(said, line.label, found, usual)


def character_of(said: str, label: str, found: str, usual: str) -> str:
    """Returns whom a line is spoken as, by the names of those who come into question.

    What a person said counts first; then whom the classifier found, where the line is story at all; then whom the voice
    usually plays, unless the line is table talk.

    >>> character_of("", "IC", "", "Mira"), character_of("", "OOC", "", "Mira"), character_of("Oz", "OOC", "", "Mira")
    ('Mira', '', 'Oz')
    """
    if said:
        return said
    if label == Label.OOC:
        return ""
    return found if label and found else usual
