// SPDX-License-Identifier: Apache-2.0
//
// completion_names: Keep the file of names that the shells' Tab reads as the fleet is, while the console
// runs.

#ifndef SBXDECK_VIEWS_BACKGROUND_COMPLETION_NAMES_H
#define SBXDECK_VIEWS_BACKGROUND_COMPLETION_NAMES_H

struct app;
struct completion_names;

struct completion_names *completion_names_begin(struct app *app); // NULL: no service
void completion_names_end(struct completion_names *names);        // NULL is fine

#endif
