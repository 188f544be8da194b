"""A Sphinx extension that writes what the code says of itself; ``docs/conf.py`` loads it.

Three directives, each of which stands for what the code says of itself: ``settings-table``, ``command-line`` and
``schema-list``. The pages of the API are written to ``docs/reference/api`` before Sphinx reads anything.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

from tools.docs.api import write_api
from tools.docs.commands import commands, programs
from tools.docs.schemas import schemas
from tools.docs.settings import settings_table

if TYPE_CHECKING:
    from sphinx.application import Sphinx

API = Path("reference") / "api"


class Written(SphinxDirective):
    """A directive in whose place the lines of Markdown stand that ``written`` returns."""

    optional_arguments = 1
    written: Callable[[str], Sequence[str]]

    def run(self) -> list[nodes.Node]:
        """Reads the lines as if the page held them."""
        argument = self.arguments[0] if self.arguments else ""
        lines = StringList(list(type(self).written(argument)), source=self.get_source_info()[0])
        return self.parse_text_to_nodes("\n".join(lines), allow_section_headings=True)


class SettingsTable(Written):
    """``settings-table``: every setting, by group."""

    written = staticmethod(lambda _: settings_table())


class CommandLine(Written):
    """``command-line``: the commands of ``manage.py``, or the programs of ``engine`` and ``tools``."""

    required_arguments = 1
    optional_arguments = 0
    written = staticmethod(lambda which: {"manage.py": commands, "programs": programs}[which]())


class SchemaList(Written):
    """``schema-list``: every JSON Schema, with its fields."""

    written = staticmethod(lambda _: schemas())


def setup(app: Sphinx) -> dict[str, Any]:
    """Registers the directives, and has the API's pages written first."""
    app.add_directive("settings-table", SettingsTable)
    app.add_directive("command-line", CommandLine)
    app.add_directive("schema-list", SchemaList)
    app.connect("builder-inited", lambda app: write_api(Path(app.srcdir) / API))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
