"""The forms of campaigns, their sessions and the people in them.

>>> CampaignForm({"name": "", "language": "nl"}).errors["name"]
['This field is required.']
"""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from scribe_site.config import get_config
from sessions_app.forms.language import LanguageForm, SpokenLanguageForm
from sessions_app.forms.voices import VoiceCountForm
from sessions_app.models import Campaign, Invitation, Role, Session


class CampaignForm(LanguageForm):
    """A campaign's name, description and language."""

    class Meta:
        """The language is what new sessions start with."""

        model = Campaign
        fields = ("name", "description", "language", "voice_consent_required", "language_model_allowed")
        widgets: ClassVar = {"description": forms.Textarea(attrs={"rows": 3})}
        help_texts: ClassVar = {
            "voice_consent_required": _(
                "A person's voice is then recognised in other sessions only after they agreed to it."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].help_text = _("What is spoken at the table; each session can have its own.")
        config = get_config()
        if not config.llm_is_remote:
            del self.fields["language_model_allowed"]
            return
        field = self.fields["language_model_allowed"]
        field.label = _("Send the transcript to a language model")
        field.help_text = _(
            "To tell story from table talk, the words, the names of speakers and the party then leave this machine "
            "for %(model)s at %(host)s. Without it, the built-in classifier does it here."
        ) % {"model": config.llm_model, "host": config.llm_host}


class CampaignDeleteForm(forms.Form):
    """The campaign's name once more, because nothing brings a deleted campaign back."""

    name = forms.CharField(
        label=_("Name of the campaign"), widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, campaign: Campaign, data: Any = None) -> None:
        super().__init__(data)
        self.campaign = campaign

    def clean_name(self) -> str:
        """Requires the campaign's own name, whatever the case."""
        name: str = self.cleaned_data["name"].strip()
        if name.casefold() != self.campaign.name.strip().casefold():
            raise ValidationError(_("This is not the name of this campaign."))
        return name


class SessionForm(SpokenLanguageForm, VoiceCountForm):
    """One evening's number, title, date, language, notes and how many voices to expect."""

    class Meta:
        """The number of voices helps to tell them apart; empty leaves it to be found."""

        model = Session
        fields = ("number", "title", "date", "language", "notes", "speakers_min", "speakers_max")
        widgets: ClassVar = {
            "date": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            "notes": forms.Textarea(attrs={"rows": 4}),
        }

    def clean_number(self) -> int:
        """Requires a number that no other session of the campaign has."""
        number: int = self.cleaned_data["number"]
        if (
            Session.objects.filter(campaign=self.instance.campaign, number=number)
            .exclude(pk=self.instance.pk)
            .exists()
        ):
            raise ValidationError(_("There is a session %(number)s already."), params={"number": number})
        return number


class RoleForm(forms.Form):
    """The role to give to a member."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)


class InvitationForm(forms.ModelForm):
    """The role that a link gives to who follows it; it does most harm as owner, so it starts as viewer."""

    class Meta:
        """The expiry is the installation's usual one."""

        model = Invitation
        fields = ("role",)
        labels: ClassVar = {"role": _("Who follows the link becomes")}
