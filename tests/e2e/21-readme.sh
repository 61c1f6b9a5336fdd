#!/bin/bash
# What the README tells one to type, as far as it needs no server of one's own: its policy, and its commands.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
export DATABASE_URL PATH="$PWD/${BUILD-build}:$PATH"
folder=$(mktemp -d)
trap 'rm -rf "$folder"; [ -z "${own-}" ] || scripts/postgres stop "$own" >/dev/null' EXIT
if [ -z "${DATABASE_URL-}" ]; then
    own=$folder/database
    FSYNC=off scripts/postgres start "$own" >/dev/null
    DATABASE_URL=$(scripts/postgres url "$own")
fi
psql -Xq "$DATABASE_URL" -c 'set client_min_messages = error; drop schema if exists webquota cascade'

failed=0
check() { # NAME COMMAND...
    local name=$1
    shift
    if "$@" >"$folder/out" 2>&1; then echo "ok - $name"; else
        failed=1
        echo "not ok - $name"
        sed 's/^/  # /' "$folder/out"
    fi
}

awk '/^## The policy file/ { on = 1; next } /^A feature counts/ { on = 0 } on' README.md | sed 's/^    //' >"$folder/readme.conf"
check "the README's policy is a good one" webquota policy check "$folder/readme.conf"
check "the schema can be made" webquota migrate
check "a role that is not there is named" bash -c 'webquota migrate --app-role nobody_of_this_name 2>&1 | grep -q "there is no role nobody_of_this_name"'
check "the README's policy can be put in force" webquota policy apply "$folder/readme.conf" --reason first
check "and the demonstration's after it" webquota policy apply deploy/policies/demo.conf --reason demonstration

# The commands of "Operation", but for the one that needs a decision's id.
while read -r line; do
    check "$line" bash -c "$line" <<<"a password of ten or more"
done < <(awk '/^## Operation/ { on = 1 } on && /^    webquota / { sub(/^    /, ""); sub(/ +# .*/, ""); print }' README.md |
    grep -v '…' | sed 's/ada/bob/')
exit $failed
