// SPDX-License-Identifier: Apache-2.0
//
// color_cie: colours in forms that do not depend on a screen. For color_spec.c.

#ifndef SBXDECK_TUI_COLOR_CIE_H
#define SBXDECK_TUI_COLOR_CIE_H

#include <stdbool.h>
#include <stdint.h>

// rgbi:, CIEXYZ:, CIEuvY:, CIExyY:, CIELab:, CIELuv: and TekHVC: with three decimal numbers apart by '/' →
// *rgb as Xlib shows them. False: it is none of them, or out of its range; *rgb is left.
bool color_cie_parse(const char *spec, uint32_t *rgb);

#endif
