"""The forms of reading in a mapping file: choosing it, and agreeing to what it would change.

>>> sorted(MappingForm(campaign=campaign).fields)
['file']
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from sessions_app.json_file import FileRefused
from sessions_app.models import Campaign
from speakers_app.mapping import MAX_BYTES, Mapping, Plan, plan_of, read_mapping


class MappingForm(forms.Form):
    """A mapping file for one campaign."""

    file = forms.FileField(
        label=_("Speaker file"), widget=forms.FileInput(attrs={"accept": ".json,application/json"})
    )

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._campaign = campaign
        self.plan: Plan | None = None

    def clean_file(self) -> Mapping:
        """Returns what the file says, and leaves what it would change in ``plan``.

        Raises:
            ValidationError: with one sentence per fault.
        """
        return self._planned(self.cleaned_data["file"].read(MAX_BYTES + 1))

    def _planned(self, content: bytes) -> Mapping:
        try:
            mapping = read_mapping(content)
            self.plan = plan_of(self._campaign, mapping)
        except FileRefused as refused:
            raise ValidationError(refused.faults) from refused
        return mapping


class AgreedMappingForm(MappingForm):
    """The file again, as text, and what somebody was shown that it would change."""

    file = forms.CharField(widget=forms.HiddenInput, strip=False)  # type: ignore[assignment]
    seen = forms.CharField(widget=forms.HiddenInput)

    def clean_file(self) -> Mapping:
        """Returns what the text says, and leaves what it would change in ``plan``."""
        text: str = self.cleaned_data["file"].replace(
            "\r\n", "\n"
        )  # browsers send fields with longer line ends
        return self._planned(text.encode())
