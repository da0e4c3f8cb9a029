// SPDX-License-Identifier: Apache-2.0
//
// duration: a span of time as an operator types it: "2h", "30m", "90s", "1h30m", or seconds as a plain
// number.

#ifndef SBXDECK_TUI_BASE_DURATION_H
#define SBXDECK_TUI_BASE_DURATION_H

#include <stdbool.h>
#include <stdint.h>

enum { DURATION_CAP = 32 };

// Units d, h, m and s in either case, the larger first, each once; blanks around the parts are fine. False,
// and *seconds untouched, for anything else and for what is beyond INT32_MAX seconds.
bool duration_parse(const char *text, long *seconds);
// The same span in the fewest parts, exactly: 90 → "1m30s", 28800 → "8h", 0 → "0s". Parses to the same.
// Returns out.
char *duration_format(long seconds, char out[DURATION_CAP]);
// Whether the character may stand in one.
bool duration_has(uint32_t codepoint);

#endif
