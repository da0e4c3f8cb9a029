// SPDX-License-Identifier: Apache-2.0
//
// ssh_include: our line is found where it counts, whatever stands around it; a line that is nearly ours is
// told apart; putting it in and taking it out gives the same bytes again.

#include "api/tools/ssh_include.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE "Include /home/me/.local/state/sbxdeck/ssh/config"

static const struct ssh_include include = {LINE, "/home/me/.local/state/sbxdeck/ssh/config", "/home/me"};

static enum ssh_include_state find(const char *text, struct ssh_include_place *place)
{
    return ssh_include_find(&include, text, strlen(text), place);
}

Test(ssh_include, is_found_where_ssh_reads_it_for_all_hosts)
{
    static const struct {
        const char *text;
        enum ssh_include_state state;
        int line;
    } cases[] = {
        {"", SSH_INCLUDE_ABSENT, 0},
        {"\n\n", SSH_INCLUDE_ABSENT, 0},
        {"Host *\n  User me\n", SSH_INCLUDE_ABSENT, 0},
        {"Include other\nInclude /home/me/.local/state/sbxdeck/ssh/config.d\n", SSH_INCLUDE_ABSENT, 0},
        {"# " LINE "\n", SSH_INCLUDE_ABSENT, 0},
        {"IncludeX /home/me/.local/state/sbxdeck/ssh/config\n", SSH_INCLUDE_ABSENT, 0},
        {LINE, SSH_INCLUDE_THERE, 1},
        {LINE "\n", SSH_INCLUDE_THERE, 1},
        {LINE "\r\nHost *\r\n", SSH_INCLUDE_THERE, 1},
        {"# mine\n\nForwardAgent no\n" LINE "\nHost *\n", SSH_INCLUDE_THERE, 4},
        {"Host *\n" LINE "\n", SSH_INCLUDE_BEHIND, 2},
        {"  hOsT = x\n" LINE "\n", SSH_INCLUDE_BEHIND, 2},
        {"match all\n" LINE "\n", SSH_INCLUDE_BEHIND, 2},
        {"\tMATCH=host x\n" LINE, SSH_INCLUDE_BEHIND, 2},
        {LINE "\n" LINE "\n", SSH_INCLUDE_TWICE, 2},
        {LINE "\nHost *\n" LINE "\n", SSH_INCLUDE_TWICE, 3},
        {"  " LINE "\n", SSH_INCLUDE_ALTERED, 1},
        {LINE " \n", SSH_INCLUDE_ALTERED, 1},
        {LINE " other\n", SSH_INCLUDE_ALTERED, 1},
        {"include /home/me/.local/state/sbxdeck/ssh/config\n", SSH_INCLUDE_ALTERED, 1},
        {"Include other \"/home/me/.local/state/sbxdeck/ssh/config\"\n", SSH_INCLUDE_ALTERED, 1},
        {"Include=/home/me/.local/state/sbxdeck/ssh/config\n", SSH_INCLUDE_ALTERED, 1},
        {"Include ~/.local/state/sbxdeck/ssh/config\n", SSH_INCLUDE_ALTERED, 1},
        {"\xef\xbb\xbf" LINE "\n", SSH_INCLUDE_NO_TEXT, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ssh_include_place place;
        cr_expect_eq(find(cases[i].text, &place), cases[i].state, "case %zu: %s", i, cases[i].text);
        cr_expect_eq(place.line, cases[i].line, "case %zu: line %d", i, place.line);
    }
    struct ssh_include_place place;
    cr_expect_eq(ssh_include_find(&include, "Host *\n\0", 8, &place), SSH_INCLUDE_NO_TEXT);
    cr_expect_eq(ssh_include_find(&include, NULL, 0, &place), SSH_INCLUDE_ABSENT);
}

Test(ssh_include, put_in_and_taken_out_leaves_every_byte)
{
    static const char *const texts[] = {"",
                                        "\n",
                                        "Host *\n  User me\n",
                                        "Host *\n  User me",
                                        "Host *\r\n  User me\r\n",
                                        "\r\nHost *",
                                        "# comment only",
                                        "Host \xff\xfe\n",
                                        " \t \n\n\nMatch all\n\n"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct bytebuf with = BYTEBUF(4096), without = BYTEBUF(4096);
        struct ssh_include_place place;
        cr_assert_eq(ssh_include_put(&include, texts[i], strlen(texts[i]), &with), STATUS_OK);
        cr_expect_eq(strncmp(with.data, LINE, strlen(LINE)), 0);
        cr_expect_eq(with.data[strlen(LINE)], i == 4 || i == 5 ? '\r' : '\n', "text %zu", i);
        cr_assert_eq(ssh_include_find(&include, with.data, with.length, &place), SSH_INCLUDE_THERE,
                     "text %zu", i);
        cr_assert_eq(ssh_include_take(&place, with.data, with.length, &without), STATUS_OK);
        cr_expect_str_eq(bytebuf_text(&without), texts[i]);
        bytebuf_free(&with);
        bytebuf_free(&without);
    }
}

// What stands there may be anything.
Test(ssh_include, is_looked_for_in_any_bytes)
{
    static const char letters[] = "Include \"'=#~/\r\n\tHostMatch";
    char text[120];
    unsigned seed = 7;
    for (int round = 0; round < 20000; round++) {
        struct ssh_include_place place;
        size_t length = 0;
        for (; length < sizeof text; length++) {
            seed = seed * 1103515245U + 12345U;
            text[length] = letters[(seed >> 16) % (sizeof letters - 1)];
        }
        // Exactly as long as it is, so that a sanitizer sees a byte too far.
        char *copy = malloc(length);
        cr_assert_not_null(copy);
        memcpy(copy, text, length);
        cr_expect_eq(ssh_include_find(&include, copy, length, &place), SSH_INCLUDE_ABSENT);
        free(copy);
    }
}
