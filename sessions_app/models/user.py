"""The account a member logs in with."""

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """A person who logs in; what they may see follows from their memberships alone."""

    @property
    def shown_name(self) -> str:
        """The name that other members read."""
        return self.get_full_name() or self.username
