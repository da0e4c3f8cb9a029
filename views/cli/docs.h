// SPDX-License-Identifier: Apache-2.0
//
// docs: print help, the man page and the README's generated parts from the tables.

#ifndef SBXDECK_VIEWS_DOCS_H
#define SBXDECK_VIEWS_DOCS_H

#include "views/cli/cli_verb.h"

void docs_usage(void);
void docs_verb(const struct cli_verb *verb);
void docs_group(const char *group); // the verbs whose first word that is
void docs_man(void);
bool docs_part(const char *name); // "keys", "verbs", "options", "exit-codes"; false: no such part

#endif
