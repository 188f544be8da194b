"""Settings of a real web process that a test starts: the product's own, over the test's database and folder."""

import os

os.environ["SCRIBE_DATA_DIR"] = os.environ["SCRIBE_TEST_DATA"]
os.environ["SCRIBE_SECRET_KEY"] = os.environ["SCRIBE_TEST_SECRET"]
os.environ["SCRIBE_ENV_FILE"] = ""

from scribe_site.settings import *  # noqa: F403

DATABASES["default"]["NAME"] = os.environ["SCRIBE_TEST_DATABASE"]  # noqa: F405
CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
