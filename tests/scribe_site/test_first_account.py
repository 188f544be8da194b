import pytest

from scribe_site.first_account import make_first_account
from sessions_app.models import User

pytestmark = pytest.mark.django_db


def test_the_first_account_can_log_in_and_operate():
    password = make_first_account("scribe")
    user = User.objects.get(username="scribe")
    assert user.check_password(password)
    assert user.is_superuser
    assert len(password) >= 16


def test_a_second_start_makes_no_account_and_shows_no_password():
    make_first_account("scribe")
    assert make_first_account("scribe") is None
    assert User.objects.count() == 1
