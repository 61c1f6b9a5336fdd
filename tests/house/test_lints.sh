#!/bin/bash
# A lint that cannot fail is no lint: each finds what is planted for it in a copy of the tree.
set -u
cd "$(dirname "$0")/../.." || exit 1
copy=${TMPDIR:-/tmp}/lint-copy-$$
failed=0
trap 'rm -rf "$copy"' EXIT

fresh() {
    rm -rf "$copy"
    mkdir -p "$copy/tests" "$copy/src/domain" "$copy/src/view" "$copy/src/web" "$copy/src/store"
    # A small tree is enough, and quicker.
    cp Makefile "$copy"
    cp -r .ci "$copy"
    cp -r tests/lint "$copy/tests"
    cp -r src/base "$copy/src"
}

# plant LINT NAME FILE TEXT: with TEXT in FILE, the lint fails and names the file.
plant() {
    local output
    fresh
    mkdir -p "$copy/$(dirname "$3")"
    printf '%b\n' "$4" >"$copy/$3"
    if output=$("$copy/tests/lint/$1" 2>&1) || ! grep -q '^not ok' <<<"$output" || ! grep -qF "$3" <<<"$output"; then
        echo "not ok - lints: $2"
        printf '    %s\n' "${output//$'\n'/$'\n'    }"
        failed=1
    else
        echo "ok - lints: $2"
    fi
}

clean() { # LINT: it holds in the small tree as it is
    fresh
    if "$copy/tests/lint/$1" >/dev/null 2>&1; then echo "ok - lints: $1 is content with a tree in order"; else
        echo "not ok - lints: $1 is content with a tree in order"
        failed=1
    fi
}

for lint in rooms headers sizes words shell; do clean $lint; done
plant rooms "view may not use the store" src/view/a.c '#include "store/store.h"'
plant rooms "base may not use the domain" src/base/a.h '#include "domain/model.h"'
plant rooms "only the store has libpq" src/web/a.c '#include <libpq-fe.h>'
plant rooms "only web has libfcgi" src/store/a.c '#include <fcgiapp.h>'
plant rooms "nobody has fcgi_stdio" src/web/a.c '#include <fcgi_stdio.h>'
plant rooms "the domain opens no file" src/domain/a.c 'int f(void) { return open("x", 0); }'
plant rooms "the domain reads no clock" src/domain/a.c 'long f(void) { return time(NULL); }'
plant rooms "the view draws no random number" src/view/a.c 'int f(void) { return g_random_int(); }'
plant rooms "no SQL outside the store" src/web/a.c 'const char *q = "SELECT 1";'
plant headers "a header that leans on another is found" src/base/a.h 'gboolean lean(void);'
plant headers "a header without a guard is found" src/base/a.h 'typedef struct { int a; } Twice;'
plant sizes "a long file is found" src/web/a.c "$(printf 'int a;\\n%.0s' {1..601})"
plant sizes "a long function is found" src/web/a.c "void f(void)\\n{\\n$(printf '    g();\\n%.0s' {1..80})}"
plant sizes "a tab is found" src/web/a.c '\tint a;'
plant words "unfinished work is found" src/web/a.c "/* TO""DO: later */"
plant words "words for people outside of their place are found" src/view/view_a.c 'void f(void) { say("You have two left"); }'
plant words "a sentence of a problem outside of its place is found" src/web/a.c 'void f(C *c) { p(c, 400, c->x ? S : ""\n    "%s is not there"); }'
plant words "a dangerous call is found" src/web/a.c 'void f(char *a) { strcpy(a, "b"); }'
plant shell "a careless script is found" scripts/a '#!/bin/sh\nrm -rf $1/x'
plant shell "a script that is no JavaScript is found" tests/a.mjs 'let let = 1;'
plant cppcheck "a bug is found" src/web/a.c 'int f(void) { int a[2]; a[2] = 1; return a[0]; }'
exit $failed
