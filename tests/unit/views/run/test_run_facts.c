// SPDX-License-Identifier: Apache-2.0
//
// run_facts: the marked ones are told by their ids, and an id that is none is told to no command.

#include "tests/unit/views/app_fixture.h"
#include "tests/unit/views/paper.h"
#include "views/deck/deck_view.h"
#include "views/deck/id_set.h"
#include "views/run/run_private.h"

#include <criterion/criterion.h>
#include <string.h>

static struct deadline_scope no_ends(const struct app *app)
{
    (void)app;
    return (struct deadline_scope){0};
}

static const struct deck_facts facts = {.ends = no_ends};

static const char *value(char **list, const char *name)
{
    size_t length = strlen(name);
    for (; *list != NULL; list++)
        if (strncmp(*list, name, length) == 0 && (*list)[length] == '=')
            return *list + length + 1;
    return NULL;
}

Test(run_facts, an_id_that_is_none_is_not_among_the_marked)
{
    const struct own_command command = {.name = "x", .scope = OWN_DECK};
    struct sandbox sandboxes[] = {paper_sandbox("sbx-1", SANDBOX_running),
                                  paper_sandbox("$(reboot)*", SANDBOX_running),
                                  paper_sandbox("sbx-2", SANDBOX_running)};
    sandboxes[1].id_malformed = true;
    struct id_set marks = {0};
    size_t count = 0;
    app_fixture_begin();
    struct view *deck = app_fixture.deck = app_fixture.top = deck_view_new(&app_fixture, &facts);
    app_fixture_list(sandboxes, 3);
    deck_view_changed(deck);
    for (size_t i = 0; i < 3; i++)
        id_set_set(&marks, sandboxes[i].id, true);
    deck_view_mark_only(deck, &marks);
    struct run_env *env = run_env_new();
    cr_assert(run_facts(&app_fixture, &command, env, &count));
    cr_expect_str_eq(value(run_env_list(env), "SBXDECK_SANDBOXES"), "sbx-1 sbx-2");
    cr_expect_eq(count, 2);
    run_env_free(env);
    deck->methods->free(deck);
    app_fixture_end();
}
