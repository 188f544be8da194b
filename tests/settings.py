"""Settings of the test suite: the product's own, with everything that leaves the process taken in memory."""

import os
import tempfile

_data = tempfile.mkdtemp(prefix="scribe-tests-")
os.mkdir(f"{_data}/static")  # noqa: PTH102  (WhiteNoise warns where it is missing)
os.environ["SCRIBE_DATA_DIR"] = _data
os.environ["SCRIBE_ENV_FILE"] = ""
for name in ("SCRIBE_MODE", "SCRIBE_DEBUG", "SCRIBE_SECRET_KEY"):
    os.environ.pop(name, None)

from scribe_site.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# A file: the browser tests' server answers from several threads, each with a connection of its own.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    DATABASES["default"]["TEST"] = {"NAME": f"{_data}/test.sqlite3"}  # noqa: F405
AXES_ENABLED = False  # the tests of the login switch it on; for all others it is a query at each login
