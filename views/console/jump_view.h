// SPDX-License-Identifier: Apache-2.0
//
// jump_view: The search for anything by a few of its letters; of it what the palette shows, too: sandboxes.

#ifndef SBXDECK_VIEWS_CONSOLE_JUMP_VIEW_H
#define SBXDECK_VIEWS_CONSOLE_JUMP_VIEW_H

#include "tui/widget/palette.h"
#include "views/app/app.h"

struct jump;
struct jump *jump_new(struct app *app);
void jump_free(struct jump *jump);
extern const struct palette_source jump_sandboxes;                  // its context is a struct jump
const char *jump_sandbox_id(const struct jump *jump, size_t place); // of what was found last

#endif
