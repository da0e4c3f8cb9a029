// SPDX-License-Identifier: Apache-2.0
//
// vt_report: answer queries about the terminal: identity, status, cursor position, settings. Which queries
// there are depends on the conformance level that was set.

#include "tui/vt/vt_screen_private.h"

#include <string.h>

void vt_report_device(struct vt *vt)
{
    if (vt_param(vt, 0, 0) != 0)
        return;
    if (vt->prefix == '>')
        vt_reply(vt, "\033[>41;354;0c");
    else if (vt->prefix == '=')
        vt_reply(vt, "\033P!|00000000\033\\");
    else if (vt->prefix == '\0')
        vt_reply(vt, VT_ATTRIBUTES);
}

void vt_report_version(struct vt *vt)
{
    if (vt_param(vt, 0, 0) == 0)
        vt_reply(vt, "\033P>|sbxdeck(%s)\033\\", SBXDECK_VERSION);
}

// --- status ---

static void report_place(struct vt *vt)
{
    // A cursor that was restored to before a margin is reported as at it.
    int y = vt->y - (vt->origin ? vt->top : 0), x = vt->x - (vt->origin ? vt->left : 0);
    y = y < 0 ? 1 : y + 1;
    x = x < 0 ? 1 : x + 1;
    if (vt->prefix == '\0')
        vt_reply(vt, "\033[%d;%dR", y, x);
    else
        vt_reply(vt, vt->level >= 3 ? "\033[?%d;%d;1R" : "\033[?%d;%dR", y, x);
}

// No printer, keys that are not locked, a North American keyboard, no locator, no room for macros, no errors
// of the line, one session.
static const struct {
    int which, level;
    const char *answer;
} states[] = {
    {5, 1, "\033[?0n"},       {15, 2, "\033[?13n"},   {25, 2, "\033[?20n"}, {26, 4, "\033[?27;1;0;0n"},
    {26, 3, "\033[?27;1;0n"}, {26, 2, "\033[?27;1n"}, {53, 3, "\033[?53n"}, {55, 3, "\033[?53n"},
    {56, 3, "\033[?57;0n"},   {62, 4, "\033[0000*{"}, {75, 4, "\033[?70n"}, {85, 4, "\033[?83n"},
};

void vt_report_status(struct vt *vt)
{
    int which = vt_param(vt, 0, 0);
    if (which == 6) {
        report_place(vt);
    } else if (vt->prefix == '\0') {
        if (which == 5)
            vt_reply(vt, "\033[0n");
    } else if (which == 63 && vt->level >= 4) {
        vt_reply(vt, "\033P%d!~0000\033\\", vt_param(vt, 1, 0)); // of macros that are not kept
    } else {
        for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
            if (states[i].which == which && vt->level >= states[i].level) {
                vt_reply(vt, "%s", states[i].answer);
                return;
            }
        }
    }
}

// --- DECRQSS ---

void vt_report_setting(struct vt *vt, const char *which)
{
    bool is_protected = vt->protection == VT_PROTECTS_DEC && (vt->style.attributes & CELL_PROTECTED) != 0;
    const struct {
        const char *which;
        int first, second; // negative: there is none
    } settings[] = {
        {"r", vt->top + 1, vt->bottom + 1},
        {"s", vt->left + 1, vt->right + 1},
        {"\"q", is_protected, -1},
        {"\"p", 60 + vt->level, !vt->eight_bit},
        {" q", vt->cursor_shape, -1},
        {"*x", vt->extent, -1},
        {"*|", vt->rows, -1},
        {"t", vt->rows, -1},
        {"$|", vt->cols, -1},
        {"$}", 0, -1}, // there is no status line
        {"$~", 0, -1},
    };
    char sgr[160];
    if (strcmp(which, "\"p") == 0 && vt->level < 2)
        return;
    if (strcmp(which, "m") == 0) {
        (void)vt_sgr_text(vt, sgr, sizeof sgr);
        vt_reply(vt, "\033P1$r%sm\033\\", sgr);
        return;
    }
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        if (strcmp(settings[i].which, which) != 0)
            continue;
        if (settings[i].second < 0)
            vt_reply(vt, "\033P1$r%d%s\033\\", settings[i].first, which);
        else
            vt_reply(vt, "\033P1$r%d;%d%s\033\\", settings[i].first, settings[i].second, which);
        return;
    }
    vt_reply(vt, "\033P0$r\033\\");
}
