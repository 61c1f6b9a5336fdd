# What the build needs from Debian; installed when missing (scripts/setup says what).
$(BUILD)/.deps: scripts/setup
	@scripts/setup build && mkdir -p $(BUILD) && touch $@
