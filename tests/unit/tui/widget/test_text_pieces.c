// SPDX-License-Identifier: Apache-2.0
//
// text_pieces: what has no room is left out, and the digest changes with what is seen.

#include "tui/widget/text_pieces.h"

#include <criterion/criterion.h>
#include <string.h>

static struct text_pieces pieces;

Test(text_pieces, what_has_no_room_is_left_out_and_long_text_is_cut)
{
    char longer[2 * TEXT_PIECE_CAP];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    text_pieces_clear(&pieces, ROLE_TEXT);
    for (int i = 0; i < TEXT_PIECES_MAX + 3; i++)
        text_pieces_add(&pieces, 0, i, ROLE_TEXT, "%s", longer)->strong = true;
    cr_expect_eq(pieces.count, (size_t)TEXT_PIECES_MAX);
    cr_expect_eq(strlen(pieces.pieces[0].text), (size_t)TEXT_PIECE_CAP - 1);
    cr_expect_eq(pieces.pieces[TEXT_PIECES_MAX - 1].x, TEXT_PIECES_MAX - 1);
    text_pieces_clear(&pieces, ROLE_DIM);
    cr_expect_eq(pieces.count, 0u);
    cr_expect_not(text_pieces_add(&pieces, 0, 0, ROLE_TEXT, "%s", "")->strong, "as new");
}

static uint64_t digest_of(enum theme_role line, int y, int x, enum theme_role role, bool strong,
                          const char *one, const char *other)
{
    text_pieces_clear(&pieces, line);
    text_pieces_add(&pieces, y, x, role, "%s", one)->strong = strong;
    (void)text_pieces_add(&pieces, y, x + 9, role, "%s", other);
    return text_pieces_digest(&pieces);
}

Test(text_pieces, the_digest_is_another_when_anything_that_is_seen_is)
{
    const uint64_t first = digest_of(ROLE_TEXT, 0, 1, ROLE_TEXT, false, "ab", "c");
    cr_expect_neq(first, 0u);
    cr_expect_eq(digest_of(ROLE_TEXT, 0, 1, ROLE_TEXT, false, "ab", "c"), first);
    cr_expect_neq(digest_of(ROLE_DIM, 0, 1, ROLE_TEXT, false, "ab", "c"), first);
    cr_expect_neq(digest_of(ROLE_TEXT, 1, 1, ROLE_TEXT, false, "ab", "c"), first);
    cr_expect_neq(digest_of(ROLE_TEXT, 0, 2, ROLE_TEXT, false, "ab", "c"), first);
    cr_expect_neq(digest_of(ROLE_TEXT, 0, 1, ROLE_DIM, false, "ab", "c"), first);
    cr_expect_neq(digest_of(ROLE_TEXT, 0, 1, ROLE_TEXT, true, "ab", "c"), first);
    cr_expect_neq(digest_of(ROLE_TEXT, 0, 1, ROLE_TEXT, false, "a", "bc"), first);
    cr_expect_neq(digest_of(ROLE_TEXT, 0, 1, ROLE_TEXT, false, "abc", ""), first);
}
