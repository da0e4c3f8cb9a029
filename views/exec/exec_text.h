// SPDX-License-Identifier: Apache-2.0
//
// exec_text: What a remote command wrote, made safe to show on a terminal, and as JSON. Pure.

#ifndef SBXDECK_VIEWS_EXEC_EXEC_TEXT_H
#define SBXDECK_VIEWS_EXEC_EXEC_TEXT_H

#include "views/exec/exec_result.h"

#include <cjson/cJSON.h>

// Lines as display() shows them, tabs as blanks, each ended by '\n', also the last. "" nothing was written.
// The caller's to free; *length without the NUL.
char *exec_text_shown(const char *bytes, size_t length, size_t *shown_length);

// outcome, exit_code, signal, error (null where there is none), duration_ms, stdout, stderr, and where a
// stream is not text also stdout_base64, stderr_base64; stdout_cut, stderr_cut (bytes that came and are not
// kept) where that is so. Into an object; false: out of memory.
bool exec_text_json(const struct exec_result *result, cJSON *object);

#endif
