"""The row of the search."""

from tests.access.row import Row, of_campaign

ROWS = {
    # owner, editor, viewer, outsider, anonymous
    "campaign-search": Row(of_campaign, GET="200 200 200 404 302", POST="405 405 405 405 302"),
}
