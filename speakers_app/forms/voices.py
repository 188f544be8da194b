"""The forms of a session's voices: whose one is, which other it is, and which proposals hold.

>>> VoiceNameForm({"name": "  Anna "}, session=session).is_valid()
True
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from sessions_app.models import Session, Voice
from speakers_app.roster import roster


class VoiceNameForm(forms.Form):
    """Whose voice it is: typed, or picked with one tap, which then counts."""

    name = forms.CharField(max_length=120, required=False)
    pick = forms.CharField(max_length=120, required=False)

    def __init__(self, data: Any, *, session: Session) -> None:
        super().__init__(data)
        self.session = session

    def clean(self) -> dict[str, Any]:
        """Leaves the person's name in ``name``, also where their character's was typed.

        Raises:
            ValidationError: where there is no name at all.
        """
        cleaned = super().clean() or self.cleaned_data
        typed = " ".join((cleaned.get("pick") or cleaned.get("name") or "").split())
        if not typed and not self.errors:
            raise forms.ValidationError(_("Type or pick a name. A voice can also be left without one."))
        return {"name": self._person(typed)}

    def _person(self, typed: str) -> str:
        """Returns who is meant; the name of a character means its player, unless a person is called that."""
        people = roster(self.session.campaign)
        folded = typed.casefold()
        if any(person.name.casefold() == folded for person in people):
            return typed
        players = [
            person.name
            for person in people
            if any(character.name.casefold() == folded for character in person.characters)
        ]
        return players[0] if len(players) == 1 else typed


class MergeForm(forms.Form):
    """Which other voice of the session it is."""

    into = forms.ModelChoiceField(
        queryset=Voice.objects.none(),
        to_field_name="uuid",
        error_messages={
            "required": _("Choose the other voice."),
            "invalid_choice": _("That voice is not there any more."),
        },
    )

    def __init__(self, data: Any, *, voice: Voice) -> None:
        super().__init__(data)
        root = voice.merged_into or voice
        others = Voice.objects.filter(session=voice.session_id, merged_into=None).exclude(pk=root.pk)
        into = self.fields["into"]
        assert isinstance(into, forms.ModelChoiceField)
        into.queryset = others.defer("embedding")


class ConfirmForm(forms.Form):
    """Several voices and their names: ``voice`` for each that is ticked, ``name-<uuid>`` for what it is called.

    A button ``only`` chooses one voice, whatever is ticked.
    """

    def __init__(self, data: QueryDict, *, session: Session) -> None:
        super().__init__(data)
        self.sent = data
        self.session = session

    def clean(self) -> dict[str, Any]:
        """Leaves the names by voice in ``names``.

        Raises:
            ValidationError: where no voice of the session is chosen.
        """
        only = self.sent.get("only")
        chosen = {only} if only else set(self.sent.getlist("voice"))
        voices = Voice.objects.filter(session=self.session, merged_into=None).defer("embedding")
        names = {
            voice: " ".join(self.sent.get(f"name-{voice.uuid}", "").split())[:120]
            for voice in voices
            if str(voice.uuid) in chosen
        }
        names = {voice: name for voice, name in names.items() if name}
        if not names:
            raise forms.ValidationError(_("Choose at least one voice."))
        return {"names": names}
