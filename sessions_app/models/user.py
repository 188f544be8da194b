"""The account a member logs in with.

>>> User(username="olga", first_name="Olga").shown_name, User(username="olga").shown_name
('Olga', 'olga')
"""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class InterfaceLanguage(models.TextChoices):
    """Languages of pages, each by its own name."""

    DUTCH = "nl", "Nederlands"
    ENGLISH = "en", "English"


class User(AbstractUser):
    """A person who logs in; what they may see follows from their memberships alone."""

    interface_language = models.CharField(
        _("language of the pages"), max_length=2, choices=InterfaceLanguage, blank=True
    )
    """Empty for what the browser asks for."""

    @property
    def shown_name(self) -> str:
        """The name that other members read."""
        return self.get_full_name() or self.username
