#!/bin/bash
# Windows over the zones of the tz database, around every change of clocks: tests/domain/sweep_window.c. With "full" all of it, by the hour.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
BUILD=${BUILD-build} name="windows meet around every change of clocks from 2020 to 2040, in every zone"
if make -s "BUILD=$BUILD" "$BUILD/tests/domain/sweep_window" && "$BUILD/tests/domain/sweep_window" ${1:+--full}; then echo "ok - $name"; else
    echo "not ok - $name"
    exit 1
fi
