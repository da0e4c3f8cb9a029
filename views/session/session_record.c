// SPDX-License-Identifier: Apache-2.0
//
// session_record: Record a session: the screen as text at the beginning, then the program's output and the
// sizes. Input is not recorded: a password is in it only when the program has shown it.

#include "tui/base/xalloc.h"
#include "views/session/recording.h"
#include "views/session/session_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROW_CAP = 4 * VT_COLS_MAX };

static void record_screen(struct session *session)
{
    char *row = xmalloc(ROW_CAP);
    char place[32];
    struct vt_cursor cursor = vt_cursor(session->vt);
    int last = vt_rows(session->vt);
    while (last > 0 && vt_row_text(session->vt, last - 1, row, ROW_CAP) == 0)
        last--;
    recording_output(session->recording, "\033[H\033[2J", 7);
    for (int y = 0; y < last; y++) {
        size_t length = vt_row_text(session->vt, y, row, ROW_CAP);
        recording_output(session->recording, row, length);
        if (y + 1 < last)
            recording_output(session->recording, "\r\n", 2);
    }
    (void)snprintf(place, sizeof place, "\033[%d;%dH", cursor.y + 1, cursor.x + 1);
    recording_output(session->recording, place, strlen(place));
    free(row);
}

bool session_is_recorded(const struct session *session)
{
    return session->recording != NULL && !recording_is_over(session->recording);
}

void session_record_output(struct session *session, const void *bytes, size_t length)
{
    if (session->recording == NULL)
        return;
    if (recording_is_over(session->recording))
        session_record_end(session);
    else
        recording_output(session->recording, bytes, length);
}

void session_record_resize(const struct session *session)
{
    if (session->recording != NULL)
        recording_resize(session->recording, vt_rows(session->vt), vt_cols(session->vt));
}

void session_record_end(struct session *session)
{
    recording_end(session->recording);
    session->recording = NULL;
}

enum change session_record(struct app *app, int argument)
{
    struct session *session = session_on_top(app);
    struct cast_header header = {.timestamp = (int64_t)time(NULL), .term = "xterm-256color"};
    (void)argument;
    if (session == NULL || !session->opened)
        return CHANGED_NOTHING;
    bool was_recorded = session_is_recorded(session);
    session_record_end(session);
    if (was_recorded) {
        return CHANGED_ALL;
    }
    header.width = vt_cols(session->vt);
    header.height = vt_rows(session->vt);
    (void)snprintf(header.title, sizeof header.title, "%s", session->sandbox_id);
    session->recording = recording_begin(app, session->sandbox_id, &header);
    record_screen(session);
    session_notice(session, "recording (%s %s stops it)", command_key(COMMAND_session_prefix),
                   command_key(COMMAND_session_record));
    return CHANGED_ALL;
}
