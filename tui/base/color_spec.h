// SPDX-License-Identifier: Apache-2.0
//
// color_spec: parse a colour as X names it: numbers in several forms, or a word. Programs and terminals
// write them in OSC 4, 10, 11 and 12.

#ifndef SBXDECK_TUI_BASE_COLOR_SPEC_H
#define SBXDECK_TUI_BASE_COLOR_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { COLOR_SPEC_MAX = 96 }; // bytes of the longest that is understood

// rgb:R/G/B (1 to 4 hexadecimal digits each), rgba: (alpha is passed over), #RGB to #RRRRGGGGBBBB, those of
// color_cie.h, or a name of X11's that people use, without regard to case and blanks → *rgb as 0xRRGGBB.
// False: it isn't a colour; *rgb is unchanged.
bool color_spec_parse(const char *text, size_t length, uint32_t *rgb);

#endif
