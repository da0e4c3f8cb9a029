// SPDX-License-Identifier: Apache-2.0
//
// console: run the whole console.

#ifndef SBXDECK_VIEWS_CONSOLE_CONSOLE_H
#define SBXDECK_VIEWS_CONSOLE_CONSOLE_H

#include "views/app/app.h"

#include <stdbool.h>

// Once at the start, before settings are read: says which columns there are.
void console_begin(void);

// Runs the console until it is quit, as app_run does. wall: it shows the wall instead of the deck, which only
// looks.
int console_run(const struct app_options *options, bool wall);

#endif
