// SPDX-License-Identifier: Apache-2.0
//
// cli_exec_output: write the groups one after the other, stdout and stderr each to its own stream.

#include "views/cli/cli_exec_output.h"

#include "tui/base/text.h"
#include "views/cli/cli_terminal.h"
#include "views/exec/exec_text.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TEXT_CAP = 640 };

static const char prefix[] = "sbxdeck: exec: ";

struct printing {
    const struct bulk *items;
    const struct fleet *fleet; // for their names
    const size_t *members;     // of the group
    size_t count;
    const struct exec_result *result; // of all of them
    bool first;                       // on stdout
};

// A terminal gets whole names on each line; used: columns that are taken before.
static void put_names(FILE *file, const struct printing *printing, int used)
{
    int rows = 0, cols = 0;
    bool wraps = isatty(fileno(file));
    cli_terminal_size(&rows, &cols);
    for (size_t i = 0; i < printing->count; i++) {
        const char *id = bulk_item(printing->items, printing->members[i])->sandbox_id;
        const char *called = fleet_name_of(printing->fleet, id);
        char name[ID_CAP + LABEL_NAME_CAP + 4];
        int width = called != id ? snprintf(name, sizeof name, "%s(%s)", id, called)
                                 : snprintf(name, sizeof name, "%s", id);
        bool breaks = wraps && i > 0 && used + 1 + width >= cols;
        (void)fprintf(file, "%s%s", i == 0 ? "" : breaks ? "\n" : " ", name);
        used = breaks ? width : used + 1 + width;
    }
    if (printing->count > 1)
        (void)fprintf(file, " (%zu)", printing->count);
}

static void put_bytes(FILE *file, const struct exec_output *output)
{
    const char *bytes = bytebuf_text(&output->kept);
    size_t length = output->kept.length, shown_length = 0;
    if (length == 0)
        return;
    if (isatty(fileno(file))) {
        char *shown = exec_text_shown(bytes, length, &shown_length);
        (void)fwrite(shown, 1, shown_length, file);
        sodium_memzero(shown, shown_length);
        free(shown);
    } else {
        (void)fwrite(bytes, 1, length, file);
        if (bytes[length - 1] != '\n')
            (void)fputc('\n', file);
    }
}

static void tell_cut(const struct printing *printing, const struct exec_output *output, const char *stream)
{
    if (exec_output_lost(output) == 0)
        return;
    (void)fputs(prefix, stderr);
    put_names(stderr, printing, (int)sizeof prefix);
    (void)fprintf(stderr, ": %s is cut: %" PRIu64 " bytes more were not kept\n", stream,
                  exec_output_lost(output));
}

// What became of it, after the names; with what to do about it.
static void put_outcome(FILE *file, const struct exec_result *result, bool advised)
{
    char text[TEXT_CAP], line[FAILURE_LINE_CAP], shown[4 * FAILURE_LINE_CAP];
    const char *advice = advised && result->outcome == EXEC_FAILED ? failure_advice(&result->why) : "";
    bool has = advice[0] != '\0';
    (void)exec_result_text(result, text, sizeof text);
    (void)snprintf(line, sizeof line, "%s%s%s%s", text, has ? " (" : "", advice, has ? ")" : "");
    (void)fputs(display(line, strlen(line), shown, sizeof shown), file);
}

static bool ran(const struct exec_result *result)
{
    return result->outcome == EXEC_EXITED || result->outcome == EXEC_KILLED;
}

static void print_stdout(struct printing *printing)
{
    const struct exec_result *result = printing->result;
    bool good = exec_result_is_good(result), nothing = result->out.total == 0;
    if (!ran(result) && nothing)
        return; // that is said on stderr
    if (!printing->first)
        (void)putchar('\n');
    printing->first = false;
    put_names(stdout, printing, 0);
    (void)putchar(':');
    if (!good) {
        (void)putchar(' ');
        put_outcome(stdout, result, false);
    }
    if (nothing)
        (void)fputs(good ? " no output" : ", no output", stdout);
    (void)putchar('\n');
    put_bytes(stdout, &result->out);
}

static void print_stderr(const struct printing *printing)
{
    const struct exec_result *result = printing->result;
    (void)fflush(stdout); // a terminal gets both in their order
    if (!ran(result)) {
        (void)fputs(prefix, stderr);
        put_names(stderr, printing, (int)sizeof prefix);
        (void)fputs(": ", stderr);
        put_outcome(stderr, result, true);
        (void)fputc('\n', stderr);
    }
    if (result->err.kept.length > 0) {
        put_names(stderr, printing, 0);
        (void)fputs(", stderr:\n", stderr);
        put_bytes(stderr, &result->err);
    }
    tell_cut(printing, &result->out, "stdout");
    tell_cut(printing, &result->err, "stderr");
}

void cli_exec_output_print(const struct exec *exec, const struct bulk *items,
                           const struct exec_groups *groups, const struct fleet *fleet)
{
    struct printing printing = {.items = items, .fleet = fleet, .first = true};
    for (size_t g = 0; g < groups->count; g++) {
        printing.members = groups->order + groups->starts[g];
        printing.count = groups->starts[g + 1] - groups->starts[g];
        printing.result = &exec_results(exec)[printing.members[0]];
        print_stdout(&printing);
        print_stderr(&printing);
    }
}
