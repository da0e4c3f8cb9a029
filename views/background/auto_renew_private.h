// SPDX-License-Identifier: Apache-2.0
//
// auto_renew_private: What deciding on renewals and storing their settings share.

#ifndef SBXDECK_VIEWS_BACKGROUND_AUTO_RENEW_PRIVATE_H
#define SBXDECK_VIEWS_BACKGROUND_AUTO_RENEW_PRIVATE_H

#include "views/app/questions.h"
#include "views/background/auto_renew.h"

struct auto_renew {
    struct app *app;
    struct app_watch watch;
    uv_timer_t *timer;
    struct renewal *renewal;
    struct renewing *calls; // under way
    struct flags_job *job;  // under way; NULL none
    struct flags_job *next_job;
    int64_t read_at; // monotonic
    bool held;       // the message that the file can't be read was shown
};

// A renewal from the question to its outcome.
struct renewing {
    struct auto_renew *owner; // NULL: it has gone
    struct app *app;
    struct renewing *next;
    struct renewal_due due;
    struct question question; // before it
    bool asked;               // it waits for an answer, in the line or in the dialog
};

// One reading or change of the file.
struct flags_job {
    uv_work_t work;
    struct auto_renew *owner; // NULL: it has gone
    struct flags_job *next;
    char folder[PATH_CAP];
    bool writes;
    struct renewal_change change;
    struct renewal_flags *flags;
    struct failure why;
    char done[2 * ID_CAP + 128]; // shown when it is on disk; "" nothing
};

// One more reading or change of the file, to be filled in and begun by auto_renew_start_job.
struct flags_job *auto_renew_add_job(struct auto_renew *auto_renew, bool writes);
void auto_renew_start_job(struct auto_renew *auto_renew);             // unless one is under way
void auto_renew_look(struct auto_renew *auto_renew);                  // renews what is due
void auto_renew_wake(struct auto_renew *auto_renew, int64_t wait_ms); // looks again then

#endif
