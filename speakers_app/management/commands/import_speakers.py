"""``manage.py import_speakers``: reads a mapping file into a campaign, from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sessions_app.json_file import FileRefused
from speakers_app.mapping import MAX_BYTES, campaign_called, import_mapping, plan_of, read_mapping


class Command(BaseCommand):
    """Makes everything as the file says, or nothing."""

    help = "Reads a campaign's people and whose voice is whose from JSON; see schemas/speaker_mapping.json."

    def add_arguments(self, parser: CommandParser) -> None:
        """Takes the campaign and the file."""
        parser.add_argument("campaign", help="the campaign's id, or its name if no other has it")
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="only say what would change")

    def handle(self, *, campaign: str, file: Path, dry_run: bool, **options: Any) -> None:
        """Says what changed, or everything that is wrong with the file."""
        try:
            into = campaign_called(campaign)
            with file.open("rb") as stream:
                mapping = read_mapping(stream.read(MAX_BYTES + 1))
            plan = plan_of(into, mapping)
            if not dry_run:
                import_mapping(into, mapping, user=None)
        except LookupError as error:
            raise CommandError(error.args[0]) from error
        except OSError as error:
            raise CommandError(f"{file} can't be read: {error.strerror}") from error
        except FileRefused as refused:
            faults = "".join(f"\n  {fault}" for fault in refused.faults)
            raise CommandError(f"{file} does not fit; nothing was changed:{faults}") from refused
        self.stdout.write(f"Would change: {plan.summary}" if dry_run else f"Changed: {plan.summary}")
