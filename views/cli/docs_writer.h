// SPDX-License-Identifier: Apache-2.0
//
// docs_writer: print titles, paragraphs and lists on stdout as plain text, as a man page, or as Markdown.

#ifndef SBXDECK_VIEWS_CLI_DOCS_WRITER_H
#define SBXDECK_VIEWS_CLI_DOCS_WRITER_H

#include "tui/base/text.h"

#include <stdbool.h>

enum docs_format { DOCS_TEXT, DOCS_MAN, DOCS_MARKDOWN };

struct docs_writer {
    enum docs_format format;
    int label_columns; // in text: of an item's label and the blanks after it
    bool begun, gap;   // in text: something is printed; a blank line comes before the next item
};

// The title of a section (in Markdown, the head of a table with what the first column holds), or of a part of
// one.
void docs_section(struct docs_writer *writer, const char *title);
void docs_subsection(struct docs_writer *writer, const char *title);
void docs_paragraph(struct docs_writer *writer, const char *text);
// What is explained, and the explanation.
void docs_item(struct docs_writer *writer, const char *label, const char *text);
// The same, with a glyph before the label: as this locale shows it in text, in both its forms in a man page.
void docs_glyph_item(struct docs_writer *writer, enum glyph glyph, const char *label, const char *text);

#endif
