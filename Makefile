# `make demo` shows the main job, `make test` checks everything; both start from a bare clone.
# Needed: Python 3.11 or newer with its venv module. All else goes into .venv, as the lock says.

VENV := .venv
BIN := $(VENV)/bin
CANDIDATES := python3 python3.14 python3.13 python3.12 python3.11
IS_NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for python in $(CANDIDATES); do \
	"$$python" -c '$(IS_NEW_ENOUGH)' 2>/dev/null && { echo "$$python"; break; }; done)
REDOCLY := @redocly/cli@2.77.0
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
UV = $(or $(shell command -v uv),$(BIN)/uv)
LOCKED := --only-binary :all: --constraint requirements.lock --editable
# uv needs seconds for what pip needs minutes for; where it cannot be had, or fails, pip does it.
install = $(UV) pip install --quiet --python $(BIN)/python $(LOCKED) $(1) || $(PIP) $(LOCKED) $(1)

.PHONY: demo serve test openapi event-page format soak bench catalogue peers audit sbom lock clean

demo: $(VENV)/runtime # solve an invented event, lose some people, mend the schedule
	@$(BIN)/tertius demo $(ARGS)

serve: $(VENV)/runtime # the service on this machine; ARGS="--port 9000" and the like
	@$(BIN)/tertius serve $(ARGS)

test: $(VENV)/dev # all that must hold before a change goes in; COVERAGE=1 to hold its floor, too
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n 2 $(if $(COVERAGE),--cov) $(ARGS)

openapi: $(VENV)/runtime # write the OpenAPI document to build/openapi.json and lint it; needs Node
	@command -v npx >/dev/null || { \
		echo "The linter needs Node.js with npx. On Debian and Ubuntu: apt install npm"; exit 1; }
	@mkdir -p build
	$(BIN)/tertius openapi --out build/openapi.json
	REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true npx --yes $(REDOCLY) lint --config redocly.yaml --format stylish build/openapi.json

event-page: $(VENV)/dev # write docs/event.md from what is said of each field
	$(BIN)/python -m bench.event_page

format: $(VENV)/dev # lay the code out as the checks want it
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

soak: $(VENV)/dev # the tests with their long campaigns at full figures
	TERTIUS_SOAK=1 $(BIN)/pytest -n 2 $(ARGS)

bench: $(VENV)/dev # what must be reached, and what is; ARGS="--sizes 60 --seeds 1 2 3" and the like
	$(BIN)/python -m bench.figures $(ARGS)

catalogue: $(VENV)/dev # find what is to be translated, and bring every language up to date
	$(BIN)/python -m bench.words

peers: $(VENV)/dev # other methods on the same events; ARGS as above
	$(BIN)/python -m bench.peers $(ARGS)

audit: $(VENV)/dev # ask whether holes are known in what is locked; ARGS=--may-be-offline in CI
	$(BIN)/python -m bench.audit $(ARGS)

sbom: $(VENV)/dev # write build/sbom.json: all that is locked, in CycloneDX
	@mkdir -p build
	$(BIN)/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible \
		--output-file build/sbom.json requirements.lock

lock: $(VENV)/dev # take up new releases of what pyproject.toml asks for
	@command -v uv > /dev/null || $(PIP) uv
	$(UV) pip compile --quiet --upgrade --universal --no-header --no-annotate --all-extras \
		--output-file requirements.lock pyproject.toml

clean: # remove what the other targets made
	rm -rf $(VENV) tertius-demo build dist
	rm -f .coverage .coverage.*
	rm -rf .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find app bench schemas solver tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/runtime: pyproject.toml requirements.lock hatch_build.py $(wildcard app/*/package*.json) | $(VENV)/made
	@echo "Installing what Tertius needs into $(VENV)"
	@$(call install,.)
	@echo "Compiling the search (once, about a minute)"
	@$(BIN)/python -m solver.warm
	@touch $@

$(VENV)/dev: $(VENV)/runtime
	@echo "Installing the checks into $(VENV)"
	@$(call install,'.[dev]')
	@touch $@

$(VENV)/made:
	@test -n "$(PYTHON)" || { \
		echo "Tertius needs Python 3.11 or newer. Install one, or name it: make PYTHON=..."; exit 1; }
	@"$(PYTHON)" -c '$(IS_NEW_ENOUGH)' || { \
		echo "$(PYTHON) is not Python 3.11 or newer. Name another: make PYTHON=..."; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) cannot make environments: its venv module is not installed."; \
		echo "On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@"$(PYTHON)" -m venv $(VENV)
	@command -v uv > /dev/null || $(PIP) uv || true
	@touch $@
