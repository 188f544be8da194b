"""``manage.py export_speakers``: a campaign's mapping file, from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from speakers_app.mapping import campaign_called, write_mapping


class Command(BaseCommand):
    """Writes who the voices of a campaign are."""

    help = "Writes a campaign's people and whose voice is whose as JSON; see schemas/speaker_mapping.json."

    def add_arguments(self, parser: CommandParser) -> None:
        """Takes the campaign and where to write."""
        parser.add_argument("campaign", help="the campaign's id, or its name if no other has it")
        parser.add_argument(
            "--output", type=Path, metavar="FILE", help="file to write; by default to the screen"
        )

    def handle(self, *, campaign: str, output: Path | None, **options: Any) -> None:
        """Writes the file whole, or says why not."""
        try:
            text = write_mapping(campaign_called(campaign))
        except LookupError as error:
            raise CommandError(error.args[0]) from error
        if output is None:
            self.stdout.write(text, ending="")
            return
        try:
            output.write_text(text, encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{output} can't be written: {error.strerror}") from error
        self.stderr.write(f"Written to {output}.")
