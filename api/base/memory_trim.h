// SPDX-License-Identifier: Apache-2.0
//
// memory_trim: Give back memory that a process needed to start and not since, for one that stays beside many
// others like it.

#ifndef SBXDECK_API_BASE_MEMORY_TRIM_H
#define SBXDECK_API_BASE_MEMORY_TRIM_H

// What was freed, and the pages of code and constants, which come back from the file when they are used.
// Takes some tenths of a millisecond.
void memory_trim(void);

#endif
