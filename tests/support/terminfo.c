// SPDX-License-Identifier: Apache-2.0
//
// terminfo: Compile the descriptions with tic, which comes with ncurses.

#include "tests/support/terminfo.h"

#include "tests/support/support.h"

#include <stdio.h>

bool terminfo_make(const char *folder, const char *name, const char *more)
{
    char text[2048], source[SUPPORT_PATH_CAP + 64];
    struct support_result result = {0};
    (void)snprintf(text, sizeof text, "%s|for a test,\n\t%suse=xterm-256color,\n", name, more);
    (void)snprintf(source, sizeof source, "%s/%s.src", folder, name);
    const char *const argv[] = {"tic", "-x", "-o", folder, source, NULL};
    bool made = support_file_write(source, text) && support_run(argv, NULL, NULL, SUPPORT_WAIT_MS, &result) &&
                result.exit_code == 0;
    if (!made)
        (void)fprintf(stderr, "tic: %s\n", result.err != NULL ? result.err : "not run");
    support_result_free(&result);
    return made;
}
