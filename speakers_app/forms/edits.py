"""What people write in lines.

>>> EditForm({"text": "Open up!", "seen": "Open!"}).fault
''
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from sessions_app.editing.text import LONGEST
from sessions_app.models import Segment, Session

FAR = 4 * LONGEST
"""More characters than any text that could still be cleaned to a line; what is beyond is refused as too long."""


class ActForm(forms.Form):
    """What a script sends: its faults are told in one sentence."""

    @property
    def fault(self) -> str:
        """Why nothing was done."""
        return " ".join(str(fault) for faults in self.errors.values() for fault in faults)


class WrittenForm(ActForm):
    """The text of a line, and the one that was seen before it."""

    text = forms.CharField(
        required=False, strip=False, max_length=FAR, widget=forms.Textarea(attrs={"rows": 4})
    )
    seen = forms.CharField(required=False, strip=False, max_length=FAR, widget=forms.HiddenInput)


class EditForm(WrittenForm):
    """A line's new text."""

    reviewed = forms.BooleanField(required=False, label=_("This line is right now"))


class SplitForm(WrittenForm):
    """Where a line is split: before which character of its text."""

    at = forms.IntegerField(min_value=0, max_value=FAR)


class JoinForm(WrittenForm):
    """Which line is joined to another, and what was seen of it."""

    next = forms.UUIDField()
    next_seen = forms.CharField(required=False, strip=False, max_length=FAR)


class HeardForm(ActForm):
    """Whether a line becomes what the machine heard, or stays."""

    take = forms.ChoiceField(choices=[("machine", "machine"), ("mine", "mine")])
    seen = forms.CharField(required=False, strip=False, max_length=FAR)


class RowsForm(ActForm):
    """Lines by their uuids with spaces between, removed ones as well; those that are no more are left out."""

    MOST = 30_000
    lines = forms.CharField(error_messages={"required": _("Choose lines first.")})
    reviewed = forms.BooleanField(required=False)

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.session = session

    def clean_lines(self) -> dict[int, UUID]:
        """Returns uuids by primary keys."""
        uuids = {uuid for uuid in map(_uuid, self.cleaned_data["lines"].split()[: self.MOST]) if uuid}
        rows = Segment.everything.filter(session=self.session, uuid__in=uuids)
        found = dict(rows.values_list("pk", "uuid"))
        if not found:
            raise forms.ValidationError(
                _("These lines are not there any more: the session was processed again. Choose them again.")
            )
        return found


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
