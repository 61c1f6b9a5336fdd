# Tests. `make test` runs all; `make test ONLY=tests/domain/` those whose path holds the word.
.PHONY: test lint unit-programs asan tsan memcheck fuzz soak

test:
	@scripts/setup test
	@$(MAKE) --no-print-directory $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(shell nproc)) all
	@BUILD='$(BUILD)' scripts/test $(if $(findstring /,$(ONLY)),'$(ONLY)',$(ONLY))

lint: $(GEN) | $(BUILD)/.deps
	@scripts/setup lint
	@BUILD='$(BUILD)' scripts/test lint

unit-programs: $(UNIT_BIN)

# All tests again, with every process of ours watched: its memory and undefined behaviour, its races, or under valgrind. ONLY
# as for `make test`. Any report is a failure; the reports are in build-asan/reports and so on.
asan tsan memcheck:
	@scripts/setup test sanitize
	@scripts/watched $@ $(if $(findstring /,$(ONLY)),'$(ONLY)',$(ONLY))

# Harnesses, tests/fuzz/fuzz_NAME.c: with a main that feeds them files, or, where FUZZ_MAIN is empty, with the compiler's.
FUZZ_SRC  := $(wildcard tests/fuzz/fuzz_*.c)
FUZZ_BIN  := $(patsubst tests/fuzz/fuzz_%.c,$(BUILD)/fuzz/%,$(FUZZ_SRC))
FUZZ_MAIN ?= tests/fuzz/replay.c
.PHONY: fuzz-programs
fuzz-programs: $(FUZZ_BIN)
$(BUILD)/fuzz/%: tests/fuzz/fuzz_%.c $(FUZZ_MAIN) $(wildcard tests/fuzz/*.h) $(BUILD)/flags $(ALL_A)
	@mkdir -p $(@D)
	$(call shown,cc,$<)$(CC) $(FLAGS) $(FUZZ_LINK) -Itests/fuzz $< $(FUZZ_MAIN) -pie \
	    -Wl,--start-group $(ALL_A) -Wl,--end-group $(LDLIBS) -o $@

# Each of them for FUZZ_S seconds, from its corpus; with ONLY=window those whose name holds the word.
FUZZ_S  ?= 60
fuzz:
	@scripts/setup build sanitize
	@FUZZ_S='$(FUZZ_S)' scripts/fuzz run $(ONLY)

# What takes long: the steps of scripts/soak.d, or with ONLY=site those whose name holds the word. Load lasts SOAK_S seconds.
SOAK_S  ?= 600
soak:
	@scripts/setup test
	@$(MAKE) --no-print-directory all
	@BUILD='$(BUILD)' SOAK_S='$(SOAK_S)' scripts/soak $(ONLY)

# wapiti and sqlmap against a site of its own, everywhere.
.PHONY: scan
scan:
	@scripts/setup run scan
	@$(MAKE) --no-print-directory all
	@BUILD='$(BUILD)' scripts/scan
