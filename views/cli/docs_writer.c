// SPDX-License-Identifier: Apache-2.0
//
// docs_writer: print titles, paragraphs and lists on stdout as plain text, as a man page, or as Markdown.

#include "views/cli/docs_writer.h"

#include "tui/base/text_decode.h"
#include "views/cli/cli_terminal.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { TEXT_COLUMNS = 100, LEAST_COLUMNS = 30, LABEL_CAP = 192 };

// --- plain text ---------------------------------------------------------------------------

// Lines of that width are read well; a narrower terminal does not break them in words, nor does a pager in
// it, whose terminal stderr still is.
static int text_columns(void)
{
    struct winsize size = {.ws_col = 0};
    int there = cli_terminal_columns();
    if (there == 0 && ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0)
        there = size.ws_col;
    int columns = there > LEAST_COLUMNS ? there : LEAST_COLUMNS;
    return there > 0 && columns < TEXT_COLUMNS ? columns : TEXT_COLUMNS;
}

// On lines of its own; what doesn't fit on the first stands further in.
static void print_label(const char *label)
{
    const char *next = label;
    for (int indent = 2; next != NULL && *next != '\0'; indent = 6) {
        const char *line = next;
        size_t length = text_wrap(line, text_columns() - indent, &next);
        (void)printf("%*s%.*s\n", indent, "", (int)length, line);
    }
}

// Wraps the text beside its label, which has a line of its own where it is too long. Labels take half of a
// narrow terminal at most.
static void text_item(int columns, const char *label, const char *text)
{
    const char *next = NULL;
    int indent = columns > 0 ? 2 : 0;
    if (text_columns() < TEXT_COLUMNS && columns > text_columns() / 2)
        columns = text_columns() / 2;
    if (text_width(label) > columns - 1 && columns > 0) {
        print_label(label);
        label = "";
    }
    do {
        size_t length = text_wrap(text, text_columns() - columns - indent, &next);
        (void)printf("%*s%s%*s%.*s\n", indent, "", label, columns - text_width(label), "", (int)length, text);
        label = "";
        text = next;
    } while (text != NULL && *text != '\0');
}

// A blank line, but not as the first.
static void text_gap(struct docs_writer *writer)
{
    if (writer->begun)
        (void)putchar('\n');
    writer->begun = true;
    writer->gap = false;
}

// --- man ----------------------------------------------------------------------------------

// troff takes a leading dot or quote, backslashes and hyphens for its own; what is not ASCII goes by its
// number, so that no encoding has to be guessed.
static void man_text(const char *text)
{
    if (*text == '.' || *text == '\'')
        (void)fputs("\\&", stdout);
    while (*text != '\0') {
        uint32_t codepoint = 0;
        size_t used = text_decode(text, strlen(text), &codepoint);
        if (codepoint > '~')
            (void)printf("\\[u%04X]", codepoint == TEXT_INVALID ? 0xfffdU : (unsigned)codepoint);
        else if (*text == '"') // which begins a string in a macro's argument
            (void)fputs("\\(dq", stdout);
        else if (*text == '-' || *text == '\\' || *text == '~' || *text == '^')
            (void)fputs(*text == '-'    ? "\\-"
                        : *text == '\\' ? "\\e"
                        : *text == '~'  ? "\\(ti"
                                        : "\\(ha",
                        stdout);
        else
            (void)putchar(*text);
        text += used > 0 ? used : 1;
    }
}

static void man_line(const char *macro, const char *text)
{
    (void)printf("%s ", macro);
    man_text(text);
    (void)putchar('\n');
}

// --- Markdown -----------------------------------------------------------------------------

static void markdown_item(const char *label, const char *text)
{
    (void)fputs("| `", stdout);
    for (; *label != '\0'; label++)
        (void)printf(*label == '|' ? "\\%c" : "%c", *label); // or it would end the cell
    (void)printf("` | %s |\n", text);
}

// --- any ----------------------------------------------------------------------------------

static void text_title(struct docs_writer *writer, const char *title, const char *end)
{
    char whole[LABEL_CAP];
    const char *next = whole;
    text_gap(writer);
    (void)snprintf(whole, sizeof whole, "%s%s", title, end);
    while (next != NULL && *next != '\0') {
        const char *line = next;
        (void)printf("%.*s\n", (int)text_wrap(line, text_columns(), &next), line);
    }
}

void docs_section(struct docs_writer *writer, const char *title)
{
    char upper[LABEL_CAP] = "";
    for (size_t i = 0; title[i] != '\0' && i + 1 < sizeof upper; i++)
        upper[i] = (char)toupper((unsigned char)title[i]);
    if (writer->format == DOCS_MAN)
        man_line(".SH", upper);
    else if (writer->format == DOCS_TEXT)
        text_title(writer, title, ":");
    else
        (void)printf("| %s | what it does |\n| --- | --- |\n", title);
}

void docs_subsection(struct docs_writer *writer, const char *title)
{
    if (writer->format == DOCS_MAN)
        man_line(".SS", title);
    else if (writer->format == DOCS_TEXT)
        text_title(writer, title, "");
}

void docs_paragraph(struct docs_writer *writer, const char *text)
{
    if (writer->format == DOCS_MAN) {
        (void)puts(".PP");
        man_text(text);
        (void)putchar('\n');
    } else {
        text_gap(writer);
        text_item(0, "", text);
        writer->gap = true;
    }
}

void docs_item(struct docs_writer *writer, const char *label, const char *text)
{
    if (writer->format == DOCS_MAN) {
        (void)puts(".TP");
        man_line(".B", label);
        man_text(text);
        (void)putchar('\n');
    } else if (writer->format == DOCS_MARKDOWN) {
        markdown_item(label, text);
    } else {
        if (writer->gap)
            text_gap(writer);
        text_item(writer->label_columns, label, text);
        writer->begun = true;
    }
}

void docs_glyph_item(struct docs_writer *writer, enum glyph which, const char *label, const char *text)
{
    static const struct {
        const char *utf8, *ascii;
    } forms[GLYPH_COUNT] = {
#define X(name, utf8, ascii) {utf8, ascii},
        GLYPH_TABLE(X)
#undef X
    };
    char marked[LABEL_CAP];
    bool both = writer->format == DOCS_MAN && strcmp(forms[which].utf8, forms[which].ascii) != 0;
    (void)snprintf(marked, sizeof marked, "%s%s%s %s",
                   writer->format == DOCS_MAN ? forms[which].utf8 : glyph(which), both ? " or " : "",
                   both ? forms[which].ascii : "", label);
    docs_item(writer, marked, text);
}
