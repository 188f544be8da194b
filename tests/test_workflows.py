"""GitHub runs the workflows, nobody here can: so their form and everything that they call is checked."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".github" / "workflows"
WORKFLOWS = sorted(FOLDER.glob("*.y*ml"))
PRE_COMMIT = ROOT / ".pre-commit-config.yaml"
MAKEFILE = ROOT / "Makefile"

SHOWN = {"name", "on", "permissions", "concurrency", "jobs", "env", "defaults"}
UNTRUSTED = re.compile(r"\$\{\{[^}]*(github\.event\.|github\.head_ref|inputs\.|needs\.|steps\.)[^}]*\}\}")
PINNED = re.compile(r"[\w.-]+/[\w./-]+@(v\d+(\.\d+){0,2}|[0-9a-f]{40})")


def load(path: Path) -> dict:
    """Returns a workflow; YAML 1.1 takes the key ``on`` for true."""
    found = yaml.safe_load(path.read_text())
    return {("on" if key is True else key): value for key, value in found.items()}


def jobs(path: Path) -> dict:
    return load(path)["jobs"]


def steps(path: Path) -> list[dict]:
    return [step for job in jobs(path).values() for step in job.get("steps", [])]


def recipes(*targets: str) -> list[str]:
    """Returns the commands that make would run for ``targets`` where everything is installed."""
    command = ["make", "--dry-run", "--no-print-directory", "--old-file=setup-dev", *targets]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    joined = done.stdout.replace("\\\n", " ")
    installing = ("-m venv", "pip install", "touch ")
    return [line for line in joined.splitlines() if not any(word in line for word in installing)]


def schema_errors(*paths: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows"]
    return subprocess.run([*command, *map(str, paths)], check=False, capture_output=True, text=True)


def test_there_are_workflows():
    assert {path.name for path in WORKFLOWS} == {"test.yml", "release.yml"}


def test_they_keep_to_githubs_schema():
    done = schema_errors(*WORKFLOWS)
    assert done.returncode == 0, done.stdout


def test_the_schema_would_notice_a_mistake(tmp_path):
    broken = tmp_path / "broken.yml"
    broken.write_text((FOLDER / "test.yml").read_text().replace("runs-on:", "run-on:", 1))
    assert schema_errors(broken).returncode == 1


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
class TestEachWorkflow:
    def test_has_known_keys_and_few_rights(self, path):
        workflow = load(path)
        assert workflow.keys() <= SHOWN
        assert workflow["permissions"] == {"contents": "read"}

    def test_jobs_run_somewhere_and_end(self, path):
        for name, job in jobs(path).items():
            if "uses" in job:
                assert (ROOT / job["uses"]).is_file(), name
                continue
            assert re.fullmatch(r"ubuntu-\d\d\.\d\d", job["runs-on"]), name
            assert 0 < job["timeout-minutes"] <= 60, name

    def test_needs_name_jobs_that_are_there(self, path):
        for name, job in jobs(path).items():
            needs = job.get("needs", [])
            needed = {needs} if isinstance(needs, str) else set(needs)
            assert needed <= jobs(path).keys() - {name}
            asked = set(re.findall(r"needs\.([\w-]+)\.", yaml.safe_dump(job)))
            assert asked <= needed, name

    def test_steps_of_which_outputs_are_asked_are_there(self, path):
        for name, job in jobs(path).items():
            ids = {step["id"] for step in job.get("steps", []) if "id" in step}
            assert set(re.findall(r"steps\.([\w-]+)\.", yaml.safe_dump(job))) <= ids, name

    def test_actions_are_of_a_pinned_version(self, path):
        for step in steps(path):
            assert ("uses" in step) != ("run" in step), step
            if "uses" in step:
                assert PINNED.fullmatch(step["uses"]), step["uses"]

    def test_expressions_are_closed(self, path):
        text = path.read_text()
        expressions = re.findall(r"\$\{\{((?:[^}]|\}(?!\}))*)\}\}", text)
        assert len(expressions) == text.count("${{")
        for expression in expressions:
            assert expression.count("(") == expression.count(")")
            assert expression.count("'") % 2 == 0

    def test_scripts_are_bash_and_get_foreign_words_as_variables(self, path):
        for step in steps(path):
            if script := step.get("run"):
                assert not UNTRUSTED.search(script), script
                plain = re.sub(r"\$\{\{.*?\}\}", "value", script)
                done = subprocess.run(
                    ["bash", "-n"], input=plain, text=True, capture_output=True, check=False
                )
                assert (done.returncode, done.stderr) == (0, ""), script

    def test_what_the_scripts_run_is_there(self, path):
        script = "\n".join(step.get("run", "") for step in steps(path))
        targets = re.findall(r"\bmake ([a-z-]+)", script)
        assert all(recipes(target) for target in targets)
        for program in re.findall(r"\bpython (\S+\.py)", script):
            assert (ROOT / program).is_file()


def test_tests_run_on_pushes_and_pull_requests_with_each_python():
    workflow = load(FOLDER / "test.yml")
    assert workflow["on"].keys() == {"push", "pull_request", "workflow_call"}
    assert workflow["on"]["push"]["branches"] == ["main"]
    assert workflow["jobs"]["test"]["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13"]
    lowest = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    assert lowest == ">=3.11"


def test_every_part_of_make_check_has_its_step():
    said = [step.get("run") for step in jobs(FOLDER / "test.yml")["check"]["steps"]]
    parts = re.search(r"^check:([a-z -]+)##", MAKEFILE.read_text(), re.MULTILINE)[1].split()
    assert [run for run in said if run and run.startswith("make ")] == [
        "make setup-dev",
        *(f"make {part}" for part in parts),
    ]


def test_services_are_those_that_the_settings_are_told():
    job = jobs(FOLDER / "test.yml")["services"]
    assert job["services"].keys() == {"postgres", "redis"}
    account = job["services"]["postgres"]["env"]
    assert job["env"]["DATABASE_URL"] == (
        f"postgresql://{account['POSTGRES_USER']}:{account['POSTGRES_PASSWORD']}@localhost:5432/{account['POSTGRES_DB']}"
    )
    assert job["env"]["REDIS_URL"] == "redis://localhost:6379/0"
    assert all("--health-cmd" in service["options"] for service in job["services"].values())


def test_reports_are_kept_whatever_the_outcome():
    for name in ("test", "services"):
        (kept,) = [
            step
            for step in jobs(FOLDER / "test.yml")[name]["steps"]
            if "upload-artifact" in step.get("uses", "")
        ]
        assert kept["if"] == "${{ !cancelled() }}"
        assert kept["with"]["path"] == "reports"
        (command,) = recipes("test" if name == "test" else "test-services")
        for option in ("--html=reports/", "--junitxml=reports/", "--cov ", "--cov-report=xml:reports/"):
            assert option in command


def test_only_a_tested_new_version_on_main_is_released():
    workflow = load(FOLDER / "release.yml")
    assert workflow["on"] == {"push": {"branches": ["main"], "paths": ["CHANGELOG.md"]}}
    release = workflow["jobs"]["release"]
    assert set(release["needs"]) == {"find", "test"}
    assert release["permissions"] == {"contents": "write"}
    assert workflow["jobs"]["test"]["if"] == "${{ needs.find.outputs.version != '' }}"


def test_pre_commit_runs_the_same_commands_as_make_check():
    hooks = [hook for repo in yaml.safe_load(PRE_COMMIT.read_text())["repos"] for hook in repo["hooks"]]
    targets = [hook["entry"].removeprefix("make --no-print-directory ") for hook in hooks]
    assert [line for target in targets for line in recipes(target)] == recipes("check")


def test_pre_commit_fetches_nothing():
    config = yaml.safe_load(PRE_COMMIT.read_text())
    assert [repo["repo"] for repo in config["repos"]] == ["local"]
    assert {hook["language"] for repo in config["repos"] for hook in repo["hooks"]} == {"system"}
    command = [sys.executable, "-m", "pre_commit", "validate-config", str(PRE_COMMIT)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
