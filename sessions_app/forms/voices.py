"""The number of voices that somebody expects; a part of every form that says how a session is processed.

>>> VoiceCount("Voices").clean("4"), VoiceCount("Voices").clean("")
(4, None)
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

MOST_VOICES = 20


class VoiceCount(forms.IntegerField):
    """How many voices; empty leaves it to be found."""

    def __init__(self, label: Any) -> None:
        super().__init__(label=label, required=False, min_value=1, max_value=MOST_VOICES)
        self.widget.attrs["placeholder"] = _("automatic")


class VoiceCountForm(forms.ModelForm):
    """The fewest and the most voices of a session."""

    speakers_min = VoiceCount(_("Fewest voices"))
    speakers_max = VoiceCount(_("Most voices"))

    def clean(self) -> dict[str, Any]:
        """Requires the fewest voices to be no more than the most."""
        cleaned = super().clean() or self.cleaned_data
        fewest, most = cleaned.get("speakers_min"), cleaned.get("speakers_max")
        if fewest and most and fewest > most:
            self.add_error("speakers_max", _("The most voices can't be less than the fewest."))
        return cleaned
