// SPDX-License-Identifier: Apache-2.0
//
// run_private: What the files of run share: one run, its child, its terminal and its view.

#ifndef SBXDECK_VIEWS_RUN_RUN_PRIVATE_H
#define SBXDECK_VIEWS_RUN_RUN_PRIVATE_H

#include "tui/vt/vt_keys.h"
#include "tui/vt/vt_screen.h"
#include "views/app/app.h"
#include "views/command/prefix.h"
#include "views/run/run.h"
#include "views/run/run_child.h"
#include "views/run/run_env.h"

struct run {
    struct view view; // first
    struct app *app;
    struct run *next;
    char name[OWN_NAME_CAP];
    struct run_child *child; // NULL: it has ended
    struct vt *vt;
    struct prefix prefix;
    struct vt_paste paste;
    bool background; // it was not asked to be shown
    int64_t code;
    int signal;
    int y, x;
    int scrolled; // lines up in what it wrote, after its end
};

struct runs {
    struct run *list; // the newest first
};

extern const struct view_methods run_methods;
void run_show_view(struct run *run);
void run_leave(struct run *run);

// The facts of what the command is for. False: there is nothing that it could be for, which has been said.
bool run_facts(struct app *app, const struct own_command *command, struct run_env *env, size_t *sandboxes);

#endif
