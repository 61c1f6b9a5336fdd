#!/bin/bash
# Every page in every state, in a real browser: accessibility, contrast, narrow screens, keyboard, the security
# policy, valid HTML; and in a text browser. The pages come from values; no server of ours runs here.
#
# Takes long.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
BUILD=${BUILD-build}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

not_ok() { # NAME FILE
    echo "not ok - $1"
    sed 's/^/  # /' "$2"
    exit 1
}

make -s BUILD="$BUILD" "$BUILD/tests/view/render_pages" >"$folder/make" 2>&1 || not_ok "the pages can be made" "$folder/make"
"$BUILD/tests/view/render_pages" "$folder/pages" >"$folder/render" 2>&1 || not_ok "the pages can be made" "$folder/render"

scripts/browser-modules >"$folder/npm" 2>&1 || not_ok "the browser tests can be installed" "$folder/npm"

failed=0
# said PAGE WORDS...: the words stand in the page as a text browser shows it, line breaks aside.
said() {
    local page=$1 words text
    shift
    text=$(w3m -dump -cols 200 -T text/html "$folder/pages/$page.html" | tr -s '[:space:]' ' ')
    for words; do
        if [[ $text != *"$words"* ]]; then
            echo "not ok - $page in a text browser"
            echo "  # '$words' is not in: $text"
            failed=1
            return
        fi
    done
    echo "ok - $page in a text browser"
}
said dashboard-exhausted "Used up: Menu upload" "Plan Free" "95 of 100 messages used this month" "5 left" \
    "Resets Tue 1 Dec at 00:00 (America/New_York), in 8 days" "12 used · ∞ unlimited" "1 held for work in progress" \
    "Priority exports are not part of Free. Pro has 50 a day." "Refresh every 20 seconds"
said limit-form "You've used all 300 menu generations for this month." "That is in 8 days" "nothing of it was saved" \
    "Ask your administrator" "Back button brings back what you typed" "To the form"
said decision-freed "Now there is room again: 13 left" "This limit stopped it" "Room again since 2026-11-23 at 00:00 (America/New_York)"
said plans-free "Your plan is Free" "20 a week, up to 5 roll over" "Menu upload: 20 a week instead of 1" "Go to Pro"
said feature-clients "3 left" "2026-11-22 14:05:20" "Client 17" "there were more"
said widget-card "12 of 15 menu generations used today" "2 left, 1 held"
said login-wrong "The name or the password is wrong" "Name" "Password" "Sign in Cancel"
said request-new "Request more" "A larger limit on this" "The plan Pro" "Why do you need it?"
said requests-some "Waiting for an answer" "2,500" "Denied, 2026-11-22 05:30:00: Not this month."
said error-unavailable "Usage cannot be shown now" "Try again"

timeout 880 node tests/browser/run.mjs "$folder/pages" static || failed=1
exit $failed
