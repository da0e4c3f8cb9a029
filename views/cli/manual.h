// SPDX-License-Identifier: Apache-2.0
//
// manual: the chapters and lists of the manual that no other table holds, as text.

#ifndef SBXDECK_VIEWS_CLI_MANUAL_H
#define SBXDECK_VIEWS_CLI_MANUAL_H

#include <stddef.h>

struct manual_chapter {
    const char *topic; // of `sbxdeck help TOPIC`
    const char *title; // of the man page's section
    const char *what;  // it is about, for the list of topics
    // Paragraphs, apart by an empty line. {a command's name} stands for its keys.
    const char *text;
};
extern const struct manual_chapter manual_chapters[];
extern const size_t manual_chapter_count;

// What is explained, and the explanation; ended by a label that is NULL.
struct manual_entry {
    const char *label, *text;
};
extern const struct manual_entry manual_exit_codes[], manual_variables[], manual_files[], manual_outputs[],
    manual_examples[];

#endif
