#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# circles.sh BUILD: no group of files calls itself in a circle, by the symbols of their objects, but pairs that are two
# halves of one thing. Private headers hide such circles from arrows.sh.
set -eu
build=${1:?usage: circles.sh BUILD}
cd "$(dirname "$0")/../.."

found=$(find api tui views -name '*.c' | sort | while read -r file; do
    nm "$build/${file%.c}.o" | awk -v file="$file" '
        $(NF - 1) == "U" { print "uses", file, $NF }
        $(NF - 1) ~ /^[TDBRC]$/ { print "has", file, $NF }'
done | awk '
    $1 == "has" { owner[$3] = $2 }
    $1 == "uses" { from[++uses] = $2; symbol[uses] = $3 }
    # What a file reaches, one step after the other; two files that reach each other are in one circle.
    function reach(start, file,    i, n, next_) {
        n = split(calls[file], next_, " ")
        for (i = 1; i <= n; i++)
            if (!((start, next_[i]) in reached)) { reached[start, next_[i]] = 1; reach(start, next_[i]) }
    }
    END {
        for (i = 1; i <= uses; i++) {
            to = owner[symbol[i]]
            if (to == "" || to == from[i]) continue
            if (!((from[i], to) in call)) { calls[from[i]] = calls[from[i]] " " to; files[from[i]] = 1 }
            call[from[i], to] = call[from[i], to] " " symbol[i]
        }
        for (file in files) reach(file, file)
        for (file in files) {
            size = 0; circle = ""
            for (other in files)
                if ((file, other) in reached && (other, file) in reached) { size++; circle = circle " " other }
            if (size > 2) for (other in files) if (index(circle " ", " " other " ") && (file, other) in call)
                print "  " file " -> " other ":" call[file, other]
        }
    }' | sort)
[ -z "$found" ] || { echo "$found"; echo "files that call each other in a circle" >&2; exit 1; }
