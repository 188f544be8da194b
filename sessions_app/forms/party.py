"""The forms of a party: its name, one character, and a party file.

>>> AliasesField().clean("Mir, the Grey,, Mir")
['Mir', 'the Grey']
"""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from sessions_app.json_file import FileRefused
from sessions_app.models import Character, Party, User
from sessions_app.party_file import MAX_BYTES, ImportMode, PartyFile, read_party_file
from sessions_app.sorting import in_order

MAX_ALIASES = 20
MAX_ALIAS_LENGTH = 120


class AliasesField(forms.CharField):
    """A list of names, written with commas between them."""

    def prepare_value(self, value: Any) -> Any:
        """Returns a list as its text."""
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        """Returns the names, each once, in the order written."""
        names = [name.strip() for name in super().clean(value).replace("\n", ",").split(",")]
        unique = list(dict.fromkeys(name for name in names if name))
        if len(unique) > MAX_ALIASES:
            raise ValidationError(_("At most %(most)s aliases."), params={"most": MAX_ALIASES})
        if any(len(name) > MAX_ALIAS_LENGTH for name in unique):
            raise ValidationError(
                _("An alias has at most %(most)s letters."), params={"most": MAX_ALIAS_LENGTH}
            )
        return unique


class MemberField(forms.ModelChoiceField):
    """A choice of the campaign's members, by the names that they go by."""

    def label_from_instance(self, obj: User) -> str:
        """Returns the name that other members read."""
        return obj.shown_name


class CharacterForm(forms.ModelForm):
    """One character, and the player or member who speaks for it."""

    aliases = AliasesField(
        label=_("Aliases"), required=False, help_text=_("Other names at the table, with commas between them.")
    )
    member = MemberField(
        label=_("Member"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("none of the members"),
        help_text=_("If the player has an account here."),
    )

    class Meta:
        """The name comes first; the rest helps the transcript."""

        model = Character
        fields = ("name", "player_name", "member", "role", "aliases", "race", "char_class", "description")
        widgets: ClassVar = {"description": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *args: Any, party: Party, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        member = self.fields["member"]
        assert isinstance(member, MemberField)
        member.queryset = in_order(party.campaign.members.all(), str)


class PartyNameForm(forms.ModelForm):
    """The party's name."""

    class Meta:
        """Empty for a party that goes by its campaign's name."""

        model = Party
        fields = ("name",)


class PartyImportForm(forms.Form):
    """A party file, and what to do with the characters already there."""

    file = forms.FileField(
        label=_("Party file"), widget=forms.ClearableFileInput(attrs={"accept": ".json,application/json"})
    )
    mode = forms.ChoiceField(
        label=_("Characters already there"),
        choices=ImportMode.choices,
        initial=ImportMode.ADD,
        widget=forms.RadioSelect,
        help_text=_("Characters of the same name are brought up to date either way."),
    )

    def clean_file(self) -> PartyFile:
        """Returns the file's content.

        Raises:
            ValidationError: with one sentence per fault.
        """
        file: UploadedFile = self.cleaned_data["file"]
        try:
            return read_party_file(file.read(MAX_BYTES + 1))
        except FileRefused as refused:
            raise ValidationError(refused.faults) from refused
