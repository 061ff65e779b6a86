# Everything a person does with Lifeguard on their own machine. Needs Python 3.11 or 3.12 and make.
#
# Each target sets up the virtual environments it needs: .venv for the product, .local/venv for the local stack (its
# packages pin versions that the product's must not be held to). They are installed again only when the compiled
# requirements change: the name of the stamp that an installation leaves contains their checksum.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help demo test nightly check e2e messages requirements clean

# The first of these that is a Python we support; choose another with `make PYTHON=/path/to/python3.12 …`.
PYTHON ?= $(shell for python in python3.11 python3.12 python3; do \
	if $$python -c 'import sys; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)))' >/dev/null 2>&1; \
	then echo $$python; exit; fi; done; echo no-python)

checksum = $(shell cat $(1) | cksum | cut -d' ' -f1)
BASE := .venv/.base-$(call checksum,requirements/base.txt)
DEV := .venv/.dev-$(call checksum,requirements/dev.txt)
LOCAL := .local/venv/.local-$(call checksum,requirements/local.txt)
TOOLS := .local/tools/.tools-$(call checksum,requirements/tools.txt)
# The files are complete, so pip need not look for what they depend on; it only fetches, verifies and unpacks.
INSTALL := -m pip install -qq --disable-pip-version-check --require-hashes --no-deps

help: ## Show this list
	@grep -hE '^[a-z0-9]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9]+):.*## /\1|/' | \
		awk -F'|' '{ printf "  make %-14s %s\n", $$1, $$2 }'

demo: ## Run everything on this machine: PORT_BASE=9000 or REDIS_PORT=7000 and the like choose ports
	@$(MAKE) --silent --no-print-directory -j2 $(BASE) $(LOCAL)
	@.local/venv/bin/python -m local.stack demo --data .local/data $(PORT_CHOICES)

test: $(DEV) $(LOCAL) ## Run all tests: ARGS="-k onboarding" passes options to pytest
	@.venv/bin/python -m pytest $(ARGS)

nightly: $(DEV) $(LOCAL) ## Try 500 random histories under faults and the whole matrix of tenants; make test tries a part
	@LIFEGUARD_HISTORIES=500 LIFEGUARD_MATRIX=whole .venv/bin/python -m pytest tests/convergence/test_histories.py \
		tests/security/cognito/test_matrix.py $(ARGS)

e2e: $(DEV) $(LOCAL) ## Run the browser tests alone
	@.venv/bin/python -m pytest -m browser $(ARGS)

# makemigrations also compares with a database's applied history; that needs one, and is not what is asked here.
check: $(DEV) $(LOCAL) ## Lint, format, types, import contracts, templates, migrations, deployment settings
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy config tenants identity federation tests bench $(LOCAL_DJANGO)
	.venv/bin/mypy --config-file local/mypy.ini --python-executable .local/venv/bin/python $(LOCAL_SERVERS)
	.venv/bin/lint-imports --no-cache
	.venv/bin/djlint --lint --quiet templates local
	DJANGO_SETTINGS_MODULE=local.check_settings .venv/bin/python -W "ignore:Got an error checking:RuntimeWarning" \
		manage.py makemigrations --check --dry-run
	DJANGO_SETTINGS_MODULE=local.check_settings .venv/bin/python manage.py check --deploy --fail-level WARNING

messages: $(DEV) ## Collect the texts of end users' pages for translation, and compile the catalogs; needs GNU gettext
	@DJANGO_SETTINGS_MODULE=local.check_settings .venv/bin/python manage.py brand_messages

requirements: $(TOOLS) ## Compile requirements/*.in to pinned, hashed *.txt; UPGRADE=1 takes the newest versions
	@for name in base dev local tools; do \
		constraint=; if [ $$name = dev ]; then constraint="--constraint requirements/base.txt"; fi; \
		echo "Compiling requirements/$$name.txt"; \
		.local/tools/bin/uv pip compile -q --python-version 3.11 --universal --no-emit-index-url --no-emit-find-links \
			--generate-hashes --no-header $(if $(UPGRADE),--upgrade) $$constraint \
			-o requirements/$$name.txt requirements/$$name.in || exit 1; \
	done

clean: ## Remove the virtual environments, the caches, and the demo's data
	@if [ -x .local/venv/bin/python ]; then .local/venv/bin/python -m local.stack clean --data .local/data; fi
	rm -rf .venv .local .static .mypy_cache .ruff_cache .pytest_cache .hypothesis

LOCAL_DJANGO := local/check_settings.py local/settings.py local/urls.py local/around local/mailbox local/zone local/demo $(wildcard local/styleguide)
LOCAL_SERVERS := local/stack local/mail local/dns local/leaked local/functions local/sample_app local/cognito local/idp local/look

SERVERS := dashboard signin sample cognito postgres redis smtp dns metrics saml_idp oidc_idp leaked functions
port_variable = $(shell echo $(1) | tr a-z A-Z)_PORT
PORT_CHOICES = $(if $(PORT_BASE),--port-base $(PORT_BASE)) \
	$(foreach server,$(SERVERS),$(if $($(call port_variable,$(server))),--port $(server)=$($(call port_variable,$(server)))))

$(DEV): requirements/dev.txt | .venv/bin/python
	@echo "Installing the product and its tools into .venv (half a minute)…"
	@.venv/bin/python $(INSTALL) -r requirements/dev.txt
	@rm -f .venv/.dev-* .venv/.base-* && touch $@ $(BASE)

$(BASE): requirements/base.txt | .venv/bin/python
	@echo "Installing the product into .venv (a quarter of a minute)…"
	@.venv/bin/python $(INSTALL) -r requirements/base.txt
	@rm -f .venv/.base-* && touch $@

$(LOCAL): requirements/local.txt | .local/venv/bin/python
	@echo "Installing the local stack into .local/venv (a quarter of a minute)…"
	@.local/venv/bin/python $(INSTALL) -r requirements/local.txt
	@rm -f .local/venv/.local-* && touch $@

$(TOOLS): requirements/tools.txt | .local/tools/bin/python
	@.local/tools/bin/python $(INSTALL) -r requirements/tools.txt
	@rm -f .local/tools/.tools-* && touch $@

%/bin/python:
	@if [ "$(PYTHON)" = no-python ]; then \
		echo "Lifeguard needs Python 3.11 or 3.12, and found neither. Install one, or name it: make PYTHON=/path/to/python3.11" >&2; \
		exit 1; fi
	@$(PYTHON) -m venv $* || { rm -rf $*; echo "$(PYTHON) could not make a virtual environment (on Debian: install python3-venv)." >&2; exit 1; }
