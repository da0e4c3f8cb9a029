#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# screenshots.sh: pictures of the real program in a real xterm, into screenshots/. A display of its own (Xvfb), the demo's
# emulator, keys typed by xdotool. The program sets the window's title; that, and a picture that has stopped changing, tell
# when a scene is ready.
set -eu
BUILD=${BUILD:-build}
out=screenshots
work=$(mktemp -d "${TMPDIR:-/tmp}/sbxdeck-shots.XXXXXX")
pids=
cleanup() {
    for pid in $pids; do kill "$pid" 2>/dev/null || :; done
    for pid in $pids; do wait "$pid" 2>/dev/null || :; done
    rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

Xvfb -displayfd 3 -screen 0 1920x1200x24 -nolisten tcp 3>"$work/display" 2>"$work/xvfb.log" &
pids="$pids $!"
tries=0
while [ ! -s "$work/display" ]; do
    tries=$((tries + 1))
    [ $tries -lt 200 ] || { echo "screenshots.sh: Xvfb does not start: $(cat "$work/xvfb.log")" >&2; exit 1; }
    sleep 0.05
done
DISPLAY=:$(cat "$work/display")
export DISPLAY

"$BUILD/sbxdeck" demo --json >"$work/emulator.json" 2>/dev/null &
pids="$pids $!"
while [ ! -s "$work/emulator.json" ]; do
    tries=$((tries + 1))
    [ $tries -lt 1000 ] || { echo "screenshots.sh: the emulator does not start" >&2; exit 1; }
    sleep 0.05
done
field() { sed -n "s/.*\"$1\": *\"\([^\"]*\)\".*/\1/p" "$work/emulator.json"; }
LEAP0_BASE_URL=$(field base_url)
LEAP0_API_KEY=$(field api_key)
export LEAP0_BASE_URL LEAP0_API_KEY
export SBXDECK_STATE="$work/state" LANG=C.UTF-8 LC_ALL=C.UTF-8

window=
# open GEOMETRY SCHEME: the console in an xterm.
open() {
    case $2 in
    light) colours="-bg #fbfaf7 -fg #2b2b2b" ;;
    *) colours="-bg #14171c -fg #d5d9e0" ;;
    esac
    # shellcheck disable=SC2086
    SBXDECK_SCHEME=$2 COLORTERM=truecolor xterm -title opening -geometry "$1+0+0" -fa "DejaVu Sans Mono" -fs 11 -b 6 \
        -tn xterm-256color +sb -cu $colours -xrm 'XTerm*directColor: true' -e "$BUILD/sbxdeck" &
    xterm_pid=$!
    pids="$pids $xterm_pid"
    window=$(xdotool search --sync --onlyvisible --pid "$xterm_pid" | tail -n 1)
    xdotool windowfocus "$window" 2>/dev/null || :
    steady
}
close() {
    kill "$xterm_pid" 2>/dev/null || :
    wait "$xterm_pid" 2>/dev/null || :
}
shot() { xwd -silent -id "$window" | convert xwd:- -strip "png:$1"; }
# Until two pictures half a second apart differ in no more than a countdown's digits.
steady() {
    n=0
    shot "$work/a.png"
    while [ $n -lt 40 ]; do
        sleep 0.5
        shot "$work/b.png"
        differ=$(compare -metric AE "$work/a.png" "$work/b.png" null: 2>&1 | sed 's/[^0-9].*//' || :)
        mv "$work/b.png" "$work/a.png"
        [ "${differ:-9999}" -gt 1500 ] || return 0
        n=$((n + 1))
    done
    echo "screenshots.sh: a scene does not come to rest" >&2
    return 1
}
keys() { xdotool key --window "$window" --delay 40 "$@"; steady; }
text() { xdotool type --window "$window" --delay 25 "$1"; }
keep() { steady; shot "$out/$1.png"; echo "  $out/$1.png"; }

mkdir -p "$out"

# The deck: some credentials of different ages, so that the states differ.
make_credentials() {
    for sandbox in $("$BUILD/sbxdeck" ls | awk 'NR > 1 && $2 == "running" { print $1 }' | sed -n '1,3p'); do
        "$BUILD/sbxdeck" access create "$sandbox" >/dev/null
    done
}
make_credentials
first=$("$BUILD/sbxdeck" ls | awk 'NR > 1 && $2 == "running" { print $1; exit }')
open 110x30 dark
keep deck
keys t
keep timeline
keys t
keys d
keep detail
keys d
keys Return
text "ls --color /usr | head; printf 'Unicode: \\xe4\\xbd\\xa0\\xe5\\xa5\\xbd caf\\xc3\\xa9\\n'"
keys Return
text "vim -u NONE -c 'syntax on' -c 'set nu' .bashrc"
keys Return
keep session
keys Escape
text ":q"
keys Return
keys ctrl+bracketright c
text "clear; for i in 1 2 3; do printf '\\033[3%dmbuild step %d\\033[0m  ok\\n' \$i \$i; done"
keys Return
keys ctrl+bracketright comma
text "build"
keys Return
keys ctrl+bracketright c
text "clear; for i in \$(seq 300); do echo \"12:\$((i / 60 + 10)):\$((i % 60 + 10))  worker[\$i]  GET /items/\$i  \$((i % 7 ? 200 : 503))\"; done"
keys Return
keep tabs
keys ctrl+bracketright bracketleft slash
text "503"
keys Return n n V k k k
keep search
keys q
keys ctrl+bracketright bar
keep split
keys ctrl+bracketright bar
# The record: what has been done so far, and a little more.
"$BUILD/sbxdeck" access validate "$first" >/dev/null
"$BUILD/sbxdeck" ssh "$first" "exit 3" >/dev/null 2>&1 || :
"$BUILD/sbxdeck" access delete "$first" >/dev/null
"$BUILD/sbxdeck" access regen "$first" >/dev/null 2>&1 || :
keys ctrl+bracketright d
keys L
keep log
close
open 110x30 light
keep deck-light
close
