"""The choice of a language: Dutch, English, or to find out once; a part of every form that asks for one.

>>> [str(name) for value, name in LanguageChoice().choices]
['Dutch', 'English', 'Find out from the first minutes']
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sessions_app.models import Language

DETECT = "detect"


class LanguageChoice(forms.ChoiceField):
    """Languages, and the wish to have it found out."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [*Language.choices, (DETECT, _("Find out from the first minutes"))]
        super().__init__(choices=choices, label=_("Language"), **kwargs)


class LanguageForm(forms.ModelForm):
    """Of something with ``language`` and ``detect_language``; a language that is to be found out keeps the old one."""

    language = LanguageChoice()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.detect_language:
            self.initial["language"] = DETECT
        self._expected = self.instance.language

    def clean_language(self) -> str:
        """Takes the wish to find out apart from the language that holds until then."""
        chosen: str = self.cleaned_data["language"]
        self.instance.detect_language = chosen == DETECT
        return self._expected if chosen == DETECT else chosen


class SpokenLanguageForm(LanguageForm):
    """Of a session, whose language may have been heard, also since the form was shown."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].show_hidden_initial = True

    def clean_language(self) -> str:
        """Notes that it is what somebody said from now on, if it was changed; untouched, it stays as it is by now."""
        chosen = self.cleaned_data["language"]
        if chosen == self.data.get(self.add_initial_prefix("language")):
            kept: str = self._expected
            return kept
        language = super().clean_language()
        if self.instance.detect_language or language != self._expected:
            self.instance.language_detected = False
        return language
