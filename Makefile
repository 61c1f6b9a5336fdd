# webquota. `make` builds; `make run` shows it; `make test` proves it. See README.md.
.DEFAULT_GOAL := all

CC      ?= gcc
PREFIX  ?= /usr/local
BUILD   ?= build
PKGS    := glib-2.0 jansson libsodium libpq libconfuse libcurl libssl libcrypto liboath libqrencode
VERSION := 0.1.0

WARN    := -Wall -Wextra -Wshadow -Wpointer-arith -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2 -Wwrite-strings
CSTD    := -std=gnu11
CFLAGS  ?= -O2 -g -fstack-protector-strong -D_FORTIFY_SOURCE=2
SANITIZE?=
SHARE    = $(PREFIX)/share/webquota
FLAGS    = $(CSTD) $(WARN) $(WERROR) $(CFLAGS) $(SANITIZE) -fPIE -pthread -Isrc -I$(BUILD)/gen \
           -DWEBQUOTA_VERSION='"$(VERSION)"' -DWEBQUOTA_SHARE='"$(SHARE)"' $(PKG_CFLAGS)
LDLIBS   = -Wl,--as-needed $(PKG_LIBS) -lfcgi -lm -pthread
# Of the service: its threads hand each other what they allocate, which jemalloc bears far better than libc's own; `make
# ALLOCATOR=` builds without. What watches memory itself has to see all of it.
ALLOCATOR ?= -ljemalloc
# Asked once, and not before mk/setup.mk has installed them.
PKG_CFLAGS = $(eval PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS)))$(PKG_CFLAGS)
PKG_LIBS   = $(eval PKG_LIBS := $(shell pkg-config --libs $(PKGS)))$(PKG_LIBS)
CHECK_LIBS = $(eval CHECK_LIBS := $(shell pkg-config --libs check))$(CHECK_LIBS)
LINK     = $(CC) $(CFLAGS) $(SANITIZE) -pie -pthread
WERROR   = $(if $(CI),-Werror)

# One short line for a long command; `make V=1` shows it whole.
shown    = $(if $(V),,@echo '  $(1) $(2)' && )

# A room may use the rooms to its right.
ROOMS    := cli worker gate web store view policy domain base
archives  = $(foreach r,$(1),$(if $(wildcard src/$(r)/*.c),$(BUILD)/lib$(r).a))
ALL_A     = $(call archives,$(ROOMS))
FCGI_A    = $(call archives,$(filter-out cli,$(ROOMS)))

needs_base    := base
needs_domain  := domain base say
needs_policy  := policy domain base
needs_view    := view domain base
needs_store   := store domain base say
needs_gate    := gate web store view policy domain base
needs_worker  := worker store view policy domain base
needs_web     := web store view policy domain base say
needs_integration := store view policy domain base
needs_cli     := cli web worker store view policy domain base

include mk/setup.mk

.PHONY: all
all: $(BUILD)/webquota $(BUILD)/webquota.fcgi

-include mk/gen.mk

$(BUILD)/flags: FORCE | $(BUILD)/.deps
	@mkdir -p $(@D); echo '$(FLAGS)' | cmp -s - $@ || echo '$(FLAGS)' > $@
FORCE:

$(BUILD)/obj/%.o: src/%.c $(BUILD)/flags | $(GEN)
	@mkdir -p $(@D)
	$(call shown,cc,$<)$(CC) $(FLAGS) -MMD -MP -c $< -o $@

define room_rule
$(BUILD)/lib$(1).a: $(patsubst src/%.c,$(BUILD)/obj/%.o,$(wildcard src/$(1)/*.c))
	@rm -f $$@; ar rcs $$@ $$^
endef
$(foreach r,$(ROOMS),$(eval $(call room_rule,$(r))))

$(BUILD)/webquota: $(BUILD)/obj/cli_main.o $(ALL_A)
	$(call shown,link,$@)$(LINK) $< -Wl,--start-group $(ALL_A) -Wl,--end-group $(LDLIBS) -o $@
$(BUILD)/webquota.fcgi: $(BUILD)/obj/fcgi_main.o $(FCGI_A)
	$(call shown,link,$@)$(LINK) $< -Wl,--start-group $(FCGI_A) -Wl,--end-group $(LDLIBS) $(if $(SANITIZE),,$(ALLOCATOR)) -o $@

# Unit tests: tests/ROOM/test_*.c, a Check program each, linked with what its room may use only.
UNIT_SRC  := $(wildcard tests/*/test_*.c)
UNIT_BIN  := $(patsubst tests/%.c,$(BUILD)/tests/%,$(UNIT_SRC))
.SECONDEXPANSION:
$(BUILD)/tests/%: tests/%.c $(BUILD)/flags $$(call archives,$$(needs_$$(firstword $$(subst /, ,$$*))))
	@mkdir -p $(@D)
	$(call shown,cc,$<)$(CC) $(FLAGS) -Itests -MMD -MP $< -pie -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(CHECK_LIBS) $(LDLIBS) -o $@

include mk/site.mk mk/test.mk mk/load.mk mk/install.mk mk/bench.mk
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

.PHONY: clean
clean:
	rm -rf $(BUILD)
