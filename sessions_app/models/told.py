"""How rows keep what people are told: its English template and values, so that each reads it in their own language.

>>> from engine.told import Told
>>> stored = kept(Told("%(limit)s devices record already.", limit=3))
>>> str(told(stored))
'3 devices record already.'
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.db import models

from engine.told import Told
from engine.values import Json

_MARK = '{"told":'


def kept(text: str) -> str:
    """Returns what is stored of ``text``: as it is where it has no values, else its template and values as JSON."""
    if isinstance(text, Told) and text.values:
        return json.dumps(text.to_json(), ensure_ascii=False)
    return str(text)


def told(stored: str) -> Told:
    """Returns the text that :func:`kept` made ``stored`` of; one of earlier versions, or of a library, as it is."""
    if stored.startswith(_MARK):
        data: Json = json.loads(stored)
        return Told.from_json(data)
    return Told(stored)


if TYPE_CHECKING:
    _TextField = models.TextField[str, str]
else:
    _TextField = models.TextField


class ToldField(_TextField):
    """A column of text for people; in Python a :class:`engine.told.Told`, shown by the filter ``in_words``."""

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Told | None:
        """Returns the text with its values."""
        return None if value is None else told(value)

    def get_prep_value(self, value: Any) -> Any:
        """Returns what is stored."""
        return kept(value) if isinstance(value, str) else super().get_prep_value(value)

    def deconstruct(self) -> Any:
        """Says that the database has a text: how it is read is no matter of migrations."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs
