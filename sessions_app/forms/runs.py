"""What may be changed before a session is processed again.

>>> sorted(ProcessForm(instance=session).fields)
['language', 'speakers_max', 'speakers_min']
"""

from __future__ import annotations

from sessions_app.forms.language import SpokenLanguageForm
from sessions_app.forms.voices import VoiceCountForm
from sessions_app.models import Session


class ProcessForm(SpokenLanguageForm, VoiceCountForm):
    """The language and the number of voices; empty leaves the number to be found."""

    prefix = "process"

    class Meta:
        """A part of the session's own form."""

        model = Session
        fields = ("language", "speakers_min", "speakers_max")
