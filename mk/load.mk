# The program of tests/load that calls the ledger from many processes at once: of all files in its folder.
LOAD_BIN := $(BUILD)/tests/load/exact
LOAD_SRC := $(wildcard tests/load/*.c)

$(LOAD_BIN): $(LOAD_SRC) tests/load/load.h $(BUILD)/flags $(call archives,store policy domain base)
	@mkdir -p $(@D)
	$(call shown,cc,$@)$(CC) $(FLAGS) -Itests/load $(LOAD_SRC) -pie -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(LDLIBS) -o $@

.PHONY: load-program
load-program: $(LOAD_BIN)
