"""What people decide about the lines that they chose.

>>> form = LabelForm({"lines": str(session.segments.first().uuid), "label": "IC"}, session=session)
>>> form.is_valid()
True
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from engine.classification.values import KINDS_OF
from sessions_app.models import Character, Label, LineKind, Segment, Session, Voice
from speakers_app.line_choices import voice_called

MOST_LINES = 30_000


class LinesForm(forms.Form):
    """The chosen lines, by their uuids with spaces between; those that are no more are left out."""

    lines = forms.CharField(error_messages={"required": _("Choose lines first.")})

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.session = session

    def clean_lines(self) -> list[Segment]:
        """Returns the rows."""
        uuids = {uuid for uuid in map(_uuid, self.cleaned_data["lines"].split()[:MOST_LINES]) if uuid}
        rows = Segment.objects.filter(session=self.session, uuid__in=uuids)
        lines = list(rows.only("pk", "session", "voice"))
        if not lines:
            raise ValidationError(
                _("These lines are not there any more: the session was processed again. Choose them again.")
            )
        return lines

    @property
    def fault(self) -> str:
        """Why nothing was done, in one sentence."""
        return " ".join(str(fault) for faults in self.errors.values() for fault in faults)


class MoveForm(LinesForm):
    """Whose the lines are: a voice of the session, or somebody by name, or, if neither is given, somebody else."""

    voice = forms.UUIDField(required=False)
    name = forms.CharField(required=False, max_length=120)

    def clean_voice(self) -> Voice | None:
        """Returns the row."""
        uuid = self.cleaned_data["voice"]
        if uuid is None:
            return None
        voice: Voice | None = self.session.voices.defer("embedding").filter(uuid=uuid).first()
        if voice is None:
            raise ValidationError(_("This voice is not there any more. Choose another one."))
        return voice

    def clean(self) -> dict[str, Any]:
        """Finds the voice of somebody who is named and already heard in this session."""
        cleaned = super().clean() or {}
        cleaned["name"] = " ".join(cleaned.get("name", "").split())
        if cleaned["name"] and not cleaned.get("voice"):
            cleaned["voice"] = voice_called(self.session, cleaned["name"])
        return cleaned


class SpeakAsForm(LinesForm):
    """As whom the lines are spoken; without a character: as usual."""

    character = forms.UUIDField(required=False)

    def clean_character(self) -> Character | None:
        """Returns the row."""
        uuid = self.cleaned_data["character"]
        if uuid is None:
            return None
        cast = Character.objects.filter(party__campaign=self.session.campaign_id)
        character: Character | None = cast.filter(uuid=uuid).first()
        if character is None:
            raise ValidationError(_("This character is not in the party any more."))
        return character


class LabelForm(LinesForm):
    """What the lines are: a label, or a kind of talk, or both."""

    label = forms.ChoiceField(required=False, choices=[("", ""), *Label.choices])
    kind = forms.ChoiceField(required=False, choices=[("", ""), *LineKind.choices])

    def clean_label(self) -> Label | None:
        """Returns the value."""
        return Label(self.cleaned_data["label"]) if self.cleaned_data["label"] else None

    def clean_kind(self) -> LineKind | None:
        """Returns the value."""
        return LineKind(self.cleaned_data["kind"]) if self.cleaned_data["kind"] else None

    def clean(self) -> dict[str, Any]:
        """Refuses what says nothing, and what contradicts itself."""
        cleaned = super().clean() or {}
        label, kind = cleaned.get("label"), cleaned.get("kind")
        if self.errors:
            return cleaned
        if not label and not kind:
            raise ValidationError(_("Say what the lines are."))
        if label and kind and kind not in KINDS_OF[label.value]:
            raise ValidationError(_("A line with this label is not of that kind."))
        return cleaned


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
