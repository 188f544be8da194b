"""What may be changed before a session is processed again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sessions_app.models import Session

MOST_VOICES = 20


class ProcessForm(forms.ModelForm):
    """The language and the number of voices; empty leaves the number to be found."""

    speakers_min = forms.IntegerField(
        label=_("Fewest voices"), required=False, min_value=1, max_value=MOST_VOICES
    )
    speakers_max = forms.IntegerField(
        label=_("Most voices"), required=False, min_value=1, max_value=MOST_VOICES
    )

    class Meta:
        """A part of the session's own form."""

        model = Session
        fields = ("language", "speakers_min", "speakers_max")

    prefix = "process"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("speakers_min", "speakers_max"):
            self.fields[name].widget.attrs["placeholder"] = _("automatic")

    def clean(self) -> dict[str, Any]:
        """Requires the fewest voices to be no more than the most."""
        cleaned = super().clean() or self.cleaned_data
        fewest, most = cleaned.get("speakers_min"), cleaned.get("speakers_max")
        if fewest and most and fewest > most:
            self.add_error("speakers_max", _("The most voices can't be less than the fewest."))
        return cleaned
