// SPDX-License-Identifier: Apache-2.0
//
// demo: run the console on an emulator of Leap0 that is started for it.

#ifndef SBXDECK_VIEWS_MAIN_DEMO_H
#define SBXDECK_VIEWS_MAIN_DEMO_H

#include <stdbool.h>

// json: no console, but a line that says where the emulator listens, until a signal. Returns the exit code.
int demo_run(bool json, bool wall);

#endif
