"""``manage.py demo``: the demo campaign from the command line, for ``make demo``."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sessions_app.demo import make_demo
from sessions_app.models import User


class Command(BaseCommand):
    """Makes the demo campaign for the first account."""

    help = "Makes the demo campaign, owned by the first account, if it is not there yet."

    def handle(self, **options: Any) -> None:
        """Makes the campaign; processing starts as soon as a worker runs."""
        user = User.objects.order_by("pk").first()
        if user is None:
            raise CommandError("there is no account yet; manage.py up makes the first one")
        make_demo(user)
