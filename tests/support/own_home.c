// SPDX-License-Identifier: Apache-2.0
//
// own_home: Put the namespace, the file of accounts and the empty environment in front of a command line.

#include "tests/support/own_home.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define OWN_PATH "PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"

// $1: the file of accounts, the rest: the command line.
static const char in_namespace[] = "mount --bind \"$1\" /etc/passwd && shift && exec \"$@\"";

static const char *flags(void)
{
    return geteuid() == 0 ? "-m" : "-rm";
}

const char *own_home_missing(void)
{
    const char *const argv[] = {"unshare", flags(), "mount", "--bind", "/etc/passwd", "/etc/passwd", NULL};
    struct support_result result = {0};
    bool ran = support_run(argv, NULL, NULL, SUPPORT_WAIT_MS, &result) && result.exit_code == 0;
    support_result_free(&result);
    return ran ? NULL : "a home of its own in /etc/passwd needs root or namespaces for users (unshare -rm)";
}

size_t own_home_begin(struct own_home *home, const char *folder, const char *argv[OWN_HOME_ARGUMENTS])
{
    char line[SUPPORT_PATH_CAP + 64];
    size_t count = 0;
    if (home->passwd[0] == '\0') {
        (void)snprintf(home->variable, sizeof home->variable, "HOME=%s", folder);
        (void)snprintf(home->passwd, sizeof home->passwd, "%s.passwd", folder);
        (void)snprintf(line, sizeof line, "root:x:0:0:root:%s:/bin/bash\n", folder);
        (void)support_file_write(home->passwd, line);
    }
    const char *const begin[] = {"unshare",    flags(), "sh", "-c",           in_namespace, "sh",
                                 home->passwd, "env",   "-i", home->variable, OWN_PATH};
    for (; count < sizeof begin / sizeof begin[0]; count++)
        argv[count] = begin[count];
    return count;
}
