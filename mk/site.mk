# The demonstration site: `make run` until Ctrl-C, or `make up` and `make down`.
# PORT, POLICY, VAR and ADDRESS may be given, so that several run side by side.
PORT    ?= 8080
POLICY_GIVEN := $(if $(filter environment command,$(firstword $(origin POLICY))),yes,no)
POLICY  ?= deploy/policies/demo.conf
VAR     ?= var
ADDRESS ?= 127.0.0.1

.PHONY: run up down
run up down: export PORT := $(PORT)
run up down: export POLICY := $(POLICY)
run up down: export POLICY_GIVEN := $(POLICY_GIVEN)
run up down: export VAR := $(VAR)
run up down: export ADDRESS := $(ADDRESS)
run up down: export BUILD := $(BUILD)
run up:
	@scripts/site check
	@scripts/setup run
	@$(MAKE) --no-print-directory $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(shell nproc)) all
	@scripts/site $@
down:
	@scripts/site down
