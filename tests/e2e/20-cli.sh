#!/bin/bash
# The operator's command, every part of it, against a real database: what it prints, what it changes, how it ends.
# Uses that are counted come through the program itself, started as plain CGI.
set -u
cd "$(dirname "$0")/../.." || exit 1
BUILD=${BUILD:-build}
W=$BUILD/webquota
scratch=${TMPDIR:-/tmp}/cli-$$
failed=0 code=0 out='' err=''
mkdir -p "$scratch"

# A database of its own: that of this run, else a private one.
if [ -z "${DATABASE_URL-}" ]; then
    FSYNC=off scripts/postgres start "$scratch/database" >/dev/null || exit 1
    DATABASE_URL=$(scripts/postgres url "$scratch/database") DATABASE_URL_APP=$(scripts/postgres url-app "$scratch/database")
fi
app=$DATABASE_URL_APP
export DATABASE_URL
# shellcheck disable=SC2317 # called by the trap
clean_up() {
    [ ! -d "$scratch/database" ] || scripts/postgres stop "$scratch/database"
    rm -rf "$scratch"
}
trap clean_up EXIT

sql() { psql "$DATABASE_URL" -XqAt -v ON_ERROR_STOP=1 -c "$1"; }

# run ARGUMENT...: webquota with them; out, err and code hold what came of it.
run() {
    "$W" "$@" >"$scratch/out" 2>"$scratch/err" </dev/null
    code=$?
    out=$(cat "$scratch/out") err=$(cat "$scratch/err")
}

ok() { echo "ok - cli: $1"; }
not_ok() {
    echo "not ok - cli: $1"
    printf 'exit code %s\n%s\n%s\n%s\n' "$code" "$out" "$err" "${2-}" | sed 's/^/    /'
    failed=1
}
# verdict NAME CONDITION...: ok when the command succeeds.
verdict() {
    local what=$1
    shift
    if "$@" >/dev/null 2>&1; then ok "$what"; else not_ok "$what" "not so: $*"; fi
}
# is NAME EXPECTED ACTUAL
is() { if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1" "expected: $2"$'\n'"but it is: $3"; fi; }
# ends NAME CODE [TEXT...]: the last run ended so, and each text stands in what it printed, on either side.
ends() {
    local what=$1 expected=$2 text
    shift 2
    [ "$code" = "$expected" ] || { not_ok "$what" "expected exit code $expected"; return; }
    for text; do
        [[ "$out"$'\n'"$err" == *"$text"* ]] || { not_ok "$what" "expected to read: $text"; return; }
    done
    ok "$what"
}
# json NAME FILTER: true of what the last run printed, which is JSON.
json() {
    if [ "$code" = 0 ] && [ "$(jq -r "$2" <<<"$out" 2>/dev/null)" = true ]; then ok "$1"; else not_ok "$1" "not true: $2"; fi
}

# api METHOD PATH BODY: through the program as CGI; out holds the body of the answer.
api() {
    local secret=$key
    out=$(printf '%s' "$3" | env REQUEST_METHOD="$1" SCRIPT_NAME=/quota PATH_INFO="$2" CONTENT_TYPE=application/json \
        CONTENT_LENGTH=${#3} HTTP_AUTHORIZATION="Bearer $secret" HTTP_ACCEPT=application/json REMOTE_ADDR=127.0.0.1 \
        SERVER_PROTOCOL=HTTP/1.1 WEBQUOTA_TEMPLATES=templates WEBQUOTA_STATIC=static "$BUILD/webquota.fcgi" 2>"$scratch/err" |
        sed '1,/^\r*$/d')
    err=$(cat "$scratch/err") code=0
}
consume() { api POST /api/v1/consume "{\"subject\":\"$1\",\"feature\":\"$2\",\"units\":$3}"; }

# ---- usage, and a database that is not there

commands='migrate policy limit plan plan-grant feature route setting simulate subject organization override grant reset refund bulk usage report explain key account approval queue request audit rollup window template doctor'
is "no command is left out here" "$commands" "$("$W" --help | sed -n '/^  webquota /d; s/^  \([a-z][a-z-]*\) .*/\1/p' | tr '\n' ' ' | sed 's/ $//')"
missing=
for command in $commands; do
    run "$command" --help
    { [ $code = 0 ] && [[ ${out,,} == usage:* ]] && [ -z "$err" ] && [ -n "$(tail -1 "$scratch/out")" ] && ! grep -q ' $' "$scratch/out"; } || missing+=" $command"
done
is "every command has help" "" "$missing"
run --help
ends "help names every command" 0 migrate policy subject override grant reset usage explain key account request queue rollup window template doctor
manual=$(sed 's/\\-/-/g; s/\\f.//g' docs/man/webquota.1)
missing=
for command in $commands; do grep -qE "^\.[A-Z]+ .*\"?$command\b" <<<"$manual" || missing+=" $command"; done
is "the manual page has every command" "" "$missing"
run --version
ends "it tells its version" 0 "webquota "
for wrong in "" "nonsense" "subject" "subject show" "subject set" "subject show a b" "subject show ada --plan x" "override" "override remove" "override restore 1" "grant restore 1" \
    "refund" "refund dec_x" "refund dec_x --units 0 --reason y" "subject find a b" "subject find --filter new" "subject find --filter plan" "subject find --plan x" \
    "subject sign-out ada" "subject show ada --reason x" "organization list --owner x" "organization show" "audit list --csv --json" "audit verify --csv" \
    "override add --subject a --feature f" "override add --feature f --amount 1" "override add --subject a --feature f --amount -1" \
    "override add --subject a --feature f --amount 1 --unlimited" "override add --subject a --organization b --feature f --amount 1" \
    "override add --subject a --feature f --multiplier 1e9" "override add --subject a --feature f --amount 1 --expires soon" \
    "grant add --subject a --feature f" "grant add --subject a --feature f --amount 0" "grant add --subject a --feature f --amount 1 --every never" \
    "grant add --subject a --feature f --amount 1 --effective 2030-01-02 --expires 2030-01-01" "grant remove" "reset" "usage" "usage a b" \
    "explain" "key" "key create --name x --scopes root" "window" "policy" "policy apply" "policy list --based-on 1" "limit" "limit set" "limit set --plan free --limit l --reason x" "limit remove --plan free --limit l --amount 1 --reason x" "limit add --plan free --limit l --amount 1" "plan-grant" "plan-grant set --plan free --reason x" "plan-grant add --plan free --grant g --amount 1 --reason x" "plan-grant remove --plan free --grant g --every week --reason x" "feature" "feature set --feature call --reason x" "feature add --reason x" "feature remove --feature call --title x --reason x" "route" "route set --path /x --reason x" "route set --route 1 --reason x" "route add --route 1 --path /x --reason x" "route remove --route 0 --reason x" "route remove --route 1 --path /x --reason x" "setting" "setting set --reason x" "setting list --title x" "plan remove --plan free --title x --reason x" "simulate --plan pro" "simulate --subject ada" "simulate --plan pro --subject ada --policy x.conf" "plan" "plan set --plan free --reason x" "plan add --reason x" "doctor now" "migrate now" "usage --nonsense a" \
    "account" "account add" "account add a b" "account add a --role god" "account role a god" "account list --role admin" "account remove" \
    "account list --reason x" "account sessions" "account sessions a --reason x" "account end-session 1" "subject sessions" "account suspend a --role admin --reason x" "bulk run suspend --find a --amount 3 --reason x" \
    "bulk run plan --find a --plan pro --feature f --reason x" "bulk run bonus --find a --feature f --amount 1 --unlimited --reason x" "bulk show x" \
    "bulk show 1 --find a" "bulk list --dry-run" "bulk run reset --near 49 --reason x" "bulk run reset --near 60 --filter stopped --reason x" \
    "override list --feature f" "override remove 1 --amount 3" "grant list --amount 3" "grant remove 1 --every week" "subject show a --near 60" \
    "request" "request approve" "request deny 1" "request list --reason x" "request list --state old" "request approve 1 --amount 0" \
    "request approve 1 --amount 1 --unlimited" "subject set ada --suspend --resume" "subject set ada --anchor never" "reset ada --reason $(printf '%0501d' 0)"; do
    # shellcheck disable=SC2086 # words
    run $wrong
    if [ $code != 2 ] || [ -z "$err" ]; then not_ok "wrong usage: $wrong"; fi
done
ends "wrong usage ends with 2 and says why" 2 "try: webquota"

unset_url() { env -u DATABASE_URL "$W" usage ada >"$scratch/out" 2>"$scratch/err"; code=$?; err=$(cat "$scratch/err") out=; }
unset_url
ends "no DATABASE_URL is a matter of usage" 2 DATABASE_URL
for command in "migrate" "doctor" "usage ada" "subject show ada" "subject set ada --plan free" "override list" "grant list" "reset ada" \
    "explain dec_AQEABmDhgc1czQknPlIzFlj1" "key list" "account list" "request list" "policy list" "policy export"; do
    # shellcheck disable=SC2086
    DATABASE_URL='postgresql:///nowhere?host=/nonexistent' run $command
    [ $code = 3 ] || { not_ok "unreachable: $command"; break; }
done
[ "$code" != 3 ] || ok "a database that cannot be reached ends with 3"

# ---- the schema

run doctor
ends "doctor: no schema" 1 "webquota migrate"
"$W" migrate >"$scratch/one" 2>&1 &
one=$!
"$W" migrate >"$scratch/two" 2>&1 &
two=$!
wait $one; first=$?
wait $two; second=$?
is "two migrations at once both succeed" "0 0" "$first $second"
is "and one of them did it" 1 "$(cat "$scratch/one" "$scratch/two" | grep -c '^applied 0001')"
run migrate
ends "migrating again changes nothing" 0 "up to date"
run doctor
ends "doctor: no policy" 1 "no policy has been applied" "webquota policy apply"
run usage ada
ends "without a policy nothing can be told" 3 "webquota policy apply"

# ---- the policy

printf 'default_plan = "free"\nfeature a { title = "A" }\nplan free {\n  limit l { feature = "b"  amount = -1  window = "day" }\n}\n' >"$scratch/bad.conf"
run policy check "$scratch/bad.conf"
ends "policy check names file and line of what is wrong" 1 "$scratch/bad.conf:4:"
run policy apply "$scratch/bad.conf" --reason bad
ends "a bad policy is not applied" 1 "$scratch/bad.conf:4:"
all_good=1
for file in deploy/policies/*.conf; do
    run policy check "$file"
    [ $code = 0 ] || all_good="$file"
done
is "the policies that come with it are good" 1 "$all_good"
for file in deploy/policies/*.conf deploy/policies/demo.conf; do
    run policy apply "$file" --reason "trying $file"
    [ $code = 0 ] || { not_ok "policy apply $file"; break; }
done
[ $code != 0 ] || ok "each can be applied"
run policy apply deploy/policies/demo.conf --reason again --json
json "applying the same again makes no version" '.changed == false and .version > 5'
"$W" policy export >"$scratch/export.conf"
verdict "export gives the file back, byte for byte" cmp "$scratch/export.conf" deploy/policies/demo.conf
run policy diff "$scratch/export.conf"
ends "it differs in nothing from what is in force" 0 "nothing would change"
printf '%s\n' 'default_plan = "free"' 'feature f { title = "F" }' 'plan free { title = "Free"  limit l { feature = "f"  amount = 1  window = "day" } }' >"$scratch/less.conf"
{ cat "$scratch/less.conf"; echo 'plan premium { title = "Premium"  limit l { feature = "f"  amount = 2  window = "day" } }'; } >"$scratch/more.conf"
run policy apply "$scratch/more.conf"
more=$(tail -n 1 <<<"$out")
run subject set leo --plan premium
run policy apply "$scratch/less.conf"
ends "apply: a plan that somebody has goes, and that is said" 0 "plan premium: removed" "webquota policy: warning: plan premium is gone: 1 person has it, and is on the default plan free now"
is "a warning is no result" "1" "$(grep -c warning <<<"$err")"
verdict "its last line is still the version" grep -qx 'version [0-9]* is in force' <(tail -n 1 <<<"$out")
run subject show leo --json
json "and so it is" '.plan.key == "free"'
run subject set leo --plan "" --until "" --then ""
run policy rollback "$(tr -dc 0-9 <<<"$more")"
ends "rollback: how it differs" 0 "plan premium: added" "is in force"
is "and nothing to warn of" "" "$err"
run subject set leo --plan free --until 2090-01-01 --then premium
run policy apply "$scratch/less.conf"
ends "a plan that somebody is to have" 0 "warning: plan premium is gone, though somebody is to have it or asks for it"
run subject set leo --plan "" --until "" --then ""
run policy apply deploy/policies/demo.conf --reason "trying deploy/policies/demo.conf"
run policy list --json
json "all versions are listed, one is active" '.versions | length > 5 and ([.[] | select(.active)] | length == 1) and .[0].active and .[0].reason == "trying deploy/policies/demo.conf"'
run doctor
ends "doctor: all is well" 0 "counters" "reservations"

# ---- people

run subject set ada --plan free --email ada@example.org --timezone Europe/Budapest --anchor 2026-01-31T10:00:00Z --json
json "subject set makes one" '.subject == "ada" and .plan.key == "free" and .email == "ada@example.org" and .timezone == "Europe/Budapest" and .anchor == "2026-01-31T10:00:00Z" and .suspended == false'
run subject set ada --plan pro --until 2998-12-31 --then premium --organization Kitchen --suspend
ends "subject set changes one" 0 "ada is changed" "Pro (pro)" "2999-01-01T00:00:00Z" premium Kitchen "suspended      yes"
run subject show ada --json
json "and what was not named stays" '.email == "ada@example.org" and .organization == "Kitchen" and .plan_after == "premium" and .suspended == true'
run subject set ada --plan "" --until "" --then "" --organization "" --email "" --timezone "" --resume --json
json "an empty value takes one away" '.plan.key == "free" and .plan_until == null and .plan_after == null and .organization == null and .email == null and .timezone == null and .suspended == false'
run subject set ada --plan gold
ends "an unknown plan is refused" 1 plan gold
run subject set ada --timezone Mars/Base
ends "an unknown zone is refused" 1 timezone Mars/Base
run subject show nobody
ends "an unknown subject is said to be so" 1 nobody
run subject set -- --odd
ends "a name that begins with a dash" 0 "--odd is created"
is "each change left its trace in the audit" 3 "$(sql "select count(*) from webquota.audit where subject = 'ada' and actor like 'cli:%'")"

# ---- importing

printf 'subject,plan,organization,email,suspended\r\nu1,pro,"The ""Inn""",u1@example.org,false\r\n"u,2",,Inn,,true\r\nada,,,,\r\n' >"$scratch/people.csv"
run subject import "$scratch/people.csv" --dry-run
ends "import: a dry run tells what it would do" 0 "would create 2, change 0, and leave 1"
run subject show u1
ends "and does nothing" 1 u1
run subject import "$scratch/people.csv" --json
json "import creates" '. == {"dry_run": false, "created": 2, "changed": 0, "same": 1}'
run subject show "u,2" --json
json "what the file says" '.subject == "u,2" and .organization == "Inn" and .suspended == true and .plan.key == "free"'
run subject import "$scratch/people.csv"
ends "the same again changes nothing" 0 "created 0, changed 0, left 3"
printf 'subject,plan,organization\nu1,"",\n"u,2",free,""\n' >"$scratch/change.csv"
run subject import "$scratch/change.csv" --reason "a new term"
ends "import changes" 0 "created 0, changed 2, left 0"
is "and says why" "a new term|a new term" "$(sql "select string_agg(details->>'reason', '|') from (select details from webquota.audit order by id desc limit 2) a")"
run subject show u1 --json
json "an empty field leaves a value, an empty quoted one takes it away" '.plan.key == "free" and .organization == "The \"Inn\""'
printf 'subject,plan,suspended\nnew1,free,false\nnew2,gold,maybe\nnew1,free,false\nnew3,free\n"new4,free,true\n' >"$scratch/wrong.csv"
run subject import "$scratch/wrong.csv"
ends "import names every mistake, with file, line and column" 1 "$scratch/wrong.csv:3:plan: there is no plan \"gold\"" \
    "$scratch/wrong.csv:3:suspended: \"maybe\"" "$scratch/wrong.csv:4:subject: \"new1\" is on line 2" "$scratch/wrong.csv:5:" \
    "$scratch/wrong.csv:6:subject: a quote is never closed" "nothing was imported"
run subject show new1
ends "and imports nothing then" 1 new1
seq -f 'many%g,pro,Inn' 1 1201 | sed '1i subject,plan,organization' >"$scratch/many.csv"
run subject import "$scratch/many.csv" --json
json "import of many" '.created == 1201 and .changed == 0'
is "all of them" "1201 1201" "$(sql "select count(*) || ' ' || count(c) from webquota.subjects s left join webquota.counters c on (c.account_id, c.subject_id) = (s.account_id, s.id) where s.key like 'many%' and s.plan = 'pro'")"
run policy diff deploy/policies/solutions.conf --json
json "policy diff counts the people concerned" '[.changes[] | select(.what == "plan" and .plan == "pro") | .people] | length > 0 and all(. >= 1201)'
run subject import "$scratch/nowhere.csv"
ends "import of a file that is not there" 1 nowhere.csv

# ---- looking for people and organizations

run subject find many12 --on-plan pro --organization Inn --json
json "subject find: all that is asked for" '(.subjects | length) == 13 and .more == false and .after == null and all(.subjects[]; .subject | startswith("many12"))'
run subject find --filter suspended
ends "subject find: a filter" 0 "u,2"
verdict "and nobody else" test "$(wc -l <<<"$out")" = 2
run subject find --json
json "subject find: everybody, as many as a list holds" '(.subjects | length) >= 1000 and .more'
run subject find --after "$(jq -r .after <<<"$out")" --json
json "and the others behind them" '(.subjects | length) > 100 and .more == false'
run subject find nobody-of-this-name
ends "subject find: nobody" 0 "nobody is found"
run subject sign-out ada --reason "lost phone"
ends "subject sign-out" 0 "0 sessions ended"
run subject sign-out nobody --reason x
ends "subject sign-out: nobody" 1 nobody
run audit list --limit 1
ends "audit list for people" 0 "old → new" "sessions.end"
verdict "without JSON" test "$(grep -c '[{}]' <<<"$out")" = 0
run audit list --action sessions.end --csv
ends "audit list --csv" 0 "sessions.end,ada" "lost phone"
verdict "with a line of names first" test "$(head -1 <<<"$out" | cut -d, -f1)" = entry
run organization list I --json
json "organization list" '[.organizations[] | [.organization, .members > 1000]] == [["Inn", true]]'
run organization list
ends "all of them" 0 'The "Inn"' "more than 1000"
run organization show Inn --json
json "organization show has all members" '.organization == "Inn" and .owner == null and (.members | length) == 1201 and .overrides == [] and (.usage.limits | length) > 0'
run organization show 'The "Inn"'
ends "organization show for people" 0 "owner: nobody" "u1"
run organization show Nowhere
ends "organization show: there is none" 1 Nowhere

# ---- keys

run key create --name "the test" --scopes enforce,read,admin --json
json "key create" '.name == "the test" and .scopes == ["enforce", "read", "admin"] and (.key | startswith("wq_"))'
key=$(jq -r .key <<<"$out") id=$(jq -r .id <<<"$out")
run key list
verdict "key list, for people: it was never used" grep -qE "^$id +the test .* never +in use" <<<"$out"
run key list --json
json "key list has it, without its secret" "any(.keys[]; .id == \"$id\") and all(.keys[]; has(\"key\") | not)"
keys=$(sql "select count(*) from webquota.api_keys")
run key create --name late --scopes read --expires 2020-01-01
ends "a key that is over already is refused" 2 "webquota key: --expires must lie in the future"
run key create --name "$(printf 'x%.0s' {1..101})" --scopes read
ends "a key's name is no longer than the API takes" 2 "up to 100 bytes"
is "and neither is made" "$keys" "$(sql "select count(*) from webquota.api_keys")"
run key create --name "$(printf 'x%.0s' {1..100})" --scopes read --expires 2999-01-01T00:00:00Z --json
json "key create: of such a name, until then" '(.name | length) == 100 and .expires_at == "2999-01-01T00:00:00Z"'
verdict "the secret is nowhere in the database" test "$(sql "select count(*) from webquota.api_keys k where k::text like '%${key##*_}%'")" = 0

# ---- output that cannot be written

for command in "policy export" "policy list" "audit list" "audit list --csv" "subject find --json" "report days --csv" "key list --json" "key list" \
    "key create --name lost --scopes read" "usage ada" "doctor --json" "--help" "--version" "override --help"; do
    # shellcheck disable=SC2086 # words
    "$W" $command >/dev/full 2>"$scratch/err"
    code=$? out='' err=$(cat "$scratch/err")
    ends "output that cannot be written is said to have failed: $command" 1 "webquota: standard output: "
done
"$W" key list >/dev/full 2>"$scratch/err"
is "and why" "webquota: standard output: No space left on device" "$(cat "$scratch/err")"
"$W" subject show nobody >/dev/full 2>"$scratch/err"
code=$? out='' err=$(cat "$scratch/err")
is "what wrote nothing has lost nothing" "1 webquota subject: there is no subject nobody" "$code $err"

# ---- use, and what explains it

consume ada get_solution 1
decision=$(jq -r .decision_id <<<"$out")
json "the key works: a use is allowed" '.allowed and .remaining == 1'
run usage ada --feature get_solution
ends "usage says it in words" 0 "1 of 2 Get Solution requests used today" "1 left" "Resets at 00:00 (UTC)"
run usage ada --json
json "usage as the API gives it" '.subject == "ada" and .plan.key == "free" and any(.limits[]; .limit == "get_solution_daily" and .used == 1 and .remaining == 1)'
run usage ada --feature nonsense
ends "usage of a feature that is not there" 1 nonsense
run usage somebody-new
ends "usage of somebody never met" 0 "never met" "0 of 2 Get Solution requests used today"
is "asking meets nobody" 0 "$(sql "select count(*) from webquota.subjects where key = 'somebody-new'")"
consume ada get_solution 2
denied=$(jq -r .decision_id <<<"$out")
run explain "$denied"
ends "explain: a refusal" 0 "outcome        denied" "subject        ada" get_solution_daily "refused, decided" "Only 1 of 2"
run explain "$decision" --json
json "explain as the API gives it" '.outcome == "allowed" and .kind == "consume" and .limits[0].limit == "get_solution_daily" and .limits[0].charged == 1 and .limits[0].source == "plan" and .limits[0].decided and .refunded == 0'
run explain dec_AQEABmDhgc1czQknPlIzFlj1
ends "explain: none of ours" 1 "no such decision"

# ---- overrides, grants, resets

run override add --subject ada --feature get_solution --limit get_solution_daily --amount 5 --expires 2998-12-31 --reason "she asked" --json
json "override add" '.subject == "ada" and .limit == "get_solution_daily" and .amount == 5 and .expires_at == "2999-01-01T00:00:00Z" and .reason == "she asked"'
override=$(jq -r .override <<<"$out")
run usage ada --feature get_solution --json
json "it holds" '.limits[0].amount == 5 and .limits[0].remaining == 4 and .limits[0].source == "override"'
run override list --subject ada
ends "override list" 0 "$override" "she asked" 2999-01-01
run override remove "$override" --reason "not any more"
ends "override remove" 0 "is removed"
run override restore "$override" --reason "after all"
ends "override restore" 0 "is in force again"
run usage ada --feature get_solution --json
json "it holds as before" '.limits[0].amount == 5 and .limits[0].source == "override"'
run override restore "$override" --reason "after all"
ends "override restore: what is not removed" 1 "no such override"
run audit list --subject ada --limit 2 --json
json "why both, in the audit" '[.audit[] | .action + ": " + .reason] == ["override.restore: after all", "override.remove: not any more"] and all(.audit[]; .actor | startswith("cli:")) and all(.audit[]; .origin | startswith("command on "))'
run override remove "$override"
run override remove "$override"
ends "only once" 1 "no such override"
run override list --subject ada --json
json "override list: none" '. == {overrides: []}'
run override add --organization Inn --feature menu_generation --unlimited --json
json "override of an organization" '.organization == "Inn" and .unlimited == true and .subject == null'
run override add --organization Nowhere --feature menu_generation --unlimited
ends "override: unknown organization" 1 Nowhere
zone=$("$W" setting list --json | jq -r '.timezone')
run setting set --timezone America/New_York --reason "days"
run override add --subject ada --feature get_solution --amount 5 --expires 2090-01-31 --json
json "a date as an end: that day is over where the policy is" '.expires_at == "2090-02-01T05:00:00Z"'
run override remove "$(jq -r .override <<<"$out")"
run key create --name dated --scopes read --expires 2090-01-31 --json
json "so is a key, with that day" '.expires_at == "2090-02-01T05:00:00Z"'
run grant add --subject ada --feature get_solution --amount 1 --effective 2090-01-31 --expires 2090-01-31 --json
json "a date as a beginning: that day begins" '.effective_at == "2090-01-31T05:00:00Z" and .expires_at == "2090-02-01T05:00:00Z"'
run grant remove "$(jq -r .grant <<<"$out")"
run grant add --subject ada --feature get_solution --amount 1 --effective 2090-02-01T06:00:00Z --expires 2090-01-31
ends "and still the end comes after the beginning" 2 "--expires must be after --effective"
run subject set dated --plan free --until 2090-07-31 --anchor 2026-07-31 --json
json "until the day is over, from where it begins" '.plan_until == "2090-08-01T04:00:00Z" and .anchor == "2026-07-31T04:00:00Z"'
run setting set --title Later --at 2090-07-31 --reason later --json
json "a change of the policy, too" '.effective_at == "2090-07-31T04:00:00Z"'
run policy cancel "$(jq -r .version <<<"$out")"
run setting set --timezone "${zone/null/}" --reason "as it was"
run window --window day --zone America/New_York --at 2026-03-08
ends "window: a day of its zone" 0 "from 2026-03-08T05:00:00Z until 2026-03-09T04:00:00Z"
run override add --subject ada --feature get_solution --amount 5 --expires 2020-01-01
ends "an override that is over already is refused" 2 "webquota override: --expires must lie in the future"
run override add --subject ada --feature nonsense --amount 5
ends "override: unknown feature" 1 nonsense
run override add --subject ada --feature get_solution --limit nonsense --amount 5
ends "override: unknown limit" 1 nonsense
for command in "override add --subject ada --feature variant" "bulk run override --find many1201 --feature variant --reason x" "request approve 1"; do
    # shellcheck disable=SC2086 # words
    run $command --multiplier 0
    ends "nothing is multiplied by 0: $command" 2 "--multiplier must be a number more than 0"
done
run override add --subject ada --feature variant --multiplier 2.5
ends "override by a factor" 0 "is in force"
run override add --subject u1 --feature variant --multiplier 1.1 --json
ends "numbers are as they were written" 0 '"multiplier": 1.1,'
run usage ada --feature variant --json
json "rounded down" '.limits[0].amount == 2'

run grant add --subject ada --feature get_solution --amount 3 --priority 7 --expires 2998-12-31 --every "28 day" --reason sorry --json
json "grant add" '.amount == 3 and .remaining == 3 and .priority == 7 and .every == "28 day" and .reason == "sorry"'
grant=$(jq -r .grant <<<"$out")
consume ada get_solution 3
json "it is spent when the limit is full" '.allowed'
run grant list --subject ada --json
json "grant list tells what is left" '.grants[0].remaining == 1 and .grants[0].amount == 3'
run grant list
ends "grant list for people" 0 "$grant" "28 day" sorry
run grant remove "$grant" --reason twice --json
json "grant remove" ".grant == \"$grant\" and .removed"
run grant restore "$grant" --reason once --json
json "grant restore: what was spent stays spent" ".grant == \"$grant\" and .amount == 3 and .remaining == 1"
run grant remove "$grant"
run grant remove "$grant"
ends "only once, too" 1 "no such grant"
run grant add --subject ada --feature get_solution --amount 3 --expires 2020-01-01
ends "a grant that is over already is refused" 2 "webquota grant: --expires must lie in the future"
run grant add --subject nobodyy --feature get_solution --amount 3
ends "a grant for somebody never met, with a note" 0 "is made" "nobodyy was never met"
run grant add --subject nobodyy --feature get_solution --amount 3
is "and without one, as they are known by then" "" "$err"
run override add --subject nobodyyy --feature variant --amount 3
ends "an override for somebody never met" 0 "is in force" "nobodyyy was never met"

run approval list
ends "approval list: none to be answered" 0 "nothing waits"
run approval list --state approved
is "approval list: none was approved" none "$out"

# ---- changing many

run bulk run bonus --find many120 --on-plan nix --feature get_solution --amount 3 --reason "an outage"
ends "bulk: an unknown plan is not nobody" 1 "there is no plan nix"
run subject find --on-plan nix
ends "nor is it to find" 1 "there is no plan nix"
run bulk run bonus --find many1201 --on-plan pro --feature get_solution --amount 3 --reason "an outage" --dry-run
ends "bulk: a dry run" 0 "1 person, something would change for 1 of them:" "many1201"
seen=$(tail -1 <<<"$out" | grep -oE -- '--people 1 --seen [0-9a-f]+$')
# shellcheck disable=SC2086 # words
run bulk run bonus --find many1201 --on-plan pro --feature get_solution --amount 3 --reason "an outage" ${seen/ 1 / 2 }
ends "the words that it ends with are taken: others by now" 1 "there is 1 person by now"
# shellcheck disable=SC2086 # words
run bulk run bonus --find many1201 --on-plan pro --feature get_solution --amount 3 --reason "an outage" ${seen:---none}
ends "the same" 0 "1 person, 1 done, 0 failed, 0 left"
run bulk show 1
ends "bulk show: all that it is about" 0 "bulk 1, bonus: done" "feature        get_solution" "amount         3" "reason         an outage" "by             cli:" \
    'whom           --find "many1201" --on-plan "pro"'$'\n'
run bulk list
ends "bulk list" 0 get_solution "an outage"
sql "insert into webquota.bulks (what, change, chosen, people, reason, actor, origin, state, created_at, ended_at)
     values ('suspend', '{}', '{\"filter\": \"near\", \"near\": 60}', 1, 'x', 'cli:x', 'x', 'done', now(), now())"
run bulk show 2
ends "bulk show: near, from how much on" 0 'whom           --filter "near" --near 60'
run bulk run suspend --near 100 --reason x --dry-run
ends "bulk --near" 0 "0 people, something would change for 0 of them"

run reset ada --feature get_solution --reason "a mistake" --json
json "reset" '.subject == "ada" and .feature == "get_solution" and .units == 2'
run usage ada --feature get_solution --json
json "nothing is used then" '.limits[0].used == 0'
run reset nobody
ends "reset of nobody" 1 nobody
run reset ada --feature nonsense
ends "reset of a feature that is not there" 1 nonsense
is "a reset is audited with its reason" "a mistake" "$(sql "select details->>'reason' from webquota.audit where action = 'usage.reset'")"
run refund "$decision" --units 1 --reason "it was ours" --json
json "refund" '.decision_id == "'"$decision"'" and .subject == "ada" and .feature == "get_solution" and .units == 1 and .charged == 1'
run refund "$decision" --reason again
ends "not twice" 1 "0 of 1 units are left"
run refund dec_AQEABmDhgc1czQknPlIzFlj1 --reason x
ends "refund of a decision that is none of ours" 1 "no such decision"
is "a refund is audited with its reason" "ada it was ours" "$(sql "select subject || ' ' || (details->>'reason') from webquota.audit where action = 'decision.refund'")"
api POST /api/v1/reservations '{"subject":"u1","feature":"menu_generation","units":2,"ttl":600}'
reservation=$(jq -r .reservation <<<"$out")
run explain "$reservation"
ends "explain: a reservation" 0 "hold until" "reservation    held"
run subject set u5 --organization Kitchen --plan individual
consume u5 menu_generation 1
consume u5 summary 1
run subject set u5 --organization "Other kitchen"
consume u5 menu_generation 1
run subject set u1 --organization "" --plan owner
is "what is shared stays where it was counted" "1 1" "$(sql "select string_agg(used::text, ' ') from webquota.counter_values v join webquota.accounts a on a.id = v.account_id where v.subject_id = 0 and a.organization like '%itchen'")"
run doctor
ends "doctor: all is well after all that, and a move" 0 "1 reservation open"

# ---- history, where no process stays to roll it up

counted() { sql "select coalesce(sum(allowed + refused), 0) from webquota.usage_daily"; }
requests() { sql "select count(*) from webquota.decisions where kind in ('consume', 'hold')"; }
run rollup
ends "rollup: what was recorded is counted" 0 "what was new is rolled up"
verdict "rollup: some of it, at least" [ "$(counted)" -gt 0 ]
before=$(counted)
run rollup --json
json "rollup --json: nothing is counted twice" '.counted == false and .elsewhere == false'
is "rollup: the sums stay" "$before" "$(counted)"
clock() { sql "create or replace function webquota.clock() returns timestamptz language sql volatile as '$1'"; }
clock "select timestamptz ''$(sql 'select webquota.clock()')''" # stands, so that the lease does not end meanwhile
sql "update webquota.leases set holder = 'another', until = webquota.clock() + interval '4 seconds' where name = 'history'"
run rollup
ends "rollup: not while another does it" 0 "another process"
sql "update webquota.leases set until = '-infinity' where name = 'history'"
clock 'select clock_timestamp()'
for near in 50 100; do
    run subject find --near $near --json
    is "subject find --near $near" "$(sql "select count(distinct s.id) from webquota.usage_standing n join webquota.subjects s on (s.account_id, s.id) = (n.account_id, n.subject_id)
        where n.pct >= $near and n.until > webquota.clock()")" "$(jq '.subjects | length' <<<"$out")"
done
verdict "somebody is near" test "$(sql "select count(*) from webquota.usage_standing where subject_id <> 0 and pct >= 50")" -gt 0
sed 's/get_solution/nothing/g' deploy/policies/demo.conf >"$scratch/without.conf"
run limit add --plan free --limit l --amount 1 --reason x
ends "limit add: what is missing is named" 2 "add needs --feature"
run simulate --plan owner --subject ada --json
json "simulate: another plan for one person" '.then.stopped >= 0 and (.subjects | map(.subject) - ["ada"]) == []'
run simulate --plan anonymous --on-plan individual
ends "simulate: another plan for all of a plan" 0 "with the other plan"
run simulate --plan nothing --subject ada
ends "simulate: a plan that there is not" 1 "there is no plan nothing"
run simulate --policy "$scratch/without.conf"
ends "simulate: a feature that the other policy does not have" 0 "no such feature"
run rollup now
ends "rollup: takes nothing more" 2 "nothing more"

# ---- what the doctor finds

broken() { # NAME SQL BACK TEXT...: after SQL the doctor says TEXT; BACK sets it right again
    local what=$1 change=$2 back=$3
    shift 3
    sql "$change" || { not_ok "doctor: $what" "the change failed"; return; }
    run doctor
    ends "doctor: $what" 1 "$@"
    sql "$back"
}
counters_of() { echo "(select id from webquota.subjects where key = '$1')"; }
consume ada add_solution 1
sql "create table public.kept as table webquota.counters; create table public.kept_decisions as table webquota.decisions"
back="update webquota.counters c set state = k.state from public.kept k where (k.account_id, k.subject_id) = (c.account_id, c.subject_id) and k.state <> c.state"
broken "a counter that somebody changed" "update webquota.counters set state[9] = state[9] + 1 where subject_id = $(counters_of ada)" "$back" WRONG ada "not equal"
broken "a counter that is gone" "update webquota.counters set state = '{}' where subject_id = $(counters_of ada)" "$back" "the counter is gone"
broken "a counter that was put back to an earlier window" "update webquota.counters set state[8] = state[8] - 86400000000 where subject_id = $(counters_of ada)" \
    "$back" "WRONG" ada
broken "a shared counter" "update webquota.shared_counters set state[3] = 7 where account_id = (select id from webquota.accounts where organization = 'Kitchen')" \
    "update webquota.shared_counters set state[3] = 1 where state[3] = 7" "organization Kitchen: organization_daily on menu_generation"
broken "a counter of the whole site" "update webquota.shared_counters set state[3] = 7 where account_id = 0" \
    "update webquota.shared_counters set state[3] = 1 where state[3] = 7" "the site: shared_minute on summary"
broken "units held without a reservation" "update webquota.reservations set state = 'released'" \
    "update webquota.reservations set state = 'held' where settled_at is null" reservations u1
broken "a decision that was deleted" "delete from webquota.decisions where feature = 'add_solution'" \
    "insert into webquota.decisions select * from public.kept_decisions where feature = 'add_solution'" ada add_solution
broken "a subject without counters" "delete from webquota.counters where subject_id = $(counters_of many7)" \
    "insert into webquota.counters select * from public.kept where subject_id = $(counters_of many7)" many7
run doctor --json
json "doctor --json: all is well again" '.ok and (.checks | length > 9) and all(.checks[]; .state == "ok" or .state == "warning")'
sql "update webquota.subjects set plan = 'gold' where key = 'many8'"
run doctor
ends "doctor warns of plans that the policy has not" 0 gold "webquota subject set"
sql "create or replace function webquota.clock() returns timestamptz language sql volatile as 'select clock_timestamp() - interval ''1 minute'''"
run doctor --json
json "doctor warns of a clock that was replaced" 'any(.checks[]; .check == "clock" and .state == "warning" and (.found | contains("60.0 s behind")))'
sql "create or replace function webquota.clock() returns timestamptz language sql volatile as 'select clock_timestamp()'"
if [ -n "$app" ]; then
    DATABASE_URL=$app run doctor
    ends "doctor: a role that may do nothing" 1 "may not use the schema" "migrate --app-role"
    run migrate --app-role webquota_app
    DATABASE_URL=$app run doctor
    ends "doctor: the role that migrate gave its rights" 0 "role webquota_app may do all"
    run doctor
    ends "doctor: as the owner, of both" 0 ", webquota_app may do all"
    sql "revoke update on webquota.counters from webquota_app"
    DATABASE_URL=$app run doctor
    ends "doctor: a right that is missing" 1 "update on counters"
    run doctor
    ends "doctor: and as the owner, of whom" 1 "role webquota_app may not: update on counters" "migrate --app-role webquota_app"
    sql "revoke insert on webquota.decisions from webquota_app"
    run doctor
    ends "doctor: nobody but the owner was granted anything" 0 "no other was granted that" "as that role"
fi

# ---- without a database

run key list
verdict "when a key was used last" grep -qE "^$id +the test .*Z +20[0-9T:-]+Z +in use" <<<"$out"
run key revoke "$id"
ends "key revoke" 0 "is revoked"
api GET /api/v1/features ''
verdict "a revoked key opens nothing" test "$(jq -r .status <<<"$out")" = 401
run key revoke "$id"
ends "only once, again" 1 key
export DATABASE_URL=
run window --window "28 day" --anchor 2026-01-01T00:00:00Z --align anchor --at 2026-03-15T12:00:00Z
is "window" "from 2026-02-26T00:00:00Z until 2026-03-26T00:00:00Z" "$out"
run window --window day --zone America/Havana --at 2026-11-01T04:30:00Z --json
json "window where midnight happens twice" '.start == "2026-11-01T04:00:00Z"'
printf 'Hello {{name}}, {{>b}}{{#list}}<{{.}}>{{/list}}' >"$scratch/a.html"
printf '<b>{{name}}</b>;' >"$scratch/b.html"
out=$("$W" template render "$scratch/a.html" --partials "$scratch" <<<'{"name": "A&B", "list": [1, 2]}')
is "template render" "Hello A&amp;B, <b>A&amp;B</b>;<1><2>" "$out"
"$W" template render "$scratch/a.html" --partials "$scratch" <<<'{"name": "x"}' >/dev/full 2>"$scratch/err"
is "template render: it cannot be written, and says so once" "1 webquota: standard output: No space left on device" "$? $(cat "$scratch/err")"
run template check
ends "the templates use only what they are given" 0
mkdir "$scratch/theme"
printf '<p>{{left}}</p>\n{{#resets}}\n<p>{{resetts}}</p>\n{{/resets}}\n{{>ours}}\n' >"$scratch/theme/facts.html"
printf '<p class="ours">{{left}}</p>\n' >"$scratch/theme/ours.html"
run template check --theme "$scratch/theme"
ends "a theme with a name that nothing gives" 1 "facts.html: line 3: nothing gives \"resetts\""
verdict "and nothing else is wrong with it" test "$(wc -l <<<"$err")" = 1
sed -i 's/resetts/resets/' "$scratch/theme/facts.html"
run template check --theme "$scratch/theme"
ends "the same, mended" 0
printf '{{#x}}' >"$scratch/theme/card.html"
: >"$scratch/theme/styles.css"
: >"$scratch/theme/dashbord.html"
run template check --theme "$scratch/theme"
ends "a theme that cannot be parsed, and names that nothing uses" 1 'card.html: line 1: section "x" is not closed' \
    "styles.css: no file of this name is used" "dashbord.html: no page shows a template of this name"
exit $failed
