// SPDX-License-Identifier: Apache-2.0
//
// deck_tools: What the deck shows of the tools that are connected to a sandbox. Pure.

#ifndef SBXDECK_VIEWS_DECK_DECK_TOOLS_H
#define SBXDECK_VIEWS_DECK_DECK_TOOLS_H

#include "api/tools/tool_registry.h"
#include "tui/widget/table.h"

// In the narrow column of sessions and forwards: the quietest, it takes what room they leave.
void deck_tools_mark(size_t count, struct table_cell *cell);

// "3 tools connected, OpenSSH_9.2p1 (2), paramiko_3.0": each version once, as far as there is room. Returns
// out.
char *deck_tools_text(const struct connected_tool *list, size_t count, char *out, size_t cap);

#endif
