import pytest

from tools import release_notes
from tools.release_notes import CHANGELOG, ChangelogBroken, newest, notes, sections

TEXT = """# Changelog

All notable changes.

## [Unreleased]

### Added
- Tomorrow's.

## [1.10.0] - 2026-11-23

### Added
- Search. See [the docs](https://example.org/docs).

### Fixed
- A line that
  goes on.

## [1.9.0] - 2026-10-01
- Older.

[1.10.0]: https://example.org/compare/1.9.0...1.10.0
"""


def test_the_newest_version_is_the_first_with_a_date():
    section = newest(TEXT)
    assert (section.version, section.date) == ("1.10.0", "2026-11-23")
    assert section.notes == (
        "### Added\n- Search. See [the docs](https://example.org/docs).\n\n### Fixed\n- A line that\n  goes on."
    )


def test_notes_of_any_version_with_or_without_its_v():
    assert notes(TEXT, "1.9.0") == notes(TEXT, "v1.9.0") == "- Older."
    with pytest.raises(ChangelogBroken, match=r"no version 1\.8\.0"):
        notes(TEXT, "1.8.0")


@pytest.mark.parametrize("heading", ["## [0.2.0]", "## [0.2.0] - unreleased", "## [Unreleased]"])
def test_a_version_without_a_date_is_not_released(heading, tmp_path, capsys):
    file = tmp_path / "CHANGELOG.md"
    file.write_text(f"# Changelog\n\n{heading}\n- Something.\n")
    assert release_notes.main(["--version", "--changelog", str(file)]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("heading", "why"),
    [
        ("## 0.2.0 (2026-01-01)", "not a heading"),
        ("## [0.2.0] - 2026-13-01", "not a date"),
        ("## [0.2.0] - 23 November", "not a date"),
        ("## [0.2] - 2026-01-01", "not a version"),
        ("## [0.2.0; rm -rf ~] - 2026-01-01", "not a heading"),
        ("## [$(id)] - 2026-01-01", "not a version"),
        ("## [1.10.0] - 2026-01-01", "twice"),
        ("## [0.2.0] - 2026-01-01\n\n## [0.1.0] - 2026-01-01", "nothing is said"),
    ],
)
def test_a_broken_heading_releases_nothing(heading, why, tmp_path, capsys):
    file = tmp_path / "CHANGELOG.md"
    file.write_text(TEXT.replace("## [1.9.0] - 2026-10-01", heading))
    assert release_notes.main(["--version", "--changelog", str(file)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert why in said.err


def test_the_program_prints_version_and_notes(tmp_path, capsys):
    file = tmp_path / "CHANGELOG.md"
    file.write_text(TEXT)
    assert release_notes.main(["--version", "--changelog", str(file)]) == 0
    assert capsys.readouterr().out == "1.10.0\n"
    assert release_notes.main(["--notes", "1.10.0", "--changelog", str(file)]) == 0
    assert capsys.readouterr().out.startswith("### Added\n- Search.")


def test_our_own_changelog_can_be_read():
    assert sections(CHANGELOG.read_text(encoding="utf-8"))
