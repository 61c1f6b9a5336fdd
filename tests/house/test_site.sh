#!/bin/bash
# make up, down and run, as people use them: what they say, what they leave, what they survive.
set -u
cd "$(dirname "$0")/../.." || exit 1
scratch=$(mktemp -d "${TMPDIR:-/tmp}/site.XXXXXX")
chmod 755 "$scratch"
failed=0
# Below those that the kernel gives to whoever connects.
free_port() {
    perl -MIO::Socket::INET -e 'for (;;) {
        my $port = 12000 + int rand 20000;
        IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => $port, Listen => 1) or next;
        print $port;
        last }'
}
port=$(free_port)
export VAR=$scratch/one PORT=$port
export MAKEFLAGS=--no-print-directory
unset SITE_FROM # here one is made
clean_up() {
    for site in one two; do VAR=$scratch/$site scripts/site down >/dev/null 2>&1; done
    rm -rf "$scratch"
}
trap clean_up EXIT

check() { # NAME COMMAND...
    local name=$1
    shift
    if "$@"; then echo "ok - site: $name"; else
        echo "not ok - site: $name"
        [ ! -s "$scratch/said" ] || sed 's/^/    /' "$scratch/said"
        failed=1
    fi
}
site() { make -s BUILD="${BUILD:-build}" "$@" >"$scratch/said" 2>&1; }
says() { grep -qE -- "$1" "$scratch/said"; }
status() { curl -s -o /dev/null -m 10 -w '%{http_code}' "$@"; }
answers() { # STATUS CURL-ARGUMENTS...
    local got wanted=$1
    shift
    got=$(status "$@")
    [ "$got" = "$wanted" ] || { echo "    $got instead of $wanted: $*"; return 1; }
}
eventually() { # COMMAND...: within a minute, since a busy machine takes its time
    local end=$((SECONDS + 60))
    until "$@" >/dev/null; do
        [ $SECONDS -lt $end ] || return 1
        sleep 0.1
    done
}
processes() { grep -lzsxF -- "WEBQUOTA_SITE_VAR=$VAR" /proc/[0-9]*/environ; }

# --- the supervisor: whoever looks as soon as it is back finds it at work
supervisors_are_known() {
    local i known=0
    for i in {1..40}; do
        scripts/supervise --pid "$scratch/pid-$i" --log "$scratch/supervise.log" -- sleep 300 || return 1
        [ ! -s "$scratch/pid-$i" ] || known=$((known + 1))
    done
    for i in {1..40}; do kill "$(cat "$scratch/pid-$i")"; done
    [ "$known" = 40 ] || { echo "    only $known of 40 had written their number"; return 1; }
}
check "a supervisor has its number written before it is back" supervisors_are_known

# --- before anything runs
site down
check "down on none says so and where it looked, and that is no error" says "^nothing is running in $VAR \(.*VAR=FOLDER\)"
site up PORT=abc
check "a port that is none is refused" says "PORT=abc is not a port number"
perl -MIO::Socket::INET -e '$| = 1; my $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1", Listen => 1);
    print $s->sockport, "\n"; select undef, undef, undef, 300' >"$scratch/taken" &
holder=$!
eventually test -s "$scratch/taken"
taken=$(cat "$scratch/taken")
site up PORT="$taken" && echo "not ok - site: a taken port is an error" && failed=1
check "a taken port is named, with the way out" says "port $taken on 127.0.0.1 cannot be used.*PORT="
check "a taken port is one line, beside make's own" test "$(grep -vc '^make' "$scratch/said")" = 1
check "nothing was started for it" test -z "$(processes)"
kill $holder
site up POLICY=/nowhere.conf
check "a missing policy is named" says "there is no policy file /nowhere.conf"

# --- up
check "up comes up" site up
check "it prints the addresses" says "http://127.0.0.1:$port/quota/"
check "the environment is for its owner only" test "$(stat -c %a "$VAR/env")" = 600
# shellcheck source=/dev/null
. "$VAR/env"
check "it is ready" answers 200 "$WEBQUOTA_URL/readyz"
check "the pages are there for a visitor" answers 200 "$WEBQUOTA_URL/"
check "the application is there" answers 200 "$WEBQUOTA_SITE/app/"
check "the home page is there" answers 200 "$WEBQUOTA_SITE/"
check "the style sheet comes from the web server, to be kept" eventually sh -c \
    "curl -si '$WEBQUOTA_URL/static/style.css?v=1' | grep -qi '^cache-control: public, max-age=31536000'"
check "the key opens the API" answers 200 -H "Authorization: Bearer $WEBQUOTA_KEY" "$WEBQUOTA_URL/api/v1/usage?subject=free"
check "another key does not" answers 401 -H "Authorization: Bearer wrong" "$WEBQUOTA_URL/api/v1/usage?subject=free"
check "the database is reached by its address" test "$(psql -XAtc 'SELECT 1' "$DATABASE_URL")" = 1

people=0
while read -r name; do
    people=$((people + 1))
    check "$name signs in" answers 302 -u "${!name}" "$WEBQUOTA_SITE/signin"
    check "$name sees a dashboard" answers 200 -u "${!name}" "$WEBQUOTA_URL/"
done < <(sed -n 's/^\(WEBQUOTA_USER_[A-Z0-9_]*\)=.*/\1/p' "$VAR/env")
plans=$(grep -cE '^plan ' deploy/policies/demo.conf)
check "there is a person for each plan but the visitors'" test "$people" = $((plans - 1))
check "a wrong password is refused" answers 401 -u free:wrong "$WEBQUOTA_SITE/app/"
check "signing in needs a name" answers 401 "$WEBQUOTA_SITE/signin"
check "signing out asks for no name that would do" answers 401 -u "$WEBQUOTA_USER_FREE" "$WEBQUOTA_SITE/signout"

# --- the application behind the guard
use() { status -u "$WEBQUOTA_USER_FREE" -d text=soup "$WEBQUOTA_SITE/app/$1"; }
check "a form saves" test "$(use variant)" = 200
check "the second time that day is refused" test "$(use variant)" = 429
check "the application saw one of the two" test "$(grep -c 'variant' "$VAR/desk/saved.txt")" = 1
used() { curl -s -H "Authorization: Bearer $WEBQUOTA_KEY" "$WEBQUOTA_URL/api/v1/usage?subject=free" |
    jq -r '.limits[] | select(.limit == "variant_daily") | .used'; }
check "the use is counted" test "$(used)" = 1
plan_of() { curl -s -H "Authorization: Bearer $WEBQUOTA_KEY" "$WEBQUOTA_URL/api/v1/admin/subjects?subject=$1" | jq -r .plan.key; }
set_plan() { curl -s -o "$scratch/set" -H "Authorization: Bearer $WEBQUOTA_KEY" -H 'Content-Type: application/json' \
    -d "{\"subject\": \"$1\", \"plan\": \"$2\"}" "$WEBQUOTA_URL/api/v1/admin/subjects"; }

# --- a second one
site up
check "a second up says that it runs" says "already running at http://127.0.0.1:$port/"
VAR=$scratch/two PORT=$(free_port) site up
check "another runs beside it" says "For programs"
check "the first still answers" answers 200 "$WEBQUOTA_URL/readyz"
VAR=$scratch/two site down
check "the other is stopped alone" answers 200 "$WEBQUOTA_URL/readyz"

# --- accidents
pkill -KILL -P "$(cat "$VAR/run/webquota.pid")"
check "webquota starts again when it is killed" eventually answers 200 "$WEBQUOTA_URL/readyz"
key=$WEBQUOTA_KEY user=$WEBQUOTA_USER_FREE
set_plan pro free
check "a person's plan is changed" test "$(plan_of pro)" = free
kill -KILL "$(cat "$VAR/run/webquota.pid")" "$(cat "$VAR/run/lighttpd.pid")" "$(head -n 1 "$VAR/pg/postmaster.pid")"
echo $$ >"$VAR/run/webquota.pid" # the number of somebody else by now
check "up after everything was killed" site up
# shellcheck source=/dev/null
. "$VAR/env"
check "it answers" answers 200 "$WEBQUOTA_URL/readyz"
check "the key and the passwords are the same" test "$key $user" = "$WEBQUOTA_KEY $WEBQUOTA_USER_FREE"
check "what was used is still used" test "$(used)" = 1
check "what administrators changed stays" test "$(plan_of pro)" = free

# --- down
check "down" site down
check "it says so" says "^stopped"
check "no process is left" test -z "$(processes)"
check "nothing listens" answers 000 "$WEBQUOTA_SITE/"
check "the environment is gone" test ! -e "$VAR/env"
site down
check "down a second time says that none runs" says "nothing is running"

# --- run, until Ctrl-C
(
    trap - INT
    exec setsid perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV' make -s BUILD="${BUILD:-build}" run
) >"$scratch/said" 2>&1 &
runner=$!
eventually grep -q 'Ctrl-C' "$scratch/said"
check "run answers" answers 200 "$WEBQUOTA_URL/readyz"
kill -INT -- -$runner
wait $runner 2>/dev/null
check "Ctrl-C stops everything" test -z "$(processes)"
check "run says that it stops" says "^stopping"
exit $failed
