// SPDX-License-Identifier: Apache-2.0
//
// detail_view: Build and draw the details of one sandbox and its credentials. A field that the server did not
// report has no line. The two clocks, the credential's and the sandbox's time-out, stand together with the
// one that ends first named, since an operator plans by it.

#include "views/deck/detail_view.h"

#include "api/base/time_util.h"
#include "api/ssh/ssh_target.h"
#include "tui/base/xalloc.h"
#include "views/command/commands.h"
#include "views/deck/deck_cells.h"
#include "views/deck/deck_forwards.h"
#include "views/deck/deck_tools.h"
#include "views/labels/phrases.h"
#include "views/labels/state_labels.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    LABEL_COLUMNS = 12,
    MASK_DOTS = 12,
    MARGIN = 1,
    GAP = 1,
    LEAST_COLUMNS = 5,
    COLUMNS_FOR_TWO = 76,
    SECOND_MS = 1000
};

struct detail_line {
    char label[DETAIL_LABEL_CAP]; // "" none
    char text[DETAIL_TEXT_CAP];   // foreign text is fine
    enum glyph glyph;             // before the text
    enum theme_role role;
    double fraction; // 0..1: a gauge instead of the text; negative: none
    enum gauge_stage stage;
    bool title;    // a heading: label only
    bool selected; // belongs to the selected credential: its first line is pointed at
};

struct detail_lines {
    struct detail_line *lines;
    size_t count, cap;
    size_t credentials; // where they begin, with a blank line; 0: there are no lines
};

// Wipes: a password may be among them.
static void free_lines(struct detail_lines *lines)
{
    if (lines->lines != NULL)
        explicit_bzero(lines->lines, lines->count * sizeof *lines->lines);
    free(lines->lines);
    *lines = (struct detail_lines){0};
}

static const char password_label[] = "password";

static struct detail_line *add(struct detail_lines *out, const char *label, enum theme_role role,
                               const char *format, ...) __attribute__((format(printf, 4, 5)));
static struct detail_line *add(struct detail_lines *out, const char *label, enum theme_role role,
                               const char *format, ...)
{
    if (out->count == out->cap) {
        size_t cap = out->cap == 0 ? 64 : out->cap * 2;
        struct detail_line *lines = xcalloc(cap, sizeof *lines);
        if (out->count > 0)
            memcpy(lines, out->lines, out->count * sizeof *lines);
        free_lines(&(struct detail_lines){.lines = out->lines, .count = out->count});
        out->lines = lines;
        out->cap = cap;
    }
    struct detail_line *line = &out->lines[out->count++];
    *line = (struct detail_line){.role = role, .fraction = -1};
    (void)snprintf(line->label, sizeof line->label, "%s", label);
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(line->text, sizeof line->text, format, arguments);
    va_end(arguments);
    return line;
}

static void title(struct detail_lines *out, const char *text)
{
    if (out->count > 0)
        (void)add(out, "", ROLE_TEXT, "%s", "");
    add(out, "", ROLE_TITLE, "%s", text)->title = true;
}

// Local time: an operator compares it with the clock on the wall. Of today the date need not be read.
static char *local_time(int64_t ms, int64_t now_ms, char out[32])
{
    time_t at = (time_t)(ms / SECOND_MS), now = (time_t)(now_ms / SECOND_MS);
    struct tm local, today;
    out[0] = '\0';
    if (localtime_r(&at, &local) == NULL || localtime_r(&now, &today) == NULL)
        return out;
    bool same_day = local.tm_year == today.tm_year && local.tm_yday == today.tm_yday;
    (void)strftime(out, 32, same_day ? "%H:%M:%S" : "%Y-%m-%d %H:%M:%S", &local);
    return out;
}

static void add_time(struct detail_lines *out, const char *label, int64_t at, int64_t now)
{
    char when[32], age[16];
    if (at == 0)
        return;
    if (at > now)
        (void)add(out, label, ROLE_TEXT, "%s", local_time(at, now, when));
    else
        (void)add(out, label, ROLE_TEXT, "%s  %s ago", local_time(at, now, when),
                  time_format_age(now - at, age));
}

static void build_state(const struct fleet_row *row, struct detail_lines *out)
{
    struct state_label word = state_label_sandbox(row->sandbox.state, row->sandbox.state_name);
    if (row->gone)
        word = (struct state_label){GLYPH_CROSS, ROLE_WARN, "gone from the server's list"};
    struct detail_line *line = row->busy != NULL
                                   ? add(out, "state", word.role, "%s, %s", word.text, row->busy)
                                   : add(out, "state", word.role, "%s", word.text);
    line->glyph = word.glyph;
}

static void build_timeout(const struct fleet_row *row, int64_t now, struct detail_lines *out)
{
    const struct fleet_sandbox *sandbox = &row->sandbox;
    char when[32], left[16], whole[16] = "";
    const char *then = !sandbox->detailed ? "" : sandbox->auto_pause ? ", then paused" : ", then ended";
    if (sandbox->detailed && sandbox->timeout_s > 0)
        time_format_span(sandbox->timeout_s * SECOND_MS, whole);
    int64_t at = deadline_timeout(row);
    enum credential_state state = deadline_timeout_state(row, now);
    if (at > now) {
        add(out, "time-out", state_label_role(state), "in %s%s%s, at %s%s",
            time_format_remaining(at - now, left), whole[0] != '\0' ? " of " : "", whole,
            local_time(at, now, when), then)
            ->glyph = state == CREDENTIAL_critical ? GLYPH_WARNING : GLYPH_NONE;
    } else if (at > 0) {
        add(out, "time-out", state_label_role(state), "due since %s%s", local_time(at, now, when), then)
            ->glyph = GLYPH_WARNING;
    } else if (whole[0] != '\0') {
        (void)add(out, "time-out", ROLE_TEXT, "%s after a start%s", whole, then);
    }
}

// What the server reported and was not understood, once for each object.
static void add_unparsed(struct detail_lines *out, const struct unparsed *unparsed)
{
    char text[DETAIL_TEXT_CAP];
    if (unparsed->count > 0)
        (void)add(out, "unclear", ROLE_WARN, "%s", unparsed_text(unparsed, text, sizeof text));
}

static void build_size(const struct fleet_sandbox *sandbox, struct detail_lines *out)
{
    char vcpu[32] = "? vCPU", memory[48] = "", disk[48] = "";
    if (sandbox->vcpu > 0)
        (void)snprintf(vcpu, sizeof vcpu, "%d vCPU", sandbox->vcpu);
    if (sandbox->memory_mib > 0)
        (void)snprintf(memory, sizeof memory, ", %lld MiB memory", (long long)sandbox->memory_mib);
    if (sandbox->disk_mib > 0)
        (void)snprintf(disk, sizeof disk, ", %lld MiB disk", (long long)sandbox->disk_mib);
    (void)add(out, "size", ROLE_TEXT, "%s%s%s", vcpu, memory, disk);
}

static void build_label(const struct sandbox_label *label, struct detail_lines *out)
{
    if (label == NULL)
        return;
    if (label->name[0] != '\0')
        (void)add(out, "name", ROLE_ACCENT, "%s", label->name);
    if (label->note[0] != '\0')
        (void)add(out, "note", ROLE_TEXT, "%s", label->note);
    if (label->pinned)
        add(out, "pinned", ROLE_TEXT, "at the top")->glyph = GLYPH_PIN;
}

static void build_sandbox(const struct detail_facts *facts, struct detail_lines *out)
{
    const struct fleet_row *row = facts->row;
    const struct fleet_sandbox *sandbox = &row->sandbox;
    int64_t now = facts->server_now_ms;
    char text[48], tools[DETAIL_TEXT_CAP];
    title(out, sandbox->id);
    if (sandbox->id_malformed)
        (void)add(out, "id", ROLE_WARN, "malformed: sbxdeck can't use this sandbox");
    build_label(row->label, out);
    build_state(row, out);
    if (facts->sessions > 0)
        add(out, "sessions", ROLE_ACCENT, "%s open here",
            phrase_count(facts->sessions, "session", "sessions", text, sizeof text))
            ->glyph = GLYPH_SESSION;
    if (facts->forwards != NULL)
        add(out, "forwards", facts->forwards->connected ? ROLE_TEXT : ROLE_WARN, "%s", facts->forwards->text)
            ->glyph = GLYPH_FORWARD;
    if (facts->tool_count > 0)
        add(out, "tools", ROLE_TEXT, "%s",
            deck_tools_text(facts->tools, facts->tool_count, tools, sizeof tools))
            ->glyph = GLYPH_TOOL;
    if (sandbox->template_id[0] != '\0')
        (void)add(out, "template", ROLE_TEXT, "%s", sandbox->template_id);
    if (sandbox->detailed)
        build_size(sandbox, out);
    build_timeout(row, now, out);
    if (sandbox->network_mode[0] != '\0')
        (void)add(out, "network", ROLE_TEXT, "%s", sandbox->network_mode);
    add_time(out, "created", sandbox->created_at, now);
    add_time(out, "launched", sandbox->launch_time, now);
    add_time(out, "changed", sandbox->state_change_time, now);
    if (sandbox->pod_id[0] != '\0')
        (void)add(out, "pod", ROLE_DIM, "%s", sandbox->pod_id);
    int64_t told_ago = row->fresh_ms > 0 ? time_monotonic_ms() - row->fresh_ms : 0;
    if (told_ago >= DECK_OLD_MS && !row->gone)
        add_time(out, "as of", now - told_ago, now);
    add_unparsed(out, sandbox->unparsed);
}

static void build_first_end(const struct detail_facts *facts, const struct credential *credential,
                            struct detail_lines *out)
{
    int64_t now = facts->server_now_ms;
    const struct deadline end = deadline_of(facts->row, credential, now, NULL);
    char left[TIME_SPAN_CAP];
    if (end.clock == DEADLINE_NONE || credential->expires_at == 0 || deadline_timeout(facts->row) <= now)
        return;
    (void)add(out, "ends first", state_label_role(end.state), "%s, in %s",
              end.clock == DEADLINE_CREDENTIAL ? "the credential" : "the sandbox, by its time-out",
              time_format_remaining(end.at - now, left));
}

static void build_password(const struct detail_facts *facts, const struct credential *credential,
                           struct detail_lines *out)
{
    if (credential->sealed_elsewhere) {
        (void)add(out, password_label, ROLE_WARN, "sealed with another key");
        (void)add(out, "", ROLE_TEXT,
                  "Use the API key that sealed it, or seal it with this one: sbxdeck vault rekey.");
        return;
    }
    if (credential->damaged) {
        (void)add(out, password_label, ROLE_BAD,
                  "damaged, or stored for another host, port or user; %s makes a new one",
                  command_key(COMMAND_regenerate));
        return;
    }
    if (!credential->has_password) {
        (void)add(out, password_label, ROLE_DIM, "not known here; %s makes a new one",
                  command_key(COMMAND_regenerate));
        return;
    }
    if (facts->password != NULL) {
        (void)add(out, password_label, ROLE_DIM, "shown for %ds", facts->reveal_left_s);
        (void)add(out, " ", ROLE_ACCENT, "%s", facts->password);
        return;
    }
    struct detail_line *line = add(out, password_label, ROLE_TEXT, "%s", "");
    for (int i = 0; i < MASK_DOTS; i++)
        (void)strncat(line->text, glyph(GLYPH_MASK), sizeof line->text - strlen(line->text) - 1);
    (void)strncat(line->text, "  ", sizeof line->text - strlen(line->text) - 1);
    (void)strncat(line->text, command_key(COMMAND_reveal), sizeof line->text - strlen(line->text) - 1);
    (void)strncat(line->text, " shows it", sizeof line->text - strlen(line->text) - 1);
}

static void build_credential_head(const struct credential *credential, int64_t now, bool selected,
                                  struct detail_lines *out)
{
    char left[24], when[32];
    enum credential_state state = credential_state(credential, now);
    struct state_label word = state_label_credential(state);
    if (credential->busy != NULL)
        word = (struct state_label){GLYPH_MOVING, ROLE_ACCENT, credential->busy};
    struct detail_line *line = add(out, "", word.role, "%s  %s",
                                   credential->id[0] != '\0' ? credential->id : "(no id known)", word.text);
    line->glyph = word.glyph;
    line->selected = selected;
    deck_cell_countdown(credential, now, left);
    if (credential->expires_at == 0 && credential_is_usable(credential, now))
        (void)add(out, "ends", ROLE_TEXT, "not known");
    if (left[0] == '\0')
        return;
    if (credential_is_past_end(credential, now))
        (void)add(out, "ends", ROLE_WARN, "expired at %s; the server says it is still valid",
                  local_time(credential->expires_at, now, when));
    else if (state == CREDENTIAL_expired)
        (void)add(out, "ended", ROLE_TEXT, "%s, at %s", left, local_time(credential->expires_at, now, when));
    else
        (void)add(out, "ends", word.role == ROLE_OK ? ROLE_TEXT : word.role, "in %s, at %s", left,
                  local_time(credential->expires_at, now, when));
}

static void build_selected(const struct detail_facts *facts, const struct credential *credential,
                           struct detail_lines *out)
{
    int64_t now = facts->server_now_ms;
    enum credential_state state = credential_state(credential, now);
    if (credential->expires_at > 0 && credential_remaining(credential, now) > 0 &&
        state != CREDENTIAL_invalid && state != CREDENTIAL_revoked) {
        struct detail_line *line = add(out, "left", ROLE_TEXT, "%s", "");
        line->fraction = credential_fraction_left(credential, now);
        line->stage = state_label_stage(state);
    }
    build_first_end(facts, credential, out);
    if (credential->in_memory)
        (void)add(out, "kept", ROLE_WARN, "not on disk: in memory only, until the vault can be written");
    if (facts->renewal != NULL)
        add(out, "renewal", ROLE_TEXT, "automatic, %s", facts->renewal);
    if (credential->id[0] == '\0') {
        add(out, "", ROLE_WARN,
            "The response to its create was lost: it may exist. %s replaces it, %s forgets it.",
            command_key(COMMAND_regenerate), command_key(COMMAND_forget));
        return;
    }
    if (state == CREDENTIAL_unknown)
        add(out, "", ROLE_WARN,
            "The response to the last call was lost. %s validates, %s replaces it, %s forgets it.",
            command_key(COMMAND_validate), command_key(COMMAND_regenerate), command_key(COMMAND_forget));
    build_password(facts, credential, out);
    if (facts->ssh_command != NULL)
        add(out, "command", ROLE_TEXT, "%s", facts->ssh_command);
    if (!ssh_target_is_understood(credential->id, credential->host, credential->username,
                                  credential->ssh_command))
        add(out, facts->ssh_command != NULL ? "" : "command", ROLE_WARN, "not understood: %s",
            credential->ssh_command);
    add_unparsed(out, &credential->unparsed);
    add_time(out, "made", credential->created_at, now);
    if (credential->updated_at != credential->created_at)
        add_time(out, "renewed", credential->updated_at, now);
    if (credential->validated_at > 0)
        add_time(out, "validated", credential->validated_at, now);
}

static void build_credentials(const struct detail_facts *facts, struct detail_lines *out)
{
    out->credentials = out->count;
    const struct fleet_row *row = facts->row;
    char text[64];
    if (row->credential_count == 0) {
        title(out, "No credential known here");
        if (row->sandbox.id_malformed)
            return;
        add(out, "", ROLE_DIM, "%s creates one. Others may exist: the server can't list them.",
            command_key(COMMAND_create));
        return;
    }
    (void)snprintf(text, sizeof text,
                   row->credential_count == 1 ? "%zu credential known here" : "%zu credentials known here",
                   row->credential_count);
    title(out, text);
    for (size_t i = 0; i < row->credential_count; i++) {
        const struct credential *credential = &row->credentials[i];
        bool selected = i == facts->credential;
        build_credential_head(credential, facts->server_now_ms, selected && row->credential_count > 1, out);
        if (selected)
            build_selected(facts, credential, out);
        if (selected && i + 1 < row->credential_count)
            (void)add(out, "", ROLE_TEXT, "%s", "");
    }
    if (row->credential_count > 1)
        (void)add(out, "", ROLE_DIM, "%s %s selects another", command_key(COMMAND_previous_credential),
                  command_key(COMMAND_next_credential));
}

static void build(const struct detail_facts *facts, struct detail_lines *out)
{
    out->count = 0;
    if (facts->row == NULL)
        return;
    build_sandbox(facts, out);
    build_credentials(facts, out);
}

enum { INDENT_BELOW = 2, TEXT_LEAST = 10, BAR_MOST = 40 };

static int longest_word(const char *text)
{
    int longest = 0;
    while (*text != '\0') {
        char word[DETAIL_TEXT_CAP];
        size_t length = strcspn(text, " ");
        (void)snprintf(word, sizeof word, "%.*s", (int)length, text);
        int width = text_width(word);
        explicit_bzero(word, sizeof word); // it may be a password
        longest = width > longest ? width : longest;
        text += length + strspn(text + length, " ");
    }
    return longest;
}

// One line of the pane; returns the screen lines it took. Those above `from` or beyond `rows` are counted
// only. A word too long to stand beside its label, a command's host, stands below it.
static int draw_line(WINDOW *window, int y, int x, int columns, const struct detail_line *line, int at,
                     int rows)
{
    char clean[DETAIL_TEXT_CAP * 3];
    int indent = line->title || line->label[0] == '\0' ? 0 : LABEL_COLUMNS;
    if (columns - indent < TEXT_LEAST)
        indent = 0;
    bool seen = at >= 0 && at < rows;
    if (seen && indent > 0)
        (void)text_put(window, y + at, x, indent - 1, ROLE_DIM, line->label);
    if (line->fraction >= 0) {
        int width = columns - indent < BAR_MOST ? columns - indent : BAR_MOST;
        if (seen)
            gauge_draw(window, y + at, x + indent, width, line->fraction, line->stage, false);
        return 1;
    }
    const char *rest = display(line->text, strlen(line->text), clean, sizeof clean);
    int used = 0;
    if (indent > INDENT_BELOW && longest_word(rest) > columns - indent) {
        indent = INDENT_BELOW;
        used = line->label[0] != ' '; // the blank one goes on from the line above
        seen = at + used >= 0 && at + used < rows;
    }
    int left = indent;
    if (line->selected)
        left +=
            (seen ? text_put(window, y + at + used, x + left, 1, ROLE_ACCENT, glyph(GLYPH_POINTER)) : 1) + 1;
    if (line->glyph != GLYPH_NONE)
        left += (seen ? text_put(window, y + at + used, x + left, 1, line->role, glyph(line->glyph)) : 1) + 1;
    int width = columns - left > 1 ? columns - left : 1;
    while (rest != NULL && *rest != '\0') {
        const char *next = NULL;
        size_t length = text_wrap(rest, width, &next);
        if (at + used >= 0 && at + used < rows)
            (void)text_putf(window, y + at + used, x + left, width, line->role, "%.*s", (int)length, rest);
        used++;
        rest = next;
    }
    explicit_bzero(clean, sizeof clean);
    return used > 0 ? used : 1;
}

// How the lines stand on a pane: in one column, or, where that is too high and there is the width, the
// sandbox beside its credentials.
struct pane {
    struct detail_lines lines;
    int columns[2];  // their widths; the second 0: there is one only
    size_t split;    // first line of the second column
    int high;        // screen lines
    int password_at; // its screen line, -1 none
};

// Screen lines of [from, to); *password_at: the one with the password.
static int measure(const struct detail_lines *lines, size_t from, size_t to, int columns, int *password_at)
{
    int at = 0;
    for (size_t i = from; i < to; i++) {
        if (strcmp(lines->lines[i].label, password_label) == 0)
            *password_at = at;
        at += draw_line(NULL, 0, 0, columns, &lines->lines[i], at, 0);
    }
    return at;
}

static void lay_out(const struct detail_facts *facts, int rows, int columns, struct pane *pane)
{
    *pane = (struct pane){.columns = {columns - 2 * MARGIN, 0}, .password_at = -1};
    build(facts, &pane->lines);
    pane->split = pane->lines.count;
    pane->high = measure(&pane->lines, 0, pane->split, pane->columns[0], &pane->password_at);
    if (pane->high <= rows || columns < COLUMNS_FOR_TWO || pane->lines.credentials == 0)
        return;
    pane->split = pane->lines.credentials;
    // The blank line above the second title is for one column only.
    pane->columns[0] = (columns - 3 * MARGIN - GAP) / 2;
    pane->columns[1] = columns - 3 * MARGIN - GAP - pane->columns[0];
    int left = measure(&pane->lines, 0, pane->split, pane->columns[0], &pane->password_at);
    int right =
        measure(&pane->lines, pane->split + 1, pane->lines.count, pane->columns[1], &pane->password_at);
    pane->high = left > right ? left : right;
}

int detail_password_line(const struct detail_facts *facts, int rows, int columns)
{
    struct pane pane;
    if (columns < LEAST_COLUMNS)
        return -1;
    lay_out(facts, rows, columns, &pane);
    free_lines(&pane.lines);
    return pane.password_at;
}

int detail_draw(WINDOW *window, int y, int x, int rows, int columns, const struct detail_facts *facts,
                int top)
{
    struct pane pane;
    if (columns < LEAST_COLUMNS || rows <= 0)
        return 0;
    lay_out(facts, rows, columns, &pane);
    text_fill(window, y, x, rows, columns, ROLE_TEXT);
    if (facts->row == NULL)
        (void)text_put(window, y, x + MARGIN, columns - MARGIN, ROLE_DIM, "Nothing is selected");
    int at = -top;
    for (size_t i = 0; i < pane.split; i++)
        at += draw_line(window, y, x + MARGIN, pane.columns[0], &pane.lines.lines[i], at, rows);
    at = -top;
    for (size_t i = pane.split + 1; i < pane.lines.count; i++)
        at += draw_line(window, y, x + 2 * MARGIN + GAP + pane.columns[0], pane.columns[1],
                        &pane.lines.lines[i], at, rows);
    free_lines(&pane.lines);
    return pane.high;
}
