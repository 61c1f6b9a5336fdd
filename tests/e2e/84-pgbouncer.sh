#!/bin/bash
# 84-pgbouncer.sh [all]: the tests over HTTP again, with PgBouncer in transaction mode between webquota and PostgreSQL: few
# connections, taken in turn, on which nothing prepared and nothing set outlives a transaction. Two run at once. Without a
# word: the API, limits, records and concurrency; with `all` (make soak) whatever brings up a site, and plain CGI. Takes long.
set -uo pipefail
# shellcheck source=scripts/place
. "$(dirname "$0")/../../scripts/place"
cd "$ROOT" || exit 1
own=
[ -n "${TMPDIR-}" ] || { own=$(mktemp -d /tmp/webquota-84.XXXXXX) && chmod 755 "$own" && export TMPDIR=$own; }
export SITE_PGBOUNCER=1
LIMIT_S=280
[ "${1-}" != all ] || LIMIT_S=900
failed=0
clean_up() {
    VAR=$TMPDIR/proof scripts/site down >/dev/null
    [ -z "$own" ] || rm -rf "$own"
}
stop() { # what runs stops its site itself, and is waited for
    local pids
    pids=$(jobs -p)
    # shellcheck disable=SC2086 # a list of numbers
    [ -z "$pids" ] || kill $pids
    wait
    exit 130
}
trap clean_up EXIT
trap stop INT TERM HUP

check() { # NAME COMMAND...
    local name=$1
    shift
    if "$@"; then
        echo "ok - $name"
    else
        echo "not ok - $name"
        failed=1
    fi
}

# What runs: the slow one first, so that the quick ones fill the gap beside it.
tests() {
    local path
    if [ "${1-}" != all ]; then
        printf '%s\n' tests/e2e/{50,30,32,31}-*.mjs
        return
    fi
    for path in tests/e2e/*.mjs; do
        case $path in
        */8[235]-*) ;; # faults of a connection of one's own, the servers' own addresses, and times
        *) ! grep -q with_site "$path" || echo "$path" ;;
        esac
    done
}

# The two are not counted at one moment, and the pool may grow between: a few times, then, until nothing does.
sessions_of_the_pool() { # OWNER: every session of the service must be one
    local sessions servers tries
    for tries in 1 2 3 4 5; do
        counted "$1" && return 0
    done
    echo "    counted $tries times"
    return 1
}

counted() { # OWNER
    sessions=$(psql -XqAt "$1" -c "select count(*) from pg_stat_activity where usename = 'webquota_app'")
    servers=$(psql -XqAt "${1%%/webquota\?*}/pgbouncer?host=$(url_part "$RUN/pgbouncer")" -c 'show servers' |
        grep -c '|webquota_app|')
    echo "    $sessions sessions, $servers of the pool"
    [ "$sessions" -gt 0 ] && [ "$sessions" = "$servers" ]
}

free_port() {
    perl -MIO::Socket::INET -e 'for (;;) { my $port = 12000 + int rand 20000; IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => $port, Listen => 1) or next; print $port; last }'
}

# Without this the rest would prove nothing.
proof() {
    export VAR=$TMPDIR/proof
    mkdir -m 755 "$VAR"
    PORT=$(free_port) FSYNC=off scripts/site up >"$TMPDIR/up" 2>&1 || { sed 's/^/    /' "$TMPDIR/up"; return 1; }
    (
        place_var "$VAR"
        # shellcheck source=/dev/null
        . "$VAR/env"
        curl -sf -H "Authorization: Bearer $WEBQUOTA_KEY" -H 'Content-Type: application/json' -o /dev/null \
            -d '{"subject": "ada", "feature": "variant"}' "$WEBQUOTA_URL/api/v1/consume" &&
            sessions_of_the_pool "$DATABASE_URL"
    )
}

one() { # PATH
    local name=${1##*/} began=$SECONDS child
    timeout -k 20 "$LIMIT_S" node "$1" >"$TMPDIR/$name.out" 2>&1 </dev/null &
    child=$!
    trap 'kill "$child"; wait "$child"; exit 143' TERM
    wait "$child"
    echo "$? $((SECONDS - began))" >"$TMPDIR/$name.end"
}

report() { # PATH
    local name=${1##*/} code=none seconds=0 good bad
    read -r code seconds 2>/dev/null <"$TMPDIR/$name.end"
    good=$(grep -acE '^ok\b' "$TMPDIR/$name.out") bad=$(grep -acE '^not ok\b' "$TMPDIR/$name.out")
    if [ "$code" = 0 ] && [ "$good" -gt 0 ] && [ "$bad" = 0 ]; then
        echo "ok - $name through PgBouncer: $good checks, $seconds s"
    else
        echo "not ok - $name through PgBouncer: $bad of $((good + bad)) checks, exit code $code"
        grep -avE '^ok - ' "$TMPDIR/$name.out" | head -n 60 | sed 's/^/    /'
        failed=1
    fi
}

# Each is reported as soon as it has ended.
run_all() {
    local path ended
    declare -A running=()
    for path; do
        [ ${#running[@]} -lt 2 ] || next
        one "$path" &
        running[$!]=$path
    done
    while [ ${#running[@]} -gt 0 ]; do next; done
}

next() {
    wait -n -p ended "${!running[@]}"
    report "${running[$ended]}"
    unset "running[$ended]"
}

# Plain CGI has no service that stays: its database is a site's, which is only that and the pool.
plain_cgi() {
    local path=tests/e2e/64-queue-cgi.mjs
    export VAR=$TMPDIR/proof
    place_var "$VAR"
    PORT=$(free_port) FSYNC=off scripts/site up >"$TMPDIR/up" 2>&1 || { sed 's/^/    /' "$TMPDIR/up"; return 1; }
    kill "$(cat "$RUN/webquota.pid")"
    flock -s -w 20 "$RUN/webquota.pid" true
    (
        # shellcheck source=/dev/null
        . "$VAR/env"
        export DATABASE_URL DATABASE_URL_APP WEBQUOTA_PREPARE
        one $path
    )
    scripts/site down >/dev/null
    unset VAR
    report $path
}

check "every session of the service is one of the pool's" proof
VAR=$TMPDIR/proof scripts/site down >/dev/null
unset VAR
mapfile -t paths < <(tests "${1-}")
[ ${#paths[@]} -ge 4 ] || { echo "not ok - the tests are found"; exit 1; }
run_all "${paths[@]}"
[ "${1-}" != all ] || plain_cgi || failed=1
exit $failed
