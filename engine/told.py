"""What the engine tells people: an English sentence with places for values, so that it can be told in any language."""

from __future__ import annotations

from engine.values import Json

Value = str | int | float


class Told(str):
    """A sentence in English, which still knows its template and the values in it.

    A template stands literally where it is told, or in :func:`engine.wording.gettext_noop`, because that is where the
    texts to translate are gathered from.

    Args:
        template: with places such as ``%(hours)s``; without values it is taken as it is.
        values: what stands in the places; a text may itself be one that is told.

    >>> Told("The file holds %(tracks)s tracks.", tracks=70)
    'The file holds 70 tracks.'
    """

    template: str
    values: dict[str, Value]

    def __new__(cls, template: str, /, **values: Value) -> Told:
        """Returns the sentence."""
        told = super().__new__(cls, template % values if values else template)
        told.template, told.values = template, values
        return told

    def to_json(self) -> Json:
        """Returns the plain form."""
        values = {
            name: value.to_json() if isinstance(value, Told) else value for name, value in self.values.items()
        }
        return {"told": self.template, "values": values}

    @classmethod
    def from_json(cls, data: Json) -> Told:
        """Returns the sentence that :meth:`to_json` made ``data`` of."""
        values = {
            name: cls.from_json(value) if isinstance(value, dict) else value
            for name, value in data["values"].items()
        }
        return cls(data["told"], **values)
