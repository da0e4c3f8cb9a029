// SPDX-License-Identifier: Apache-2.0
//
// color_cie: parse colours in device-independent forms. For color_spec.c.

#ifndef SBXDECK_TUI_BASE_COLOR_CIE_H
#define SBXDECK_TUI_BASE_COLOR_CIE_H

#include <stdbool.h>
#include <stdint.h>

// rgbi:, CIEXYZ:, CIEuvY:, CIExyY:, CIELab:, CIELuv: and TekHVC: with three decimal numbers apart by '/' →
// *rgb as Xlib shows them. False: none of these forms, or out of range; *rgb is unchanged.
bool color_cie_parse(const char *spec, uint32_t *rgb);

#endif
