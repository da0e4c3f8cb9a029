// SPDX-License-Identifier: Apache-2.0
//
// profile_name: It stands in a path and in the name of a host.

#include "api/config/profile_name.h"

#include <string.h>

bool profile_name_is_valid(const char *text)
{
    size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");
    return length > 0 && length < PROFILE_CAP && text[length] == '\0' && text[0] != '-';
}
