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
commands() { awk '/^## Operation/ { on = 1 } on && /^    webquota / { sub(/^    /, ""); sub(/ +# .*/, ""); print }' README.md | grep -v '…'; }
while read -r line; do check "of its policy: $line" bash -c "$line"; done < <(commands | grep -E 'menu_upload|--plan' | sed 's/ada/eve/')
check "and the demonstration's after it" webquota policy apply deploy/policies/demo.conf --reason demonstration
awk '/^    title          = "Wiki"/ { on = 1 } /^This counts/ { on = 0 } on' docs/policy.md | sed 's/^    //' >"$folder/wiki.conf"
check "the manual's policy for a wiki is a good one" webquota policy check "$folder/wiki.conf"

# The policy that it has one copy, and the call of the API, which is about the same feature.
cp deploy/policies/menu-upload.conf "$folder/my.conf"
check "the policy that is copied is put in force as it says" bash -c "cd '$folder'; $(sed -n 's/^    \(webquota policy check my.conf.*\)/\1/p' README.md)"
check "the key is made as it says" bash -c "$(sed -n 's/^    \(webquota key create [^#]*\).*/\1/p' README.md)"
key=$(grep -om1 'wq_[A-Za-z0-9_-]*' "$folder/out")
body=$(sed -n "s/^ *-d '\(.*\)' \"\$WEBQUOTA_URL.*/\1/p" README.md)
call() { # STATUS: what the README's call gets, asked by plain CGI
    env REQUEST_METHOD=POST SCRIPT_NAME=/quota PATH_INFO=/api/v1/consume REQUEST_URI=/quota/api/v1/consume SERVER_PROTOCOL=HTTP/1.1 \
        REMOTE_ADDR=127.0.0.1 HTTP_AUTHORIZATION="Bearer $key" CONTENT_TYPE=application/json CONTENT_LENGTH=${#body} \
        WEBQUOTA_TEMPLATES="$PWD/templates" webquota.fcgi <<<"$body" | tee "$folder/answer"
    grep -q "^Status: $1" "$folder/answer"
}
check "the call of the API is allowed" call 200
check "and the second is not" call 429

# The commands of "Operation", but for the one that needs a decision's id.
while read -r line; do
    check "$line" bash -c "cd '$folder'; $line" <<<"a password of ten or more"
done < <(commands | sed 's/ada/bob/')
exit $failed
