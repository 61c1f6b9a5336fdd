#!/bin/bash
# The harnesses of tests/fuzz without a fuzzer: each is fed the inputs that are kept (corpus) and those that once broke
# something (regression), and every harness is on the list of parsers, with what it is about.
set -u
cd "$(dirname "$0")/../.." || exit 1
BUILD=${BUILD-build}
failed=0
output=$(mktemp)
trap 'rm -f "$output"' EXIT

verdict() { # NAME FINDINGS: good when there are none
    if [ -z "$2" ]; then echo "ok - fuzz: $1"; else
        echo "not ok - fuzz: $1"
        printf '    %s\n' "${2//$'\n'/$'\n    '}"
        failed=1
    fi
}

listed() { awk '!/^#/ { print $1 }' tests/fuzz/parsers | sort; }
written() { find tests/fuzz -name 'fuzz_*.c' -printf '%f\n' | sed 's/^fuzz_//; s/\.c$//' | sort; }
missing() {
    local name source sources
    while read -r name _ sources; do
        case $name in '' | '#'*) continue ;; esac
        for source in $sources; do [ -f "$source" ] || echo "$name: there is no $source"; done
        [ -d "tests/fuzz/corpus/$name" ] || echo "$name: it has no inputs"
    done <tests/fuzz/parsers
}

verdict "the list of parsers is that of the harnesses" "$(diff <(listed) <(written))"
verdict "what the list names is there" "$(missing)"

make -s -k -j"$(nproc)" BUILD="$BUILD" fuzz-programs >"$output" 2>&1 || verdict "every harness compiles" "$(tail -n 20 "$output")"
while read -r name; do
    folders=()
    for folder in tests/fuzz/corpus/"$name" tests/fuzz/regression/"$name"; do [ ! -d "$folder" ] || folders+=("$folder"); done
    if timeout 60 "$BUILD/fuzz/$name" "${folders[@]}" >"$output" 2>&1 && tail -n 1 "$output" | grep -qE '^[0-9]+ inputs$'; then
        verdict "$name, $(tail -n 1 "$output")" ""
    else
        verdict "$name" "$(tail -n 30 "$output")"
    fi
done < <(written)
exit $failed
