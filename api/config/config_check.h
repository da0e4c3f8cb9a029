// SPDX-License-Identifier: Apache-2.0
//
// config_check: Find everything that is wrong in a settings file, not only the first. Sections are checked by
// whoever knows what their lines mean.

#ifndef SBXDECK_API_CONFIG_CONFIG_CHECK_H
#define SBXDECK_API_CONFIG_CONFIG_CHECK_H

#include "api/config/config_text.h"

// Tells each fault in the sections of that kind. Pure: reads no file, changes nothing, any number of times.
typedef void config_section_check(const struct config_text *text, config_fault_take *fault, void *ctx);
// Set once at the start; kind as in struct config_section ("keys", "profile").
void config_section_set_check(const char *kind, config_section_check *check);

// The same for what is no fault, and may surprise all the same.
void config_section_set_notes(const char *kind, config_section_check *notes);

// All faults: of form, of options and sections, and (as line 0) of the environment; in no order. Main thread
// only.
void config_check(const struct config_text *text, config_fault_take *fault, void *ctx);
// The same by line, at most CONFIG_FAULTS_MAX of them; of a line the first that was found.
enum { CONFIG_FAULTS_MAX = 200 };
size_t config_check_all(const struct config_text *text, struct config_fault out[CONFIG_FAULTS_MAX]);

// What the sections' notes say, with the lines that they are about; in no order. Main thread only.
void config_check_notes(const struct config_text *text, config_fault_take *note, void *ctx);
// Names that are there more than once in their section: the line that counts for nothing, and why. In order.
void config_check_repeated(const struct config_text *text, config_fault_take *fault, void *ctx);

#endif
