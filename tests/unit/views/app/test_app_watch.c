// SPDX-License-Identifier: Apache-2.0
//
// Those who wait for a change of the fleet: any of them may take itself or another one out while all are
// called.

#include "tui/base/xalloc.h"
#include "views/app/app_private.h"

#include <criterion/criterion.h>
#include <stdlib.h>

enum { WATCHES = 4 };

static struct app app;
static struct app_private own;

struct one {
    struct app_watch watch;
    int told;
    int removes; // the number of the one that this one takes out and frees; -1 none
};

static struct one *all[WATCHES];

static void on_changed(void *ctx)
{
    struct one *one = ctx;
    int removes = one->removes;
    one->told++;
    one->removes = -1;
    if (removes < 0)
        return;
    app_watch_remove(&app, &all[removes]->watch);
    free(all[removes]);
    all[removes] = NULL;
}

Test(app_watch, any_may_be_taken_out_and_freed_while_all_are_told)
{
    app.internals = &own;
    for (int remover = 0; remover < WATCHES; remover++) {
        for (int removed = 0; removed < WATCHES; removed++) {
            for (int i = 0; i < WATCHES; i++) {
                all[i] = xcalloc(1, sizeof *all[i]);
                all[i]->watch = (struct app_watch){.changed = on_changed, .ctx = all[i]};
                all[i]->removes = i == remover ? removed : -1;
                app_watch_add(&app, &all[i]->watch);
            }
            app_watch_notify(&app);
            app_watch_notify(&app);
            for (int i = 0; i < WATCHES; i++) {
                cr_expect_eq(all[i] == NULL, i == removed);
                cr_expect(all[i] == NULL || all[i]->told == 2, "%d by %d", removed, remover);
                if (all[i] != NULL)
                    app_watch_remove(&app, &all[i]->watch);
                free(all[i]);
            }
            cr_expect_null(own.watches);
        }
    }
}
