#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# file-map.sh: the README's map of the files: each folder with its modules, and of each the first sentence of its header's
# comment (of the .c where there is no header).
set -eu

first_sentence() {
    awk '
        NR <= 2 { next }
        !/^\/\// { exit }
        /^\/\/$/ { if (text != "") exit; next }
        { sub(/^\/\/ ?/, ""); text = text (text == "" ? "" : " ") $0 }
        END {
            sub(/^[a-z0-9_]+: /, "", text)
            if (match(text, /\.( |$)/)) text = substr(text, 1, RSTART - 1)
            gsub(/\|/, "\\|", text)
            print toupper(substr(text, 1, 1)) substr(text, 2)
        }' "$1"
}

folder() {
    printf '\n**`%s/`** — %s\n\n| module | what it is for |\n| --- | --- |\n' "$1" "$2"
    for file in "$1"/*.h "$1"/*.c; do
        [ -e "$file" ] || continue
        name=$(basename "${file%.*}")
        case $file in *.c) [ ! -e "${file%.c}.h" ] || continue ;; esac
        sentence=$(first_sentence "$file")
        [ -n "$sentence" ] || continue
        echo "| \`$name\` | $sentence |"
    done
}

folder api "Leap0, the credential's life, SSH; no curses"
folder tui "the terminal: drawing, keys, widgets, the terminal emulator; nothing of Leap0"
folder views "the console and the verbs"
folder tests/emulator "Leap0 on loopback"
folder tests/e2e "the real program from outside"
folder tests/judge "machines that say wrong things to the program"
folder tests/support "what tests need"
cat <<'END'

**`tests/unit/`** has a file of tests for each module, by floor; **`tests/setup/`** the scripts behind the Makefile's targets;
**`tests/fuzz/`** and **`tests/bench/`** the terminal emulator's fuzz target and its speed; **`screenshots/`** the pictures.
END
