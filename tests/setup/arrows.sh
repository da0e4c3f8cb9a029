#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# arrows.sh: every #include of the three floors is allowed by a floor's README.md, or it is named here and the run fails.
#
# A README's table `| wing | what it does | may include |` gives each wing its arrows: wings of the same floor by their
# name, other floors by their name with a slash (`api/`, `tui/`). A wing may always include itself. Beyond the table:
# no wing reaches itself by following the arrows, a private header stays inside its wing, no module of a wing includes
# itself by way of others (a module is NAME.c, NAME.h and NAME_private.h), no folder is missing in the table, and a
# header's guard is its path.
set -eu
cd "$(dirname "$0")/../.."

find api tui views tests -name '*.h' | sort | while read -r file; do
    guard=SBXDECK_$(echo "$file" | tr a-z/. A-Z__)
    grep -qx "#ifndef $guard" "$file" || echo "  $file: its guard is not $guard"
done | { ! grep .; }

for floor in api tui views; do
    awk -F'|' -v floor=$floor '
        /^\| *`[a-z0-9_]+\/` *\|/ {
            gsub(/[` ]/, "", $2); sub(/\/$/, "", $2)
            print "wing", floor "/" $2
            n = split($4, to, /[^a-z0-9_\/]+/)
            for (i = 1; i <= n; i++)
                if (to[i] ~ /\/$/) print "arrow", floor "/" $2, to[i]
                else if (to[i] != "") print "arrow", floor "/" $2, floor "/" to[i]
        }' $floor/README.md
    find $floor -mindepth 1 -type d | sed 's/^/folder /'
    find $floor -name '*.[ch]' | sort | while read -r file; do
        sed -n "s|^#include \"\\([^\"]*\\)\".*|include $file \\1|p" "$file"
    done
done | awk '
    function wing(path) { sub(/\/[^\/]*$/, "", path); return path }
    function module(path) { sub(/(_private)?\.[ch]$/, "", path); return path }
    function say(text) { print "  " text; failed = 1 }
    $1 == "wing" { known[$2] = 1 }
    $1 == "folder" { folders[$2] = 1 }
    $1 == "arrow" { arrow[$2, $3] = 1; to[$2] = to[$2] " " $3 }
    $1 == "include" {
        from = wing($2); target = wing($3)
        split(target, part, "/")
        if (target != from && !((from, target) in arrow) && !((from, part[1] "/") in arrow && part[1] != substr(from, 1, index(from, "/") - 1)))
            say($2 ": no arrow from " from " to " target " (" $3 ")")
        if ($3 ~ /_private\.h$/ && target != from)
            say($2 ": " $3 " is private to " target)
        if (target == from && module($2) != module($3)) edges[module($2)] = edges[module($2)] " " module($3)
    }
    function walk(node, table, start,    n, i, next_) {
        if (seen[node]++) return 0
        n = split(table[node], next_, " ")
        for (i = 1; i <= n; i++)
            if (next_[i] == start || walk(next_[i], table, start)) return 1
        return 0
    }
    END {
        for (folder in folders) if (!(folder in known)) say(folder ": not in its floor'"'"'s README.md")
        for (name in known) { delete seen; if (walk(name, to, name)) say(name ": the arrows lead back to it") }
        for (name in edges) { delete seen; if (walk(name, edges, name)) say(name ": includes itself by way of others of its wing") }
        exit failed
    }' || { echo "an include without an arrow: see the floor's README.md" >&2; exit 1; }
