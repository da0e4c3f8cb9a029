// SPDX-License-Identifier: Apache-2.0
//
// home: HOME, else the account database.

#include "api/base/home.h"

#include <pwd.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

const char *home_folder(void)
{
    const char *home = getenv("HOME");
    if (home != NULL && home[0] == '/')
        return home;
    const struct passwd *account = getpwuid(geteuid());
    return account != NULL && account->pw_dir != NULL && account->pw_dir[0] == '/' ? account->pw_dir : NULL;
}
