// SPDX-License-Identifier: Apache-2.0
//
// One text in three formats: aligned and wrapped, as troff with nothing that it takes for its own, and as
// Markdown.

#include "views/cli/cli_terminal.h"
#include "views/cli/docs_writer.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

static void begin(void)
{
    cr_assert_not_null(setlocale(LC_ALL, "C.UTF-8"));
    cr_redirect_stdout();
    cr_redirect_stderr(); // else a terminal there says how wide text is
}

TestSuite(docs_writer, .init = begin);

static void write_all(struct docs_writer *writer)
{
    docs_section(writer, "Keys");
    docs_paragraph(writer, "As they are.");
    docs_subsection(writer, "In the deck");
    docs_item(writer, "|", "Split");
    docs_glyph_item(writer, GLYPH_VALID, "valid", "It works");
    (void)fflush(stdout);
}

Test(docs_writer, text_is_aligned_with_blank_lines_between)
{
    struct docs_writer writer = {.label_columns = 10};
    write_all(&writer);
    cr_assert_stdout_eq_str("Keys:\n"
                            "\n"
                            "As they are.\n"
                            "\n"
                            "In the deck\n"
                            "  |         Split\n"
                            "  \u25cf valid   It works\n");
}

Test(docs_writer, a_label_that_is_too_long_has_a_line_of_its_own_and_text_wraps_beside_the_labels)
{
    struct docs_writer writer = {.label_columns = 90};
    docs_item(&writer, "short", "one two three");
    writer.label_columns = 6;
    docs_item(&writer, "longer", "one");
    (void)fflush(stdout);
    cr_assert_stdout_eq_str(
        "  short                                                                                     one "
        "two\n"
        "                                                                                            three\n"
        "  longer\n"
        "        one\n");
}

Test(docs_writer, text_wraps_at_the_edge_of_a_narrow_terminal)
{
    struct docs_writer writer = {.label_columns = 6};
    cr_assert_eq(setenv("COLUMNS", "30", 1), 0);
    docs_item(&writer, "one", "two three four five six seven");
    (void)fflush(stdout);
    cr_assert_stdout_eq_str("  one   two three four five\n"
                            "        six seven\n");
}

Test(docs_writer, a_label_before_text_that_is_wrapped_counts)
{
    cr_assert_eq(setenv("COLUMNS", "30", 1), 0);
    (void)printf("one: ");
    cli_terminal_wrap(5, 2, "two three four five six seven");
    cli_terminal_wrap(0, 2, "");
    (void)fflush(stdout);
    cr_assert_stdout_eq_str("one: two three four five six\n"
                            "  seven\n"
                            "\n");
}

Test(docs_writer, a_man_page_has_titles_in_capitals_and_both_forms_of_a_glyph)
{
    struct docs_writer writer = {.format = DOCS_MAN};
    write_all(&writer);
    cr_assert_stdout_eq_str(".SH KEYS\n"
                            ".PP\nAs they are.\n"
                            ".SS In the deck\n"
                            ".TP\n.B |\nSplit\n"
                            ".TP\n.B \\[u25CF] or * valid\nIt works\n");
}

Test(docs_writer, troff_takes_nothing_of_a_text_for_its_own)
{
    struct docs_writer writer = {.format = DOCS_MAN};
    docs_item(&writer, ".x \"y\" -z", "'a \\fB ~^ \u2026");
    docs_item(&writer, "\"", "\xff");
    (void)fflush(stdout);
    cr_assert_stdout_eq_str(".TP\n.B \\&.x \\(dqy\\(dq \\-z\n\\&'a \\efB \\(ti\\(ha \\[u2026]\n"
                            ".TP\n.B \\(dq\n\\[uFFFD]\n");
}

Test(docs_writer, a_cell_of_markdown_is_not_ended_by_a_key)
{
    struct docs_writer writer = {.format = DOCS_MARKDOWN};
    docs_section(&writer, "key");
    docs_item(&writer, "|", "Split");
    (void)fflush(stdout);
    cr_assert_stdout_eq_str("| key | what it does |\n| --- | --- |\n| `\\|` | Split |\n");
}
