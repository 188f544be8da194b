"""The forms of a person's own account.

>>> AccountForm({"first_name": "Olga", "email": "no address"}).errors["email"]
['Enter a valid email address.']
"""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib.auth.forms import UserCreationForm
from django.utils.translation import gettext_lazy as _

from sessions_app.models import User
from sessions_app.models.user import InterfaceLanguage


class SignUpForm(UserCreationForm):
    """What a newcomer fills in after following an invitation."""

    class Meta:
        """A name, mail for lost passwords, and the password twice."""

        model = User
        fields = ("username", "email")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].help_text = _("What you log in with. Letters, digits and @ . + - _")
        self.fields["email"].label = _("E-mail address (optional)")
        self.fields["email"].help_text = _("Only used when you forget your password.")
        self.fields["password1"].help_text = _(
            "At least 8 characters, not only digits, and not a common word."
        )
        self.fields["password2"].label = _("The same password again")
        self.fields["password2"].help_text = ""


class AccountForm(forms.ModelForm):
    """What a person may change about themselves."""

    class Meta:
        """The name that others read, mail, and the language of pages."""

        model = User
        fields = ("first_name", "email", "interface_language")
        labels: ClassVar = {"first_name": _("Name"), "email": _("E-mail address (optional)")}
        help_texts: ClassVar = {
            "first_name": _("What other members of your campaigns read. Empty for your user name."),
            "email": _("Only used when you forget your password."),
        }
        widgets: ClassVar = {
            "first_name": forms.TextInput(attrs={"autocomplete": "name"}),
            "email": forms.EmailInput(attrs={"autocomplete": "email"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("As the browser asks for")), *InterfaceLanguage.choices]
        self.fields["interface_language"] = forms.ChoiceField(
            label=_("Language of the pages"), choices=choices, required=False
        )
