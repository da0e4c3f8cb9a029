// SPDX-License-Identifier: Apache-2.0
//
// json_output: print JSON that is safe to show on a terminal, with null for what is not known.

#ifndef SBXDECK_VIEWS_OUTPUT_JSON_OUTPUT_H
#define SBXDECK_VIEWS_OUTPUT_JSON_OUTPUT_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

// Each adds a member, null when it is not known.
void json_output_add_text(cJSON *object, const char *name, const char *text); // NULL or "": not known
void json_output_add_number(cJSON *object, const char *name, bool known, int64_t number);
void json_output_add_time(cJSON *object, const char *name, int64_t ms); // RFC 3339; 0: not known

// Frees the tree. What could change how a terminal or an editor shows the text (controls, reversed or
// invisible characters) is escaped, and what is not UTF-8 is U+FFFD. End the text with json_output_free; NULL
// when out of memory.
char *json_output_text(cJSON *tree, bool indented);
void json_output_free(char *text); // wipes it first; NULL is fine

// Prints it so, with a line end, wipes the text and frees the tree. False when out of memory; errors of the
// file stay with it (ferror).
bool json_output_print(FILE *file, cJSON *tree, bool indented);

// An array, printed item by item as json_output_print(file, array, true) prints it whole: each item (freed;
// false when out of memory), then the end.
bool json_output_print_item(FILE *file, cJSON *item, bool first);
void json_output_end_items(FILE *file, bool none);

#endif
