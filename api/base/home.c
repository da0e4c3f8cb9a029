// SPDX-License-Identifier: Apache-2.0
//
// home: HOME, else the account database.

#include "api/base/home.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// An absolute path; NULL when there is none.
static const char *home_folder(void)
{
    const char *home = getenv("HOME");
    if (home != NULL && home[0] == '/')
        return home;
    const struct passwd *account = getpwuid(geteuid());
    return account != NULL && account->pw_dir != NULL && account->pw_dir[0] == '/' ? account->pw_dir : NULL;
}

bool home_expand(const char *path, char *out, size_t cap)
{
    const char *home = strncmp(path, "~/", 2) == 0 ? home_folder() : NULL;
    int length = snprintf(out, cap, "%s%s", home != NULL ? home : "", home != NULL ? path + 1 : path);
    return length >= 0 && (size_t)length < cap;
}

int home_xdg_folder(const char *variable, const char *below_home, char *out, size_t cap)
{
    const char *base = getenv(variable), *home = home_folder();
    if (base != NULL && base[0] == '/')
        return snprintf(out, cap, "%s/sbxdeck", base);
    return home != NULL ? snprintf(out, cap, "%s/%s/sbxdeck", home, below_home) : -1;
}
