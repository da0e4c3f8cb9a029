// SPDX-License-Identifier: Apache-2.0
//
// exec_output: Keep the beginning of a stream up to its cap, and hash all of it.

#include "views/exec/exec_output.h"

#include "api/base/utf8.h"

#include <string.h>

void exec_output_begin(struct exec_output *output)
{
    *output = (struct exec_output){.kept = BYTEBUF(EXEC_OUTPUT_CAP)};
    (void)crypto_hash_sha256_init(&output->state);
}

static void take_line(struct exec_output *output)
{
    size_t length = output->line_length;
    output->line_length = 0;
    output->line[length] = '\0';
    if (strspn(output->line, " \t\r") == length) // a NUL in it ends what is shown
        return;
    while (output->line[length > 0 ? length - 1 : 0] == '\r')
        length--;
    memcpy(output->last, output->line, length);
    output->last[length] = '\0';
}

static void follow_lines(struct exec_output *output, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] == '\n')
            take_line(output);
        else if (output->line_length + 1 < sizeof output->line)
            output->line[output->line_length++] = bytes[i];
    }
}

void exec_output_add(struct exec_output *output, const char *bytes, size_t length, size_t *room)
{
    size_t free_here = EXEC_OUTPUT_CAP - output->kept.length;
    size_t taken = length < free_here ? length : free_here;
    taken = taken < *room ? taken : *room;
    if (output->total > output->kept.length)
        taken = 0; // what is kept has no hole
    if (taken > 0 && bytebuf_add(&output->kept, bytes, taken) == STATUS_OK)
        *room -= taken;
    output->total += length;
    (void)crypto_hash_sha256_update(&output->state, (const unsigned char *)bytes, length);
    follow_lines(output, bytes, length);
}

void exec_output_end(struct exec_output *output)
{
    take_line(output);
    (void)crypto_hash_sha256_final(&output->state, output->digest);
}

uint64_t exec_output_lost(const struct exec_output *output)
{
    return output->total - output->kept.length;
}

void exec_output_free(struct exec_output *output, size_t *room)
{
    *room += output->kept.length;
    bytebuf_free(&output->kept);
}

bool exec_output_equal(const struct exec_output *one, const struct exec_output *other)
{
    return one->total == other->total && memcmp(one->digest, other->digest, sizeof one->digest) == 0;
}

bool exec_output_is_text(const struct exec_output *output)
{
    const char *text = bytebuf_text(&output->kept);
    const char *at = text;
    while (*at != '\0' && utf8_length(at) > 0)
        at += utf8_length(at);
    return at == text + output->kept.length;
}
