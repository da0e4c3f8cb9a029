// SPDX-License-Identifier: Apache-2.0
//
// Programs people live in, run for real: what their screens must show whatever their version is.

#include "tests/unit/tui/vt/vt_program.h"
#include "tui/vt/vt_keys.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct vt_program program;

static void end(void)
{
    vt_program_end(&program);
}

static void put_lines(const char *name, int count)
{
    static char text[65536];
    size_t used = 0;
    for (int i = 1; i <= count; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "line %d of the text%s\n", i,
                                 i % 50 == 7 ? " needle" : "");
    vt_program_file(&program, name, text);
}

static unsigned underline_of(struct cell_style style)
{
    return (style.attributes & CELL_UNDERLINE_MASK) >> CELL_UNDERLINE_SHIFT;
}

static bool on_alternate(const struct vt *vt)
{
    return vt_modes(vt).alternate_screen;
}

static bool on_main(const struct vt *vt)
{
    return !vt_modes(vt).alternate_screen;
}

// --- vim ---

static bool vim_cursor_home(const struct vt *vt)
{
    return vt_cursor(vt).y == 0 && vt_cursor(vt).x == 0;
}

static bool vim_insert_bar(const struct vt *vt)
{
    return vt_cursor(vt).shape == 5;
}

static bool needle_is_marked(const struct vt *vt)
{
    int x = 0, y = vt_program_find(vt, "needle", &x);
    struct cell_style style = vt_program_style(vt, y, x);
    return y >= 0 && ((style.attributes & CELL_REVERSE) != 0 || style.bg != CELL_COLOR_DEFAULT);
}

static void start_vim(void)
{
    const char *const argv[] = {"vim", "-u", "@/vimrc", "-i", "NONE", "-N", "-n", "@/text", NULL};
    vt_program_prepare(&program);
    put_lines("text", 200);
    vt_program_file(
        &program, "vimrc",
        "set laststatus=2 ruler showmode hlsearch nowrapscan encoding=utf-8 mouse=a ttymouse=sgr\n"
        "let &t_SI=\"\\e[5 q\"\nlet &t_EI=\"\\e[2 q\"\n");
    vt_program_start(&program, argv, 24, 80);
    vt_program_expect(&program, 22, "text");
    vt_program_expect(&program, 22, "1,1");
    vt_program_until(&program, vim_cursor_home, "the cursor is on the first character");
}

Test(vt_programs, vim, .fini = end)
{
    start_vim();
    struct vt *vt = program.vt;
    cr_expect(on_alternate(vt));
    vt_program_expect(&program, 0, "line 1 of the text");
    vt_program_expect(&program, 21, "line 22 of the text");
    struct cell_style bar = vt_program_style(vt, 22, 40);
    cr_expect((bar.attributes & (CELL_REVERSE | CELL_BOLD)) != 0 || bar.bg != CELL_COLOR_DEFAULT);
    // Text with wide and combining characters goes in, what follows is pushed to the right.
    vt_program_type(&program, "i\344\275\240\345\245\275 e\314\201 ");
    vt_program_expect(&program, 23, "-- INSERT --");
    vt_program_until(&program, vim_insert_bar, "a bar while inserting");
    vt_program_expect(&program, 0, "\344\275\240\345\245\275 e\314\201 line 1");
    vt_program_type(&program, "\033");
    vt_program_expect(&program, 22, "[+]");
    vt_program_type(&program, "/needle\r");
    vt_program_expect(&program, VT_ANY_ROW, "line 7 of the text needle");
    vt_program_until(&program, needle_is_marked, "what was searched for is marked");
    vt_program_type(&program, ":vsplit\r");
    vt_program_expect(&program, 22, "7,20");
    vt_program_type(&program, "G");
    vt_program_expect(&program, 21, "line 200 of the text");
    vt_program_expect(&program, 0, "|");
    vt_program_type(&program, ":q\r");
    vt_program_type(&program, ":q!\r");
    cr_expect_eq(vt_program_wait(&program), 0);
    cr_expect(on_main(vt));
    cr_expect(!vt_modes(vt).bracketed_paste && vt_modes(vt).mouse == VT_MOUSE_OFF);
}

static bool vim_status_at_28(const struct vt *vt)
{
    char row[512];
    (void)vt_row_text(vt, 28, row, sizeof row);
    return strstr(row, "text") != NULL && strstr(row, "line") == NULL;
}

static bool vim_at_line_5(const struct vt *vt)
{
    return vt_cursor(vt).y == 4 && vt_cursor(vt).x == 2;
}

Test(vt_programs, vim_resized_and_clicked, .fini = end)
{
    start_vim();
    vt_program_resize(&program, 30, 100);
    vt_program_until(&program, vim_status_at_28, "the status line is where the new size has it");
    vt_program_expect(&program, 27, "line 28 of the text");
    vt_program_resize(&program, 10, 30);
    vt_program_expect(&program, 7, "line 8 of the text");
    vt_program_expect(&program, 8, "1,1");
    char click[VT_KEY_MAX + 1] = "";
    cr_assert_eq(vt_modes(program.vt).mouse_encoding, VT_MOUSE_SGR);
    const struct input_event press = {.kind = INPUT_MOUSE,
                                      .mouse = {INPUT_MOUSE_PRESS, INPUT_BUTTON_LEFT, 4, 2}};
    click[vt_event_encode(program.vt, &press, 0, 0, click)] = '\0';
    vt_program_type(&program, click);
    vt_program_until(&program, vim_at_line_5, "a click puts the cursor");
}

Test(vt_programs, vim_colours, .fini = end)
{
    const char *const argv[] = {"vim", "-u", "@/vimrc", "-i", "NONE", "-N", "-n", "@/text", NULL};
    vt_program_prepare(&program);
    vt_program_file(&program, "text", "plain alpha beta\n");
    vt_program_file(&program, "vimrc",
                    "let &t_8f=\"\\e[38;2;%lu;%lu;%lum\"\nlet &t_8b=\"\\e[48;2;%lu;%lu;%lum\"\n"
                    "let &t_Cs=\"\\e[4:3m\"\nlet &t_Ce=\"\\e[4:0m\"\nset termguicolors encoding=utf-8\n"
                    "highlight Mine guifg=#123456 guibg=#654321 cterm=bold\n"
                    "highlight Curl cterm=undercurl\n"
                    "call matchadd('Mine', 'alpha')\ncall matchadd('Curl', 'beta')\n");
    vt_program_start(&program, argv, 24, 80);
    vt_program_expect(&program, 0, "plain alpha beta");
    vt_program_expect(&program, 1, "~");
    struct cell_style style = vt_program_style(program.vt, 0, 7);
    cr_expect(style.fg == (CELL_COLOR_RGB | 0x123456) && style.bg == (CELL_COLOR_RGB | 0x654321) &&
                  (style.attributes & CELL_BOLD) != 0,
              "%08x %08x %x", style.fg, style.bg, style.attributes);
    cr_expect_eq(underline_of(vt_program_style(program.vt, 0, 13)), CELL_UNDERLINE_CURLY);
    cr_expect_eq(underline_of(vt_program_style(program.vt, 0, 2)), CELL_UNDERLINE_NONE);
}

// --- less ---

Test(vt_programs, less, .fini = end)
{
    const char *const argv[] = {"less", "@/text", NULL};
    vt_program_prepare(&program);
    put_lines("text", 200);
    vt_program_start(&program, argv, 24, 80);
    vt_program_expect(&program, 0, "line 1 of the text");
    vt_program_expect(&program, 22, "line 23 of the text");
    vt_program_expect(&program, 23, "text");
    cr_expect(on_alternate(program.vt) && vt_modes(program.vt).application_cursor);
    vt_program_type(&program, " ");
    vt_program_expect(&program, 0, "line 24 of the text");
    vt_program_expect(&program, 22, "line 46 of the text");
    vt_program_type(&program, "b");
    vt_program_expect(&program, 0, "line 1 of the text");
    vt_program_key(&program, INPUT_KEY_DOWN);
    vt_program_expect(&program, 0, "line 2 of the text");
    vt_program_expect(&program, 22, "line 24 of the text");
    vt_program_type(&program, "/needle\r");
    vt_program_expect(&program, 0, "line 7 of the text needle");
    vt_program_until(&program, needle_is_marked, "what was searched for is marked");
    cr_expect((vt_program_style(program.vt, 0, 3).attributes & CELL_REVERSE) == 0);
    vt_program_type(&program, "G");
    vt_program_expect(&program, 22, "line 200 of the text");
    vt_program_expect(&program, 23, "(END)");
    vt_program_resize(&program, 10, 40);
    vt_program_expect(&program, 9, ":");
    vt_program_type(&program, "G");
    vt_program_expect(&program, 8, "line 200 of the text");
    vt_program_type(&program, "g");
    vt_program_expect(&program, 0, "line 1 of the text");
    vt_program_type(&program, "q");
    cr_expect_eq(vt_program_wait(&program), 0);
    cr_expect(on_main(program.vt) && !vt_modes(program.vt).application_cursor);
}

Test(vt_programs, less_shows_colours_and_long_lines, .fini = end)
{
    const char *const argv[] = {"less", "-R", "@/text", NULL};
    vt_program_prepare(&program);
    vt_program_file(&program, "text",
                    "\033[1;31mred\033[m \033[4munder\033[m\n"
                    "0123456789012345678901234567890123456789WRAPPED\n\344\275\240\345\245\275 wide\n");
    vt_program_start(&program, argv, 10, 40);
    vt_program_expect(&program, 0, "red under");
    vt_program_expect(&program, 2, "WRAPPED");
    vt_program_expect(&program, 3, "\344\275\240\345\245\275 wide");
    cr_expect(vt_program_style(program.vt, 0, 0).fg == (CELL_COLOR_INDEXED | 1));
    cr_expect_eq(underline_of(vt_program_style(program.vt, 0, 5)), CELL_UNDERLINE_SINGLE);
    cr_expect_eq(vt_program_style(program.vt, 0, 3).attributes, 0);
}

// --- htop ---

static bool htop_has_bar(const struct vt *vt, int y)
{
    char row[512];
    (void)vt_row_text(vt, y, row, sizeof row);
    return strstr(row, "F1Help") != NULL && strstr(row, "F10Quit") != NULL;
}

static bool htop_bar_at_23(const struct vt *vt)
{
    return htop_has_bar(vt, 23);
}

static bool htop_bar_at_39(const struct vt *vt)
{
    return htop_has_bar(vt, 39);
}

static bool htop_has_list(const struct vt *vt)
{
    int x = 0, y = vt_program_find(vt, "PID", &x);
    return y > 1 && vt_program_find(vt, "Mem[", NULL) >= 0 && vt_program_find(vt, "Tasks:", NULL) >= 0 &&
           vt_program_style(vt, y, x).bg != CELL_COLOR_DEFAULT;
}

Test(vt_programs, htop, .fini = end)
{
    const char *const argv[] = {"htop", NULL};
    vt_program_start(&program, argv, 24, 100);
    vt_program_until(&program, htop_bar_at_23, "the keys at the bottom");
    vt_program_until(&program, htop_has_list, "meters and the list's head");
    cr_expect(on_alternate(program.vt) && !vt_cursor(program.vt).visible);
    vt_program_resize(&program, 40, 120);
    vt_program_until(&program, htop_bar_at_39, "the keys at the new bottom");
    vt_program_until(&program, htop_has_list, "meters and the list's head again");
    vt_program_key(&program, INPUT_KEY_F1);
    vt_program_expect(&program, VT_ANY_ROW, "Arrows");
    vt_program_type(&program, "q");
    vt_program_until(&program, htop_bar_at_39, "the list again");
    vt_program_type(&program, "q");
    cr_expect_eq(vt_program_wait(&program), 0);
    cr_expect(on_main(program.vt) && vt_cursor(program.vt).visible);
}

// --- mc ---

static bool mc_has_panels(const struct vt *vt)
{
    int half = vt_cols(vt) / 2, last = vt_cols(vt) - 1;
    char keys[512];
    (void)vt_row_text(vt, vt_rows(vt) - 1, keys, sizeof keys);
    return strcmp(vt_program_cell(vt, 1, 0), "\342\224\214") == 0 &&
           strcmp(vt_program_cell(vt, 1, half - 1), "\342\224\220") == 0 &&
           strcmp(vt_program_cell(vt, 1, half), "\342\224\214") == 0 &&
           strcmp(vt_program_cell(vt, 1, last), "\342\224\220") == 0 &&
           strcmp(vt_program_cell(vt, 2, 0), "\342\224\202") == 0 && strstr(keys, "10Quit") != NULL;
}

static bool mc_has_menu(const struct vt *vt)
{
    return vt_program_find(vt, "Rename", NULL) > 1 && vt_program_find(vt, "Symlink", NULL) > 1;
}

static bool mc_has_no_menu(const struct vt *vt)
{
    return vt_program_find(vt, "Rescan", NULL) < 0 && mc_has_panels(vt);
}

Test(vt_programs, mc, .fini = end)
{
    const char *const argv[] = {"mc", "--nosubshell", "@", "@", NULL};
    vt_program_prepare(&program);
    vt_program_file(&program, "some-file.txt", "hello\n");
    vt_program_file(&program, "gr\303\274n.txt", "hello\n");
    vt_program_start(&program, argv, 24, 80);
    vt_program_until(&program, mc_has_panels, "two panels in lines, the keys at the bottom");
    vt_program_expect(&program, 0, "Command");
    vt_program_expect(&program, VT_ANY_ROW, "some-file.txt");
    vt_program_expect(&program, VT_ANY_ROW, "gr\303\274n.txt");
    int x = 0, y = vt_program_find(program.vt, "some-file.txt", &x);
    cr_expect_eq(vt_program_style(program.vt, y, x).bg, CELL_COLOR_INDEXED | 4);
    cr_expect(vt_modes(program.vt).mouse != VT_MOUSE_OFF);
    vt_program_key(&program, INPUT_KEY_F1 + 8);
    vt_program_key(&program, INPUT_KEY_DOWN);
    vt_program_expect(&program, VT_ANY_ROW, "Rescan");
    vt_program_key(&program, INPUT_KEY_RIGHT);
    vt_program_until(&program, mc_has_menu, "the second menu over the panels");
    vt_program_type(&program, "\033\033");
    vt_program_until(&program, mc_has_no_menu, "the panels again");
    vt_program_resize(&program, 30, 100);
    vt_program_until(&program, mc_has_panels, "the panels at the new size");
    vt_program_expect(&program, VT_ANY_ROW, "some-file.txt");
    vt_program_key(&program, INPUT_KEY_F1 + 9);
    cr_expect_eq(vt_program_wait(&program), 0);
    cr_expect(on_main(program.vt) && vt_modes(program.vt).mouse == VT_MOUSE_OFF);
}

// --- tmux ---

static void end_tmux(void)
{
    char folder[SUPPORT_PATH_CAP + 32];
    (void)snprintf(folder, sizeof folder, "TMUX_TMPDIR=%s", program.folder);
    const char *const argv[] = {"tmux", "-L", "vt", "kill-server", NULL};
    const char *const environment[] = {folder, "TMUX=", NULL};
    struct support_result result = {0};
    (void)support_run(argv, environment, NULL, SUPPORT_WAIT_MS, &result);
    support_result_free(&result);
    vt_program_end(&program);
}

static bool is_line(const char *text)
{
    return strcmp(text, "\342\224\202") == 0;
}

// The shell's prompt is "$ " or "# ".
static bool is_prompt(const struct vt *vt, int y, int x)
{
    const char *cell = vt_program_cell(vt, y, x);
    return (strcmp(cell, "$") == 0 || strcmp(cell, "#") == 0) && vt_cursor(vt).y == y &&
           vt_cursor(vt).x == x + 2;
}

static bool tmux_has_prompt(const struct vt *vt)
{
    return is_prompt(vt, 0, 0);
}

static bool tmux_has_second_prompt(const struct vt *vt)
{
    return is_prompt(vt, 0, vt_cols(vt) / 2 + 1);
}

static bool tmux_is_split(const struct vt *vt)
{
    for (int y = 0; y < vt_rows(vt) - 1; y++)
        if (!is_line(vt_program_cell(vt, y, vt_cols(vt) / 2)))
            return false;
    return true;
}

static bool tmux_is_whole(const struct vt *vt)
{
    return !is_line(vt_program_cell(vt, 5, vt_cols(vt) / 2)) && vt_program_find(vt, "one", NULL) == 1;
}

static bool tmux_has_status(const struct vt *vt)
{
    char row[512];
    int y = vt_rows(vt) - 1;
    (void)vt_row_text(vt, y, row, sizeof row);
    return strncmp(row, "[0] 0:", 6) == 0 &&
           vt_program_style(vt, y, vt_cols(vt) - 1).bg == (CELL_COLOR_INDEXED | 2);
}

Test(vt_programs, tmux, .fini = end_tmux)
{
    const char *const argv[] = {"tmux", "-L", "vt", "-f", "@/conf", "new-session", "sh", NULL};
    vt_program_prepare(&program);
    // Keys that come at once are keys here, not a paste.
    vt_program_file(&program, "conf", "set -g assume-paste-time 0\n");
    vt_program_start(&program, argv, 24, 80);
    vt_program_until(&program, tmux_has_status, "the status line");
    vt_program_until(&program, tmux_has_prompt, "the shell's prompt");
    vt_program_type(&program, "echo o'n'e\r");
    vt_program_expect(&program, 1, "one");
    vt_program_type(&program, "\002%");
    vt_program_until(&program, tmux_is_split, "a line between two panes");
    vt_program_until(&program, tmux_has_second_prompt, "the second shell's prompt");
    vt_program_type(&program, "echo t'w'o; printf '\\033[38;5;208mcol\\033[0mour\\n'\r");
    vt_program_expect(&program, VT_ANY_ROW, "\342\224\202two");
    vt_program_expect(&program, VT_ANY_ROW, "\342\224\202colour");
    int x = 0, y = vt_program_find(program.vt, "colour", &x);
    cr_expect_eq(vt_program_style(program.vt, y, x).fg, CELL_COLOR_INDEXED | 208);
    cr_expect_eq(vt_program_style(program.vt, y, x + 3).fg, CELL_COLOR_DEFAULT);
    // Many lines scroll in one half alone, the other stays.
    vt_program_type(&program, "clear; seq 1 60\r");
    vt_program_expect(&program, 21,
                      "\342\224\202"
                      "60");
    vt_program_expect(&program, 1, "one");
    vt_program_resize(&program, 30, 100);
    vt_program_until(&program, tmux_has_status, "the status line at the new bottom");
    vt_program_until(&program, tmux_is_split, "the line at the new middle");
    vt_program_type(&program, "exit\r");
    vt_program_until(&program, tmux_is_whole, "one pane again");
    vt_program_type(&program, "exit\r");
    cr_expect_eq(vt_program_wait(&program), 0);
    cr_expect(on_main(program.vt));
    vt_program_expect(&program, VT_ANY_ROW, "[exited]");
}
