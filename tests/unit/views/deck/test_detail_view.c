// SPDX-License-Identifier: Apache-2.0
//
// The details of a sandbox: every field that was reported, every credential known here, and no password
// unasked.

#include "tests/unit/views/paper.h"
#include "views/deck/detail_view.h"

#include <criterion/criterion.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

static struct credential credentials[2];
static struct fleet_row row;
static struct detail_facts facts;

static void begin(void)
{
    credentials[0] = paper_credential("sbx-1", "ssh-first", 1, 3000 * PAPER_SECOND);
    credentials[1] = paper_credential("sbx-1", "ssh-second", 2, 40 * PAPER_SECOND);
    row = (struct fleet_row){.sandbox = paper_row_sandbox("sbx-1", SANDBOX_running),
                             .credentials = credentials,
                             .credential_count = 2};
    row.sandbox.timeout_at = PAPER_NOW + 600 * PAPER_SECOND;
    row.sandbox.detailed = true;
    row.sandbox.vcpu = 2;
    row.sandbox.memory_mib = 2048;
    row.sandbox.disk_mib = 10240;
    row.sandbox.timeout_s = 3600;
    row.sandbox.auto_pause = true;
    row.sandbox.network_mode = "allow-all";
    row.sandbox.pod_id = "pod-7";
    facts = (struct detail_facts){.row = &row,
                                  .server_now_ms = PAPER_NOW,
                                  .ssh_command = "ssh ssh-first@sbx-1.sandbox.leap0.dev",
                                  .sessions = 2};
    paper_begin(60, 80);
}

TestSuite(detail_view, .init = begin, .fini = paper_end);

static void draw(int columns)
{
    (void)wclear(stdscr);
    (void)detail_draw(stdscr, 0, 0, LINES, columns, &facts, 0);
}

Test(detail_view, every_field_and_every_credential)
{
    static const char *const wanted[] = {
        "sbx-1",
        "running",
        "system/debian:bookworm",
        "2 vCPU, 2048 MiB memory, 10240 MiB disk",
        "then paused",
        "in 10m00s of 1h, at",
        "allow-all",
        "2 sessions open here",
        "pod-7",
        "ssh-first",
        "ssh-second",
        "2 credentials known here",
        "in 50m00s",
        "critical",
        "40s",
        "ssh ssh-first@sbx-1.sandbox.leap0.dev",
        "1h ago",
        "] selects another",
    };
    draw(80);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        cr_expect_neq(stdscr_find(wanted[i]), -1, "%s", wanted[i]);
}

Test(detail_view, what_ends_first_is_named)
{
    draw(80);
    cr_expect_neq(stdscr_find("the sandbox, by its time-out, in 10m00s"), -1);
    row.sandbox.timeout_at = PAPER_NOW + 7200 * PAPER_SECOND;
    draw(80);
    cr_expect_neq(stdscr_find("the credential, in 50m00s"), -1);
}

Test(detail_view, a_password_is_masked_until_it_is_asked_for)
{
    draw(80);
    int line = stdscr_find("••••••••••••");
    cr_expect_neq(line, -1);
    cr_expect_eq(detail_password_line(&facts, LINES, 80), line);
    facts.password = "a1b2c3d4e5f6";
    facts.reveal_left_s = 7;
    draw(80);
    cr_expect_eq(stdscr_find("a1b2c3d4e5f6"), line + 1);
    cr_expect_neq(stdscr_find("shown for 7s"), -1);
    cr_expect_eq(stdscr_find("••••"), -1);
}

Test(detail_view, a_password_that_is_not_here_is_said_to_be_so)
{
    credentials[0].has_password = false;
    draw(80);
    cr_expect_neq(stdscr_find("not known here; r makes a new one"), -1);
    credentials[0].sealed_elsewhere = true;
    draw(80);
    cr_expect_neq(stdscr_find("sealed with another key"), -1);
}

Test(detail_view, an_unknown_create_tells_the_way_out)
{
    row.credential_count = 1;
    credentials[0].id[0] = '\0';
    credentials[0].verdict = VERDICT_UNKNOWN;
    credentials[0].expires_at = 0;
    draw(80);
    cr_expect_neq(stdscr_find("(no id known)  unknown"), -1);
    cr_expect_neq(stdscr_find("r replaces it"), -1);
}

Test(detail_view, offers_a_credential_only_where_one_can_be_made)
{
    row.credential_count = 0;
    draw(80);
    cr_expect_neq(stdscr_find("n creates one"), -1);
    row.sandbox.id_malformed = true;
    draw(80);
    cr_expect_neq(stdscr_find("No credential known here"), -1);
    cr_expect_eq(stdscr_find("n creates one"), -1);
}

Test(detail_view, names_what_was_not_understood)
{
    row.sandbox.id_malformed = true;
    row.sandbox.vcpu = 0;
    const struct unparsed unparsed = {.count = 1, .name = "vcpu", .value = "\"two\""};
    row.sandbox.unparsed = &unparsed;
    unparsed_add_text(&credentials[0].unparsed, "expires_at", "ne\x1bver");
    credentials[0].expires_at = 0;
    (void)snprintf(credentials[0].ssh_command, sizeof credentials[0].ssh_command, "connect by hand");
    draw(100);
    cr_expect_neq(stdscr_find("malformed: sbxdeck can't use this sandbox"), -1);
    cr_expect_neq(stdscr_find("vcpu not understood: \"two\""), -1);
    cr_expect_neq(stdscr_find("? vCPU, 2048 MiB memory, 10240 MiB disk"), -1);
    cr_expect_neq(stdscr_find("expires_at not understood: \"ne?ver\""), -1);
    cr_expect_neq(stdscr_find("not known"), -1);
    cr_expect_neq(stdscr_find("ssh ssh-first@sbx-1.sandbox.leap0.dev"), -1);
    cr_expect_neq(stdscr_find("not understood: connect by hand"), -1);
}

Test(detail_view, foreign_text_is_harmless)
{
    row.sandbox.template_id = "evil\x1b[31m\r\ntemplate";
    facts.ssh_command = NULL;
    (void)snprintf(credentials[0].ssh_command, sizeof credentials[0].ssh_command, "rm -rf / \x1b]0;x\x07");
    draw(80);
    for (int y = 0; y < LINES; y++)
        for (const char *c = stdscr_line(y); *c != '\0'; c++)
            cr_assert((unsigned char)*c >= 0x20 && *c != 0x7f);
    cr_expect_neq(stdscr_find("not understood: rm -rf /"), -1);
}

Test(detail_view, nothing_is_written_beside_its_place)
{
    for (int columns = 1; columns <= 70; columns++) {
        (void)wclear(stdscr);
        int all = detail_draw(stdscr, 3, 5, 8, columns, &facts, columns % 5);
        cr_expect(all > 8 || columns < 5);
        for (int y = 0; y < LINES; y++) {
            for (int x = 0; x < COLS; x++) {
                bool inside = y >= 3 && y < 11 && x >= 5 && x < 5 + columns;
                cchar_t found;
                wchar_t text[CCHARW_MAX + 1] = {0};
                attr_t attributes = 0;
                short pair = 0;
                (void)mvwin_wch(stdscr, y, x, &found);
                (void)getcchar(&found, text, &attributes, &pair, NULL);
                cr_assert(inside || text[0] == L' ', "%d,%d on %d columns", y, x, columns);
            }
        }
    }
}

Test(detail_view, without_a_selection_it_says_so)
{
    facts.row = NULL;
    draw(80);
    cr_expect_eq(stdscr_find("Nothing is selected"), 0);
}

Test(detail_view, a_low_pane_has_the_credentials_beside_the_sandbox)
{
    (void)detail_draw(stdscr, 0, 0, 10, 80, &facts, 0);
    cr_expect_eq(stdscr_find("sbx-1"), 0);
    cr_expect_eq(stdscr_find("2 credentials known here"), 0);
    int line = detail_password_line(&facts, 10, 80);
    cr_expect(line > 0 && line == stdscr_find("••••••••••••"));
    // Too narrow for that: below each other.
    (void)wclear(stdscr);
    (void)detail_draw(stdscr, 0, 0, 10, 60, &facts, 0);
    cr_expect_neq(stdscr_find("2 credentials known here"), 0);
}
