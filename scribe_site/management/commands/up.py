"""``manage.py up``: everything one machine needs, under one supervisor that restarts what dies."""

from __future__ import annotations

import logging
import os
import socket
import sys
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from scribe_site.certificate import certify
from scribe_site.config import get_config
from scribe_site.first_account import make_first_account
from scribe_site.own_names import own_names
from scribe_site.processes import certificate_files, processes, supervisor_config


class Command(BaseCommand):
    """Migrates, makes the first account, and becomes the supervisor of web, workers and Redis."""

    help = "Starts the whole application; Ctrl-C stops it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Adds ``--demo``."""
        parser.add_argument("--demo", action="store_true", help="make the demo campaign at the first start")

    def handle(self, *, demo: bool, **options: Any) -> None:
        """Prepares the installation and hands over to supervisord; returns only on error."""
        config = get_config()
        for port in filter(None, (config.port, config.https_port)):
            refuse_a_taken_port(config.host, port)
        (config.data_dir / "logs").mkdir(parents=True, exist_ok=True)
        call_command("migrate", verbosity=0, interactive=False)
        call_command("collectstatic", verbosity=0, interactive=False)
        if config.https_port:
            certify(certificate_files(config), ["localhost", *own_names()])
        password = make_first_account(config.admin_name)
        if demo:
            # No queue is up yet to take the tickets; the reconciler sends them.
            logging.disable(logging.WARNING)
            call_command("demo")
        if password:
            self.stdout.write(
                f"\n  Your first account (the password is shown this once):\n"
                f"    name      {config.admin_name}\n    password  {password}\n"
            )
        self.stdout.write("  Starting ...")
        self.stdout.flush()
        path = config.data_dir / "supervisord.conf"
        path.write_text(supervisor_config(config, processes(config)))
        os.execv(sys.executable, [sys.executable, "-m", "supervisor.supervisord", "-n", "-c", str(path)])


def refuse_a_taken_port(host: str, port: int) -> None:
    """Checks that the web process will get its port.

    Raises:
        CommandError: when something listens there already, which is most often Scribe itself.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"port {port} on {host} cannot be used ({error.strerror}): Scribe may be running already; "
                "stop it, or set SCRIBE_PORT or SCRIBE_HTTPS_PORT to another port"
            ) from error
