"""The forms of people: who somebody is, and with whom they are one.

>>> sorted(ReadingForm().fields)
['sound']
"""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sessions_app.models import Character, User
from sessions_app.sorting import in_order
from speakers_app.enrolment import MOST_BYTES
from speakers_app.models import Consent, Speaker

COLOUR_NAMES = (
    _("teal"),
    _("amber"),
    _("blue"),
    _("red"),
    _("violet"),
    _("indigo"),
    _("olive"),
    _("sage"),
    _("pink"),
    _("sea green"),
    _("magenta"),
    _("brown"),
)
"""Of the stylesheet's voice colours, in order."""


class MemberField(forms.ModelChoiceField):
    """A choice of members under the names that others read."""

    def label_from_instance(self, obj: Any) -> str:
        """Returns the member's name."""
        return str(obj.shown_name)


class SpeakerForm(forms.ModelForm):
    """A person's name, role, account, usual character and colour."""

    member = MemberField(
        User.objects.none(),
        label=_("Member"),
        required=False,
        empty_label=_("nobody, or no account"),
        help_text=_("Whose account this person has; they can then decide about their own voice."),
    )
    colour = forms.TypedChoiceField(
        label=_("Colour"),
        coerce=int,
        choices=list(enumerate(COLOUR_NAMES, start=1)),
        widget=forms.RadioSelect,
    )

    class Meta:
        """Consent has a page of its own."""

        model = Speaker
        fields = ("name", "role", "member", "character", "colour")
        help_texts: ClassVar = {
            "character": _("Whom this person speaks as, unless a line says otherwise."),
        }

    def __init__(self, data: Any, *, instance: Speaker, user: User) -> None:
        super().__init__(data, instance=instance)
        speaker = self.instance
        campaign = speaker.campaign
        self._had = speaker.member_id
        taken = Speaker.objects.filter(campaign=campaign, member__isnull=False).exclude(pk=speaker.pk)
        member, character = self.fields["member"], self.fields["character"]
        assert isinstance(member, forms.ModelChoiceField)
        assert isinstance(character, forms.ModelChoiceField)
        member.queryset = in_order(campaign.members.exclude(pk__in=taken.values("member")), str)
        cast = Character.objects.filter(party__campaign=campaign)
        character.queryset = in_order(cast, lambda each: each.name)
        character.empty_label = gettext("none")
        if speaker.member_id and speaker.consent == Consent.WITHDRAWN:
            member.queryset = User.objects.filter(pk=speaker.member_id)
            member.disabled = True
            member.help_text = _("They do not want to be recognised, which stays theirs to change.")
        elif speaker.consent == Consent.WITHDRAWN and not campaign.is_owned_by(user):
            member.disabled = True
            member.help_text = _(
                "They do not want to be recognised; only an owner says whose account they have."
            )

    @property
    def changed_fields(self) -> list[str]:
        """What is to be saved: never what they agreed to meanwhile, unless the person is another account's now."""
        fields = list(self.Meta.fields)
        return [*fields, "consent"] if self._had not in (None, self.instance.member_id) else fields

    def save(self, commit: bool = True) -> Speaker:
        """Saves; what one account's person agreed to does not hold for another's."""
        speaker: Speaker = super().save(commit=False)
        if "consent" in self.changed_fields and speaker.consent == Consent.GIVEN:
            speaker.consent = Consent.UNASKED
        if commit:
            speaker.save(update_fields=self.changed_fields)
        return speaker

    def clean_name(self) -> str:
        """Requires a name that nobody else of the campaign has."""
        name = " ".join(self.cleaned_data["name"].split())
        others = Speaker.objects.filter(campaign=self.instance.campaign, name__iexact=name)
        if others.exclude(pk=self.instance.pk).exists():
            raise ValidationError(
                _("There is a %(name)s already. If they are the same person, merge them instead."),
                params={"name": name},
            )
        return name


class MergeForm(forms.Form):
    """With whom a person is one."""

    into = forms.ModelChoiceField(
        Speaker.objects.none(), label=_("They are the same person as"), to_field_name="uuid"
    )

    def __init__(self, speaker: Speaker, data: Any = None) -> None:
        super().__init__(data)
        into = self.fields["into"]
        assert isinstance(into, forms.ModelChoiceField)
        others = Speaker.objects.filter(campaign=speaker.campaign).exclude(pk=speaker.pk)
        into.queryset = in_order(others, lambda each: each.name)


class ReadingForm(forms.Form):
    """What a member read aloud, recorded in the browser or chosen from their files."""

    sound = forms.FileField(label=_("Recording"), widget=forms.FileInput(attrs={"accept": "audio/*"}))

    def clean_sound(self) -> Any:
        """Refuses what is larger than half a minute can be."""
        sound = self.cleaned_data["sound"]
        if sound.size > MOST_BYTES:
            raise ValidationError(
                _("The file is too large: at most 20 MB, which is plenty for half a minute.")
            )
        return sound
