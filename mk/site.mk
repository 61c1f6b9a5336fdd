# The demonstration site: `make run` until Ctrl-C, or `make up` and `make down`.
# PORT, POLICY, VAR and ADDRESS may be given, so that several run side by side.
PORT    ?= 8080
POLICY  ?= deploy/policies/demo.conf
VAR     ?= var
ADDRESS ?= 127.0.0.1
site     = PORT='$(PORT)' POLICY='$(POLICY)' VAR='$(VAR)' ADDRESS='$(ADDRESS)' BUILD='$(BUILD)' scripts/site

.PHONY: run up down
run up:
	@$(site) check
	@scripts/setup run
	@$(MAKE) --no-print-directory all
	@$(site) $@
down:
	@$(site) down
