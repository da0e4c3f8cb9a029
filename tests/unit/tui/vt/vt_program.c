// SPDX-License-Identifier: Apache-2.0
//
// vt_program: Run a real program on a tests/support/pty, with a home of its own, and conditions that fail the
// test.

#include "tests/unit/tui/vt/vt_program.h"

#include "tests/support/terminal_cells.h"
#include "tests/unit/tui/vt/vt_rows.h"
#include "tui/vt/vt_keys.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARGS_MAX = 16, ARG_CAP = SUPPORT_PATH_CAP + 128, SLICE_MS = 50, TELL_AGAIN_MS = 1000, ROW_CAP = 4096 };

void vt_program_prepare(struct vt_program *program)
{
    memset(program, 0, sizeof *program);
    cr_assert(support_folder_make(program->folder));
}

void vt_program_file(const struct vt_program *program, const char *name, const char *text)
{
    char path[SUPPORT_PATH_CAP + 64];
    (void)snprintf(path, sizeof path, "%s/%s", program->folder, name);
    cr_assert(support_file_write(path, text));
}

void vt_program_start(struct vt_program *program, const char *const argv[], int rows, int cols)
{
    static char arguments[ARGS_MAX][ARG_CAP], home[ARG_CAP], temporary[ARG_CAP], settings[ARG_CAP],
        mc_temporary[ARG_CAP];
    const char *own[ARGS_MAX + 1] = {NULL};
    if (program->folder[0] == '\0')
        vt_program_prepare(program);
    for (size_t i = 0; argv[i] != NULL && i < ARGS_MAX; i++) {
        bool at = argv[i][0] == '@';
        (void)snprintf(arguments[i], ARG_CAP, "%s%s", at ? program->folder : "", argv[i] + (at ? 1 : 0));
        own[i] = arguments[i];
    }
    (void)snprintf(home, sizeof home, "HOME=%s", program->folder);
    (void)snprintf(temporary, sizeof temporary, "TMUX_TMPDIR=%s", program->folder);
    (void)snprintf(settings, sizeof settings, "HTOPRC=%s/htoprc", program->folder);
    (void)snprintf(mc_temporary, sizeof mc_temporary, "MC_TMPDIR=%s", program->folder);
    const char *const environment[] = {home,
                                       temporary,
                                       settings,
                                       "TERM=xterm-256color",
                                       "LANG=C.UTF-8",
                                       "LC_ALL=C.UTF-8",
                                       "TMUX=",
                                       "LESS=",
                                       "LESSHISTFILE=-",
                                       "VIMINIT=",
                                       "XDG_CONFIG_HOME=",
                                       "XDG_DATA_HOME=",
                                       "XDG_CACHE_HOME=",
                                       "COLORTERM=",
                                       "SHELL=/bin/sh",
                                       "ENV=",
                                       mc_temporary,
                                       NULL};
    program->pty = pty_open(own, environment, rows, cols, 0);
    cr_assert_not_null(program->pty, "%s does not start", argv[0]);
    program->vt = pty_screen(program->pty);
}

// Some programs miss a SIGWINCH that comes between their look and their sleep: they are told again.
static void tell_size_again(struct vt_program *program)
{
    if (program->resized_at == 0 || support_now_ms() - program->resized_at < TELL_AGAIN_MS)
        return;
    (void)kill(pty_pid(program->pty), SIGWINCH);
    program->resized_at = support_now_ms();
}

// Takes in what is there. False: the program is gone.
static bool pump(struct vt_program *program, int timeout_ms)
{
    return pty_take(program->pty, timeout_ms) || !pty_ended(program->pty);
}

void vt_program_type(struct vt_program *program, const char *keys)
{
    cr_assert(pty_type(program->pty, keys, strlen(keys)));
}

void vt_program_key(struct vt_program *program, uint32_t key)
{
    char bytes[VT_KEY_MAX];
    size_t length = vt_key_encode(program->vt, key, 0, bytes);
    cr_assert(length > 0 && pty_type(program->pty, bytes, length));
}

void vt_program_resize(struct vt_program *program, int rows, int cols)
{
    cr_assert(pty_resize(program->pty, rows, cols));
    program->resized_at = support_now_ms();
}

static const char *find_in_row(const struct vt *vt, int y, const char *text, char *row)
{
    (void)vt_row_text(vt, y, row, ROW_CAP);
    return strstr(row, text);
}

void vt_program_expect(struct vt_program *program, int row, const char *text)
{
    int64_t deadline = support_now_ms() + SUPPORT_WAIT_MS;
    bool lives = true;
    while (!pty_shows(program->pty, row, text)) {
        cr_assert(lives && support_now_ms() < deadline, "'%s' did not come in row %d; %s; the screen:\n%s",
                  text, row, lives ? "the program lives" : "the program has ended", pty_text(program->pty));
        lives = pump(program, SLICE_MS);
        tell_size_again(program);
    }
}

void vt_program_until(struct vt_program *program, bool (*ready)(const struct vt *vt), const char *what)
{
    int64_t deadline = support_now_ms() + SUPPORT_WAIT_MS;
    bool lives = true;
    while (!ready(program->vt)) {
        cr_assert(lives && support_now_ms() < deadline, "%s: not so; the screen:\n%s", what,
                  pty_text(program->pty));
        lives = pump(program, SLICE_MS);
        tell_size_again(program);
    }
}

int vt_program_wait(struct vt_program *program)
{
    int64_t deadline = support_now_ms() + SUPPORT_WAIT_MS;
    while (pump(program, SLICE_MS))
        cr_assert(support_now_ms() < deadline, "it does not end; the screen:\n%s", pty_text(program->pty));
    return pty_exit_code(program->pty);
}

void vt_program_end(struct vt_program *program)
{
    pty_close(program->pty);
    (void)support_folder_remove(program->folder);
    memset(program, 0, sizeof *program);
}

int vt_program_find(const struct vt *vt, const char *text, int *x)
{
    char line[ROW_CAP];
    for (int y = 0; y < vt_rows(vt); y++) {
        const char *at = find_in_row(vt, y, text, line);
        if (at == NULL)
            continue;
        // Columns, not bytes: the cells up to there.
        int column = 0;
        for (size_t bytes = 0; column < vt_cols(vt) && bytes < (size_t)(at - line); column++) {
            struct vt_glyph glyph = {0};
            (void)cell_read(vt, y, column, &glyph);
            bytes += glyph.width == 0 ? 0 : glyph.text[0] == '\0' ? 1 : strlen(glyph.text);
        }
        if (x != NULL)
            *x = column;
        return y;
    }
    return -1;
}

struct cell_style vt_program_style(const struct vt *vt, int y, int x)
{
    struct vt_glyph glyph = {0};
    (void)cell_read(vt, y, x, &glyph);
    return glyph.style;
}

const char *vt_program_cell(const struct vt *vt, int y, int x)
{
    static struct vt_glyph glyph;
    glyph.text[0] = '\0';
    (void)cell_read(vt, y, x, &glyph);
    return glyph.text;
}
