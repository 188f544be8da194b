"""The search on a real PostgreSQL server: the same tests as on the embedded database."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from tools.postgresql_server import postgresql_server, programs

HERE = Path(__file__).parent
ROOT = HERE.parents[2]

pytestmark = pytest.mark.processes


def test_a_search_does_the_same_on_postgresql():
    if connection.vendor == "postgresql":
        pytest.skip("these tests are being run on PostgreSQL themselves")
    if programs() is None:
        pytest.skip("PostgreSQL's server programs are not on this machine")
    tests = [str(HERE / name) for name in ("test_asking.py", "test_completeness.py", "test_installing.py")]
    with postgresql_server() as address:
        run = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", *tests],
            cwd=ROOT,
            env=os.environ | {"DATABASE_URL": address},
            capture_output=True,
            text=True,
            timeout=300,
        )
    assert run.returncode == 0, run.stdout + run.stderr
    assert " passed" in run.stdout
    assert "skipped" not in run.stdout
