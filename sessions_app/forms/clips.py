"""Making a clip of chosen lines, changing it, and cutting a session into clips.

>>> sorted(ClipForm().fields)
['on_wall', 'title']
"""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from engine.snippets import CLIP_FORMATS
from sessions_app.clips.choice import ClipChoice
from sessions_app.models import Clip, Segment, Session
from sessions_app.transcripts.showing import Show
from sessions_app.transcripts.voices import shown_voices

MOST_LINES = 1000
FORMAT_CHOICES = [(form, form.upper()) for form in CLIP_FORMATS]


class ClipForm(forms.ModelForm):
    """A clip's title, and whether it hangs on the quote wall."""

    class Meta:
        """The words are those of its lines."""

        model = Clip
        fields = ("title", "on_wall")
        labels: ClassVar = {"title": _("Title"), "on_wall": _("Put it on the quote wall")}


class NewClipForm(ClipForm):
    """The same of a clip that is made of lines, which come as their uuids with spaces between."""

    lines = forms.CharField(error_messages={"required": _("Choose lines first.")})

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.session = session

    def clean_lines(self) -> list[Segment]:
        """Returns the rows."""
        uuids = [uuid for uuid in map(_uuid, self.cleaned_data["lines"].split()) if uuid]
        if len(uuids) > MOST_LINES:
            raise ValidationError(_("That is more than fits into one clip. Choose fewer lines."))
        rows = Segment.objects.filter(session=self.session, uuid__in=uuids)
        lines = list(rows.select_related("voice").defer("words", "voice__embedding"))
        if not lines:
            raise ValidationError(
                _("These lines are not there any more: the session was processed again. Choose them again.")
            )
        return lines

    @property
    def fault(self) -> str:
        """Why nothing was done, in one sentence."""
        return " ".join(str(fault) for faults in self.errors.values() for fault in faults)


class CutForm(forms.Form):
    """What of a session becomes clips, and in which format."""

    show = forms.ChoiceField(
        label=_("Which lines"),
        required=False,
        choices=[
            (Show.ALL.value, _("Everything")),
            (Show.STORY.value, _("Story")),
            (Show.TABLE.value, _("Table talk")),
        ],
    )
    voice = forms.ChoiceField(label=_("Whose"), required=False)
    scene = forms.ChoiceField(label=_("Scene"), required=False)
    form = forms.ChoiceField(label=_("Format"), choices=FORMAT_CHOICES)

    def __init__(self, session: Session, scenes: list[tuple[str, str]], data: Any = None) -> None:
        super().__init__(data, prefix="cut")
        people = dict.fromkeys(shown_voices(session).values())
        self.fields["voice"].choices = [  # type: ignore[attr-defined]
            ("", _("Everybody's")),
            *((str(person.number), person.name) for person in people),
        ]
        self.fields["scene"].choices = [("", _("The whole session")), *scenes]  # type: ignore[attr-defined]

    def in_words(self, choice: ClipChoice) -> str:
        """Returns what was chosen before as the fields call it; what is not to be chosen any more is left out."""
        scene = "" if choice.start_ms is None else f"{choice.start_ms}-{choice.end_ms}"
        chosen = {
            "form": choice.form,
            "show": choice.show.value,
            "voice": str(choice.voice or ""),
            "scene": scene,
        }
        return " · ".join(
            str(label)
            for name, value in chosen.items()
            for known, label in self.fields[name].choices  # type: ignore[attr-defined]
            if known == value and (name in ("form", "show") or value)
        )

    def choice(self) -> ClipChoice:
        """Returns what was chosen; the form must be valid."""
        data = self.cleaned_data
        start_ms, end_ms = map(int, data["scene"].split("-")) if data["scene"] else (None, None)
        return ClipChoice(
            form=data["form"],
            show=Show.of(data["show"]),
            voice=int(data["voice"]) if data["voice"] else None,
            start_ms=start_ms,
            end_ms=end_ms,
        )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
