// SPDX-License-Identifier: Apache-2.0
//
// Finding what one wants: the filter, the palette, the help, the hints, forms and questions, in the real
// console.

#include "tests/e2e/world.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct console *begin(struct world *world, const char *const options[], int rows, int cols)
{
    char sandbox[64];
    world_begin(world, options);
    world_first_sandbox(world, sandbox, sizeof sandbox);
    return world_console(world, rows, cols, "SANDBOX");
}

static void end(struct world *world, struct console *console)
{
    world_quit(console);
    world_end(world);
}

// --- the filter ---------------------------------------------------------------------------

// Whether a filter of that text shows one of them only.
static bool is_of_one(const cJSON *list, const char *text)
{
    const cJSON *sandbox = NULL;
    size_t count = 0;
    cJSON_ArrayForEach(sandbox, list) count += strcasestr(json_text(sandbox, "id"), text) != NULL ||
                                               strcasestr(json_text(sandbox, "template_id"), text) != NULL;
    return count == 1;
}

// Three letters that one of the sandboxes alone has, and its id.
static void three_letters(struct world *world, char letters[4], char *id, size_t cap)
{
    cJSON *list = world_json(world, 0, "ls", "--json", NULL);
    const cJSON *sandbox = NULL;
    letters[0] = id[0] = '\0';
    cJSON_ArrayForEach(sandbox, list)
    {
        const char *name = json_text(sandbox, "id");
        for (size_t i = strlen("sbx-"); name[i + 2] != '\0' && id[0] == '\0'; i++) {
            (void)snprintf(letters, 4, "%.3s", name + i);
            if (is_of_one(list, letters))
                (void)snprintf(id, cap, "%s", name);
        }
    }
    cJSON_Delete(list);
    cr_assert_neq(id[0], '\0', "every three letters are of several");
}

Test(find, one_of_500_is_connected_to_by_five_keys)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "500", NULL};
    struct world world;
    char letters[4], id[64], keys[8], host[96];
    struct console *console = begin(&world, options, 24, 80);
    three_letters(&world, letters, id, sizeof id);
    console_wait(console, "500 sandboxes");
    (void)snprintf(keys, sizeof keys, "/%s" KEY_ENTER, letters);
    cr_assert_eq(strlen(keys), 5);
    console_type(console, keys);
    console_wait_match(console, "[$#] *$");
    (void)snprintf(host, sizeof host, "on-%s", id);
    console_run(console, "echo on-$HOSTNAME", host);
    console_type(console, KEY_PREFIX "x");
    console_wait(console, "1 of 500");
    console_type(console, KEY_ESC);
    console_wait_gone(console, "1 of 500");
    end(&world, console);
}

Test(find, enter_keeps_a_filter_that_shows_several_until_one_is_chosen)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "6", NULL};
    struct world world;
    struct console *console = begin(&world, options, 24, 80);
    console_type(console, "/sbx");
    console_wait(console, "Enter keep");
    console_wait(console, "6 of 6");
    console_type(console, KEY_ENTER);
    console_wait_gone(console, "Enter keep");
    console_wait(console, "6 of 6");
    console_type(console, "/" KEY_DOWN);
    console_wait(console, "Enter connect");
    console_type(console, "-nowhere"); // what was chosen is not what is shown any more
    console_wait(console, "None of 6 matches 'sbx-nowhere'");
    console_wait(console, "Esc clears the filter");
    console_wait_gone(console, "Enter connect");
    console_type(console, KEY_CTRL_U "run !nothing" KEY_DOWN KEY_ENTER);
    console_wait_match(console, "[$#] *$");
    console_type(console, KEY_PREFIX "x");
    console_wait(console, "6 of 6");
    end(&world, console);
}

Test(find, with_marks_enter_keeps_the_filter)
{
    const char *const options[] = {"--fleet", "plain", "--sandboxes", "3", NULL};
    struct world world;
    char letters[4], id[64];
    struct console *console = begin(&world, options, 24, 80);
    three_letters(&world, letters, id, sizeof id);
    console_type(console, " /");
    console_type(console, letters);
    console_wait(console, "Enter keep");
    console_wait(console, "1 of 3");
    console_type(console, KEY_ENTER);
    console_wait(console, "1 marked");
    console_wait(console, "1 of 3");
    end(&world, console);
}
