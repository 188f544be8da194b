"""Rows of the demo campaign."""

from tests.access.row import Row

ROWS = {
    # owner, editor, viewer, outsider, anonymous
    "demo-create": Row(GET="405 405 405 405 302", POST="302 302 302 302 302"),
}
