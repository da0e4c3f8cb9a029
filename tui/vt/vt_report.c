// SPDX-License-Identifier: Apache-2.0
//
// vt_report: owns what the far side is told of the terminal: what it is, how it is, where the cursor is, and
// how it is set. Which questions there are depends on the level that was set.

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
    // A cursor that was restored to before a margin is told to be at it.
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

static void report_look(struct vt *vt)
{
    char sgr[160];
    (void)vt_sgr_text(vt, sgr, sizeof sgr);
    vt_reply(vt, "\033P1$r%sm\033\\", sgr);
}

static void report_rows(struct vt *vt)
{
    vt_reply(vt, "\033P1$r%d;%dr\033\\", vt->top + 1, vt->bottom + 1);
}

static void report_columns(struct vt *vt)
{
    vt_reply(vt, "\033P1$r%d;%ds\033\\", vt->left + 1, vt->right + 1);
}

static void report_protection(struct vt *vt)
{
    bool on = vt->protection == VT_PROTECTS_DEC && (vt->style.attributes & CELL_PROTECTED) != 0;
    vt_reply(vt, "\033P1$r%d\"q\033\\", on ? 1 : 0);
}

static void report_level(struct vt *vt)
{
    if (vt->level >= 2)
        vt_reply(vt, "\033P1$r%d;%d\"p\033\\", 60 + vt->level, vt->eight_bit ? 0 : 1);
}

static void report_shape(struct vt *vt)
{
    vt_reply(vt, "\033P1$r%d q\033\\", vt->cursor_shape);
}

static void report_extent(struct vt *vt)
{
    vt_reply(vt, "\033P1$r%d*x\033\\", vt->extent);
}

static void report_lines(struct vt *vt)
{
    vt_reply(vt, "\033P1$r%d*|\033\\", vt->rows);
}

static void report_page(struct vt *vt)
{
    vt_reply(vt, "\033P1$r%dt\033\\", vt->rows);
}

static void report_width(struct vt *vt)
{
    vt_reply(vt, "\033P1$r%d$|\033\\", vt->cols);
}

// There is no status line.
static void report_status_display(struct vt *vt)
{
    vt_reply(vt, "\033P1$r0$}\033\\");
}

static void report_status_line(struct vt *vt)
{
    vt_reply(vt, "\033P1$r0$~\033\\");
}

void vt_report_setting(struct vt *vt, const char *which)
{
    static const struct {
        const char *which;
        void (*report)(struct vt *vt);
    } settings[] = {
        {"m", report_look},
        {"r", report_rows},
        {"s", report_columns},
        {"\"q", report_protection},
        {"\"p", report_level},
        {" q", report_shape},
        {"*x", report_extent},
        {"*|", report_lines},
        {"t", report_page},
        {"$|", report_width},
        {"$}", report_status_display},
        {"$~", report_status_line},
    };
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        if (strcmp(settings[i].which, which) == 0) {
            settings[i].report(vt);
            return;
        }
    }
    vt_reply(vt, "\033P0$r\033\\");
}
