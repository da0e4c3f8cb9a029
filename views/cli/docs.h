// SPDX-License-Identifier: Apache-2.0
//
// docs: print help, the man page and the README's generated parts from the program's tables.

#ifndef SBXDECK_VIEWS_CLI_DOCS_H
#define SBXDECK_VIEWS_CLI_DOCS_H

#include "views/cli/cli_verb.h"

// --help
void docs_usage(void);
void docs_verb(const struct cli_verb *verb);
void docs_group(const char *group); // the verbs whose first word that is

// `sbxdeck help TOPIC`
const char *docs_topic_name(size_t index); // NULL: beyond the end
bool docs_topic(const char *name);         // false: no such topic, nothing was printed

void docs_man(void);
bool docs_part(const char *name); // a part of the README, "verbs" or "ten-keys"; false: no such part

#endif
