// SPDX-License-Identifier: Apache-2.0
//
// key_text: Trim and check.

#include "api/config/key_text.h"

#include <ctype.h>
#include <stdbool.h>

enum status key_from_text(const char *name, const char *text, size_t length, struct secret **key,
                          struct failure *why)
{
    bool printable = true;
    *key = NULL;
    while (length > 0 && isspace((unsigned char)text[0])) {
        text++;
        length--;
    }
    while (length > 0 && isspace((unsigned char)text[length - 1]))
        length--;
    for (size_t i = 0; i < length; i++)
        printable = printable && (unsigned char)text[i] > 0x20 && (unsigned char)text[i] < 0x7f;
    if (length == 0)
        return advise(why, fail(why, STATUS_KEY_MISSING, "%s is empty", name),
                      "set it to your API key and start again");
    if (!printable)
        return advise(
            why, fail(why, STATUS_KEY_REFUSED, "%s has blanks or other characters that no key has", name),
            "check its value");
    if (length > SECRET_MAX)
        return advise(why,
                      fail(why, STATUS_KEY_REFUSED, "%s has %zu characters, more than any key", name, length),
                      "check its value");
    *key = secret_new(text, length);
    if (*key == NULL)
        return advise(why, fail(why, STATUS_NO_MEMORY, "can't lock memory for the API key"),
                      "check ulimit -l");
    return STATUS_OK;
}

enum status key_misread(enum status status, const char *advice, struct failure *why)
{
    if (status != STATUS_KEY_MISSING && status != STATUS_KEY_REFUSED)
        return status;
    if (why != NULL)
        why->status = STATUS_KEY_REFUSED;
    return advise(why, STATUS_KEY_REFUSED, "%s", advice);
}
