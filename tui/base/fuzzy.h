// SPDX-License-Identifier: Apache-2.0
//
// fuzzy: how well a line matches what was typed, as fuzzy finders have it. Pure.

#ifndef SBXDECK_TUI_BASE_FUZZY_H
#define SBXDECK_TUI_BASE_FUZZY_H

// Each word of typed (apart by blanks, in any order) must be in text, as it is or as letters that follow one
// another in one of its words; a word after '!' must not be in it as it is. Upper and lower case of ASCII are
// the same. FUZZY_NONE: it does not match; else more is better: a word as it is before scattered letters, at
// the start of a word before its middle, close together before far apart, near the beginning before the end.
// "" matches all alike.
enum { FUZZY_NONE = -1 };
int fuzzy_score(const char *text, const char *typed);

#endif
