# `make bench` measures against everything else and writes docs/performance.md; see scripts/bench for what it can be told.
.PHONY: bench bench-where bench-tools
bench: all
	@scripts/setup bench
	@$(MAKE) --no-print-directory bench-tools
	@BUILD='$(BUILD)' scripts/bench

# Where the time of a request goes, by process: writes docs/cost.md.
bench-where: all
	@scripts/setup bench
	@$(MAKE) --no-print-directory bench-tools
	@BUILD='$(BUILD)' BENCH_MAIN=where scripts/bench

bench-tools: $(BUILD)/bench/hello $(BUILD)/bench/pace
$(BUILD)/bench/%: bench/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call shown,cc,$<)$(CC) $(CSTD) $(WARN) $(WERROR) $(CFLAGS) $< -lfcgi -pthread -o $@

# A million people and ten million decisions, and every page of administrators on them: how long it takes, and by which plans.
SUBJECTS  ?= 1000000
DECISIONS ?= 10000000
.PHONY: bench-data
bench-data: all
	@scripts/setup run
	@BUILD='$(BUILD)' bench/data $(SUBJECTS) $(DECISIONS)
