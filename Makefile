# The commands of the README. Everything lives in .venv and var; nothing else on the machine changes.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
RUN := $(BIN)/python
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run demo test test-fast test-services check lint types contracts templates deployable migrations workflows \
	format docs screenshots benchmark compare mutants live-benchmark clean

help: ## Lists the commands
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 18

$(VENV)/.made:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade pip==25.3
	@touch $@

$(VENV)/.engine: $(VENV)/.made requirements/web.txt requirements/engine.txt requirements/engine-no-deps.txt requirements/constraints.txt
	$(BIN)/pip install --quiet --progress-bar off -r requirements/engine.txt
	$(BIN)/pip install --quiet --no-deps -r requirements/engine-no-deps.txt
	@touch $@

$(VENV)/.dev: $(VENV)/.engine requirements/dev.txt requirements/docs.txt
	$(BIN)/pip install --quiet --progress-bar off -r requirements/dev.txt -r requirements/docs.txt
	@touch $@

setup: $(VENV)/.engine ## Installs the pinned requirements into .venv

setup-dev: $(VENV)/.dev ## The same, with what tests, checks and documentation need

run: setup ## Starts Scribe on http://localhost:8000
	@exec $(RUN) manage.py up

demo: setup ## Starts Scribe with a demo campaign
	@exec $(RUN) manage.py up --demo

REPORTS := --html=reports/tests.html --self-contained-html --junitxml=reports/tests.xml
COVERAGE := --cov --cov-report=term --cov-report=html:reports/coverage --cov-report=xml:reports/coverage.xml

test: setup-dev ## Runs the tests, on four processes, as many wait for sound; reports and coverage go to reports/
	$(RUN) -m pytest -n 4 --dist loadfile --no-loadscope-reorder $(REPORTS) $(COVERAGE)

test-fast: setup-dev ## Runs the tests that need no browser, no real model and no processes of their own, and are quick
	$(RUN) -m pytest -n 2 --dist loadfile -m "not browser and not models and not slow and not processes" $(REPORTS)

test-services: setup-dev ## Runs the tests that go with the database and Redis of DATABASE_URL and REDIS_URL
	$(RUN) -m pytest -m "not browser and not processes" $(REPORTS) $(COVERAGE)

check: lint types contracts templates deployable migrations workflows ## Everything that is not a test; each part is a target, too

lint: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup-dev
	$(BIN)/mypy engine sessions_app speakers_app realtime_app scribe_site tools

contracts: setup-dev
	$(BIN)/lint-imports

templates: setup-dev
	$(BIN)/djlint --lint --quiet templates

deployable: setup-dev
	SCRIBE_ENV_FILE= SCRIBE_MODE=production SCRIBE_SECRET_KEY=$$($(RUN) -c 'import secrets; print(secrets.token_urlsafe(60))') \
		$(RUN) manage.py check --deploy --fail-level WARNING

migrations: setup-dev
	SCRIBE_ENV_FILE= $(RUN) manage.py makemigrations --check --dry-run

workflows: setup-dev
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml

format: setup-dev ## Formats the code
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

docs: setup-dev ## Builds the documentation into docs/_build
	$(BIN)/sphinx-build -W --keep-going -q -j 2 -b html docs docs/_build/html

screenshots: setup-dev ## Takes the README's pictures from a running demo
	$(RUN) -m tools.screenshots

benchmark: setup-dev ## Measures speed and memory against faster-whisper itself
	$(RUN) -m tools.benchmark

compare: setup-dev ## Tells whether the working tree is slower than REVISION (default: HEAD)
	$(RUN) -m tools.compare_revisions $(or $(REVISION),HEAD)

mutants: setup-dev ## Breaks the engine's pure modules in small ways and tells what their tests do not notice (an hour)
	$(RUN) -m tools.mutation_testing

live-benchmark: setup-dev ## Measures live captions: delays, losses through outages, many devices, growth
	$(RUN) -m tools.live_benchmark

clean: ## Removes the virtual environment and caches; keeps var, where the recordings are
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache docs/_build reports
