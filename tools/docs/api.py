"""The pages of the API: one for each package, with all its public modules."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from scribe_site.config import BASE_DIR

ROOTS = ("engine", "sessions_app", "speakers_app", "realtime_app", "scribe_site")
_LEFT_OUT = {"migrations", "management", "tests"}


def public_modules() -> list[str]:
    """Returns the names of all public modules and packages, each package before what is in it.

    The commands of ``manage.py`` are left out, as they have a page of their own.

    >>> "engine.clock" in public_modules(), "engine.__main__" in public_modules()
    (True, False)
    """
    return sorted(name for root in ROOTS for name in _modules(root))


def _modules(root: str) -> Iterator[str]:
    for path in (BASE_DIR / root).rglob("*.py"):
        parts = path.relative_to(BASE_DIR).with_suffix("").parts
        parts = parts[:-1] if parts[-1] == "__init__" else parts
        if not any(part.startswith("_") or part in _LEFT_OUT for part in parts) and _has_content(path, parts):
            yield ".".join(parts)


def _has_content(path: Path, parts: tuple[str, ...]) -> bool:
    """Returns whether a module says anything: formats/en is a package only because Django asks for one."""
    return bool(path.read_text().strip()) or len(parts) == 1


def pages() -> dict[str, list[str]]:
    """Returns the modules of each page: a package's own, and those in it that are no package."""
    packages = {name for name in public_modules() if (BASE_DIR / name.replace(".", "/")).is_dir()}
    found: dict[str, list[str]] = {}
    for name in public_modules():
        home = name if name in packages else name.rpartition(".")[0]
        found.setdefault(home, []).append(name)
    return found


def write_api(folder: Path) -> None:
    """Writes the pages to ``folder``; what is there already and the same is left alone, so that builds stay quick."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {f"{package}.rst": _page(package, modules) for package, modules in pages().items()}
    wanted["index.rst"] = _index()
    for path in folder.glob("*.rst"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        path = folder / name
        if not path.exists() or path.read_text() != text:
            path.write_text(text)


def _index() -> str:
    tree = "\n".join(f"   {package}" for package in pages())
    return f"{_heading('Python API', '=')}\n.. toctree::\n   :maxdepth: 1\n\n{tree}\n"


def _page(package: str, modules: list[str]) -> str:
    parts = [_heading(package, "=")]
    for module in modules:
        if module != package:
            parts.append(_heading(module, "-"))
        parts.append(f".. automodule:: {module}\n   :members:\n   :ignore-module-all:\n")
    return "\n".join(parts)


def _heading(text: str, line: str) -> str:
    return f"{text}\n{line * len(text)}\n"
