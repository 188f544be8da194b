"""Rows of accounts, campaigns, members, parties and sessions."""

from sessions_app.invitations import token_of
from tests.access.row import Row, of_campaign, of_session

SESSION = {"number": 2, "title": "", "date": "2026-01-02", "language": "nl", "notes": ""}

ROWS = {
    # owner, editor, viewer, outsider, anonymous
    "login": Row(GET="302 302 302 302 200", POST="302 302 302 302 200"),
    "logout": Row(GET="405 405 405 405 302", POST="302 302 302 302 302"),
    "account": Row(GET="200 200 200 200 302", POST="302 302 302 302 302", data={"first_name": "Olga"}),
    "password_change": Row(GET="200 200 200 200 302", POST="200 200 200 200 302"),
    "password_change_done": Row(GET="200 200 200 200 302"),
    "password_reset": Row(GET="200 200 200 200 200", POST="200 200 200 200 200"),
    "password_reset_done": Row(GET="200 200 200 200 200"),
    "password_reset_confirm": Row(lambda house: ["MQ", "forged-token"], GET="200 200 200 200 200"),
    "password_reset_complete": Row(GET="200 200 200 200 200"),
    "theme": Row(GET="405 405 405 405 405", POST="302 302 302 302 302", data={"theme": "dark"}),
    "campaign-list": Row(GET="200 200 200 200 302", POST="405 405 405 405 302"),
    "campaign-create": Row(
        GET="200 200 200 200 302", POST="302 302 302 302 302", data={"name": "New", "language": "en"}
    ),
    "campaign-detail": Row(of_campaign, GET="200 200 200 404 302", POST="405 405 405 405 302"),
    "campaign-edit": Row(
        of_campaign,
        GET="200 403 403 404 302",
        POST="302 403 403 404 302",
        data={"name": "New", "language": "en"},
    ),
    "campaign-delete": Row(
        of_campaign, GET="200 403 403 404 302", POST="302 403 403 404 302", data={"name": "The Sunken Keep"}
    ),
    "campaign-leave": Row(of_campaign, GET="200 200 200 404 302", POST="302 302 302 404 302"),
    "member-list": Row(of_campaign, GET="200 200 200 404 302", POST="405 405 405 405 302"),
    "member-role": Row(
        lambda house: [house.membership.uuid],
        GET="405 405 405 405 302",
        POST="302 403 403 404 302",
        data={"role": "editor"},
    ),
    "member-remove": Row(
        lambda house: [house.membership.uuid], GET="200 403 403 404 302", POST="302 403 403 404 302"
    ),
    "invitation-create": Row(
        of_campaign, GET="405 405 405 405 302", POST="302 403 403 404 302", data={"role": "viewer"}
    ),
    "invitation-revoke": Row(
        lambda house: [house.invitation.uuid], GET="405 405 405 405 302", POST="302 403 403 404 302"
    ),
    "join": Row(
        lambda house: [token_of(house.invitation)], GET="302 302 302 200 200", POST="302 302 302 302 200"
    ),
    "party": Row(of_campaign, GET="200 200 200 404 302", POST="405 405 405 405 302"),
    "party-edit": Row(
        of_campaign, GET="200 200 403 404 302", POST="302 302 403 404 302", data={"name": "New"}
    ),
    "party-export": Row(of_campaign, GET="200 200 200 404 302", POST="405 405 405 405 302"),
    "party-import": Row(of_campaign, GET="200 200 403 404 302", POST="200 200 403 404 302"),
    "character-create": Row(
        of_campaign,
        GET="200 200 403 404 302",
        POST="302 302 403 404 302",
        data={"name": "Borin", "role": "player"},
    ),
    "character-edit": Row(
        lambda house: [house.character.uuid],
        GET="200 200 403 404 302",
        POST="302 302 403 404 302",
        data={"name": "Borin", "role": "player"},
    ),
    "character-delete": Row(
        lambda house: [house.character.uuid], GET="200 200 403 404 302", POST="302 302 403 404 302"
    ),
    "session-create": Row(of_campaign, GET="200 200 403 404 302", POST="302 302 403 404 302", data=SESSION),
    "session-edit": Row(of_session, GET="200 200 403 404 302", POST="302 302 403 404 302", data=SESSION),
    "session-delete": Row(of_session, GET="200 200 403 404 302", POST="302 302 403 404 302"),
}
