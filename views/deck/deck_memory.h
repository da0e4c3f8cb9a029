// SPDX-License-Identifier: Apache-2.0
//
// deck_memory: What the deck remembers from run to run: order, columns, wide mode, groups and what is folded.

#ifndef SBXDECK_VIEWS_DECK_DECK_MEMORY_H
#define SBXDECK_VIEWS_DECK_DECK_MEMORY_H

struct app;
struct deck_view;
struct deck_memory;

// Reads <state_folder>/console.state and gives the deck what it says; before the loop runs.
void deck_memory_begin(struct deck_view *deck);
void deck_memory_end(struct deck_view *deck); // what is being written is written on
// Something of it has changed: it is written, on a worker thread.
void deck_memory_keep(struct deck_view *deck);
// Lines that another part remembers (see console_state.h), in the same file; keep writes them.
struct console_state *deck_memory_lines(struct deck_view *deck);

#endif
