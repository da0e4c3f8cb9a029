// SPDX-License-Identifier: Apache-2.0
//
// session_panel: Draw what a session shows besides its terminal: before there is a shell, its progress and
// why it went no further, in a box in the middle; after the end, the reason in lines below the last screen,
// which stays readable.

#include "tui/base/text.h"
#include "views/session/session_private.h"

#include <curses.h>
#include <stdio.h>
#include <string.h>

enum {
    LINES_MAX = 60,
    LINE_CAP = 512,
    WIDTH_MAX = 72,
    EDGE = 2,
    BAND_MOST = 4,
    INDENT = 2,
    BANNER_MOST = 20
};

struct line {
    char text[LINE_CAP]; // display()-clean
    enum theme_role role;
    const char *mark; // in front, "" none
    enum theme_role mark_role;
    int indent;
};
struct lines {
    int width; // columns for text
    int count;
    struct line line[LINES_MAX];
};

static void put(struct lines *lines, enum theme_role role, const char *mark, enum theme_role mark_role,
                int indent, const char *text, size_t length)
{
    if (lines->count == LINES_MAX)
        return;
    struct line *line = &lines->line[lines->count++];
    (void)snprintf(line->text, sizeof line->text, "%.*s", (int)length, text);
    line->role = role;
    line->mark = mark;
    line->mark_role = mark_role;
    line->indent = indent;
}

// Foreign text with line ends of ours, wrapped; the mark stands in front of its first line.
static void add(struct lines *lines, enum theme_role role, const char *mark, enum theme_role mark_role,
                int indent, const char *text)
{
    char clean[SESSION_REASON_TEXT_CAP];
    int width = lines->width - indent > 1 ? lines->width - indent : 1;
    for (const char *at = text; *at != '\0';) {
        size_t length = strcspn(at, "\n");
        const char *rest = display(at, length, clean, sizeof clean);
        while (rest != NULL && *rest != '\0') {
            const char *next = NULL;
            size_t part = text_wrap(rest, width, &next);
            put(lines, role, mark, mark_role, indent, rest, part);
            mark = "";
            rest = next;
        }
        at += length + (at[length] == '\n' ? 1 : 0);
    }
}

static void gap(struct lines *lines)
{
    put(lines, ROLE_DIALOG, "", ROLE_DIALOG, 0, "", 0);
}

// --- before there is a shell --------------------------------------------------------------

static void add_steps(const struct session *session, struct lines *lines)
{
    static const struct {
        enum glyph glyph;
        enum theme_role mark, text;
    } looks[] = {
        [SESSION_STEP_DONE] = {GLYPH_CHECK, ROLE_OK, ROLE_DIALOG},
        [SESSION_STEP_NOW] = {GLYPH_RUNNING, ROLE_ACCENT, ROLE_TITLE},
        [SESSION_STEP_FAILED] = {GLYPH_CROSS, ROLE_BAD, ROLE_DIALOG},
        [SESSION_STEP_TO_COME] = {GLYPH_NO_CREDENTIAL, ROLE_DIM, ROLE_DIM},
    };
    enum ssh_stage stage = session->ended ? session->end.stage : session->stage;
    for (size_t i = 0; i < SESSION_STEPS; i++) {
        enum session_step_mark mark = session_messages_step(i, stage, session->ended);
        add(lines, looks[mark].text, glyph(looks[mark].glyph), looks[mark].mark, INDENT,
            session_steps[i].label);
        if (session_steps[i].last == SSH_STAGE_HOST_KEY && session->new_key.host[0] != '\0') {
            char key[FINGERPRINT_CAP + 64];
            (void)snprintf(key, sizeof key, "new, %s: %s %s",
                           session->new_key.unkept[0] == '\0' ? "kept" : "not kept", session->new_key.seen,
                           session->new_key.seen_type);
            add(lines, ROLE_DIM, "", ROLE_DIM, INDENT, key);
        }
    }
}

static void add_end(const struct session *session, struct lines *lines)
{
    char text[SESSION_REASON_TEXT_CAP];
    bool changed = session->end.status == STATUS_HOST_KEY_CHANGED;
    add(lines, changed ? ROLE_DANGER : ROLE_DIALOG, glyph(GLYPH_CROSS), ROLE_BAD, INDENT,
        session_messages_end(&session->end, false, text, sizeof text));
    if (session->finding[0] != '\0')
        add(lines, ROLE_DIALOG, "", ROLE_DIALOG, INDENT, session->finding);
    else
        add(lines, ROLE_DIALOG, "", ROLE_DIALOG, INDENT,
            session_messages_advice(&session->end, false, session->sandbox_id, text, sizeof text));
}

// At most so many lines of it; fewer than two are of no use.
static void add_banner(const struct session *session, int most, struct lines *lines)
{
    int first = lines->count;
    if (session->banner == NULL || most < 2)
        return;
    add(lines, ROLE_DIALOG, "", ROLE_DIALOG, 0, session->banner);
    if (lines->count - first >= most) {
        lines->count = first + most - 2;
        add(lines, ROLE_DIM, "", ROLE_DIM, 0, glyph(GLYPH_ELLIPSIS));
    }
    gap(lines);
}

static void build(const struct session *session, bool steps, int banner, struct lines *lines)
{
    char target[sizeof(struct ssh_target) + 32];
    lines->count = 0;
    if (steps) {
        (void)snprintf(target, sizeof target, "%s@%s port %d", session->target.user, session->target.host,
                       session->target.port);
        if (session->target.port != 0)
            add(lines, ROLE_DIM, "", ROLE_DIM, 0, target);
        gap(lines);
        add_steps(session, lines);
        gap(lines);
        add_banner(session, banner, lines);
    }
    if (session->ended)
        add_end(session, lines);
    else if (!steps)
        add(lines, ROLE_TITLE, glyph(GLYPH_RUNNING), ROLE_ACCENT, INDENT, ssh_stage_text(session->stage));
    if (!session->ended)
        add(lines, ROLE_DIM, "", ROLE_DIM, 0,
            session->ahead_length > 0 ? "Esc cancels; your typing is kept for the shell" : "Esc cancels");
}

static void draw_lines(const struct lines *lines, int y, int x, int rows)
{
    for (int i = 0; i < lines->count && i < rows; i++) {
        const struct line *line = &lines->line[i];
        if (line->mark[0] != '\0')
            (void)text_put(stdscr, y + i, x, INDENT, line->mark_role, line->mark);
        (void)text_put(stdscr, y + i, x + line->indent, lines->width - line->indent, line->role, line->text);
    }
}

void session_panel_draw(const struct session *session, int y, int x, int rows, int cols)
{
    static struct lines lines; // large, and there is one thread
    char title[ID_CAP + 32];
    int width = cols < WIDTH_MAX ? cols : WIDTH_MAX;
    lines.width = width - 2 * EDGE;
    build(session, true, 0, &lines);
    int room = rows - 2 - lines.count;
    if (room < 0)
        build(session, false, 0, &lines);
    else if (session->banner != NULL)
        build(session, true, room < BANNER_MOST ? room : BANNER_MOST, &lines);
    if (session->ended)
        (void)snprintf(title, sizeof title, "%s", session_messages_title(&session->end, false));
    else
        (void)snprintf(title, sizeof title, "Connecting to %s", session->sandbox_id);
    if (lines.count + 2 > rows) { // no room for a border
        lines.width = cols;
        build(session, false, 0, &lines);
        text_fill(stdscr, y, x, rows, cols, ROLE_DIALOG);
        draw_lines(&lines, y, x, rows);
        return;
    }
    int top = y + (rows - lines.count - 2) / 2, left = x + (cols - width) / 2;
    bool danger = session->ended && session->end.status == STATUS_HOST_KEY_CHANGED;
    text_box(stdscr, top, left, lines.count + 2, width, danger ? ROLE_DANGER : ROLE_BORDER, ROLE_DIALOG,
             title);
    draw_lines(&lines, top + 1, left + EDGE, lines.count);
}

// --- after it -----------------------------------------------------------------------------

static void build_band(const struct session *session, int cols, struct lines *lines)
{
    char text[SESSION_REASON_TEXT_CAP];
    bool calm = session_messages_is_calm(&session->end);
    // A shell that ends by a signal or with anything but 0 is no trouble, but nothing to tick off either.
    bool nothing = calm && ((session->end.exited && session->end.exit_status != 0) ||
                            session->end.exit_signal[0] != '\0');
    lines->width = cols - 2;
    lines->count = 0;
    add(lines, calm ? ROLE_TEXT : ROLE_WARN,
        glyph(nothing ? GLYPH_INFO
              : calm  ? GLYPH_CHECK
                      : GLYPH_WARNING),
        nothing ? ROLE_DIM
        : calm  ? ROLE_OK
                : ROLE_WARN,
        INDENT, session_messages_end(&session->end, true, text, sizeof text));
    if (session->finding[0] == '\0')
        (void)session_messages_advice(&session->end, true, session->sandbox_id, text, sizeof text);
    add(lines, ROLE_DIM, "", ROLE_DIM, INDENT, session->finding[0] != '\0' ? session->finding : text);
}

int session_band_rows(const struct session *session, int rows, int cols)
{
    static struct lines lines;
    if (!session->ended || !session->opened)
        return 0;
    build_band(session, cols, &lines);
    int most = rows - 1 < 1 + BAND_MOST ? rows - 1 : 1 + BAND_MOST;
    return lines.count + 1 < most ? lines.count + 1 : most;
}

void session_band_draw(const struct session *session, int y, int x, int rows, int cols)
{
    static struct lines lines;
    build_band(session, cols, &lines);
    text_fill(stdscr, y, x, rows, cols, ROLE_TEXT);
    bool ruled = rows > 1;
    if (ruled)
        text_hline(stdscr, y, x, cols, ROLE_BORDER);
    draw_lines(&lines, y + (ruled ? 1 : 0), x + 1, rows - (ruled ? 1 : 0));
}
