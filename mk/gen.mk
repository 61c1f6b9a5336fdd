# SQL becomes C: each file of sql/queries a named statement, each of sql a migration.
GEN := $(BUILD)/gen/queries.h $(BUILD)/gen/migrations.inc
$(BUILD)/gen/queries.h: scripts/gen-sql $(sort $(wildcard sql/queries/*.sql))
	@scripts/gen-sql queries $(@D) $(filter %.sql,$^)
$(BUILD)/gen/migrations.inc: scripts/gen-sql $(sort $(wildcard sql/*.sql))
	@scripts/gen-sql migrations $(@D) $(filter %.sql,$^)
