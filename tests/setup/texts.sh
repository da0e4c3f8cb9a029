#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# texts.sh: every text that a person may read, one a line as FILE:LINE: TEXT, out of the program's own sources by
# xgettext. What is a single word, SQL or only layout is left out. To be read from top to bottom when texts change.
set -eu

xgettext --extract-all --language=C --from-code=UTF-8 --no-wrap --omit-header --output=- \
    $(find api tui views -name "*.[ch]" | sort) 2>/dev/null |
    awk '
        /^#: /           { where = $2; next }
        /^msgid /        { text = substr($0, 8); sub(/"$/, "", text); inside = 1; next }
        /^"/ && inside   { more = substr($0, 2); sub(/"$/, "", more); text = text more; next }
        /^msgstr/        {
            inside = 0
            if (text ~ /[A-Za-z][a-z]+ / &&
                text !~ /^ *(SELECT|INSERT|UPDATE|DELETE FROM|CREATE (TABLE|INDEX|TRIGGER)|PRAGMA|ALTER|BEGIN|DROP|WITH|REPLACE|FROM|WHERE|AND kind) /)
                print where ": " text
        }' | sort -t: -k1,1 -k2,2n
