"""Sphinx's settings for the documentation; what is written from the code is in ``tools/docs``."""

import atexit
import os
import shutil
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

# The code is imported to be described. It must not touch, or tell of, the installation that it is built beside.
data_dir = tempfile.mkdtemp(prefix="scribe-docs-")
atexit.register(shutil.rmtree, data_dir, ignore_errors=True)
(Path(data_dir) / "static").mkdir()
os.environ.update(DJANGO_SETTINGS_MODULE="scribe_site.settings", SCRIBE_ENV_FILE="", SCRIBE_DATA_DIR=data_dir)

import django  # noqa: E402

django.setup()

project = "Scribe"
author = "The Scribe authors"
copyright = "2026, The Scribe authors"  # noqa: A001
release = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode", "tools.docs"]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
exclude_patterns = ["_build"]

myst_heading_anchors = 3
myst_enable_extensions = ["colon_fence"]

autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True
python_use_unqualified_type_names = True
add_module_names = False
toc_object_entries = False
suppress_warnings = ["ref.python"]  # short names of types, such as User, that several modules have

html_theme = "furo"
html_title = f"Scribe {release}"
html_static_path = ["_static"]
html_css_files = ["scribe.css"]
html_copy_source = False
html_show_sphinx = False
