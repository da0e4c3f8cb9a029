// SPDX-License-Identifier: Apache-2.0
//
// session_private: The session's state, and what its files share.

#ifndef SBXDECK_VIEWS_SESSION_SESSION_PRIVATE_H
#define SBXDECK_VIEWS_SESSION_SESSION_PRIVATE_H

#include "api/base/bytebuf.h"
#include "tui/pane/vt_pane.h"
#include "tui/vt/vt_keys.h"
#include "tui/vt/vt_screen.h"
#include "views/app/questions.h"
#include "views/command/prefix.h"
#include "views/session/remote_env.h"
#include "views/session/session.h"
#include "views/session/session_commands.h"
#include "views/session/session_messages.h"
#include "views/session/session_status.h"

enum {
    SESSION_NOTICE_CAP = 160,
    SESSION_NOTICE_MS = 3000,
    SESSION_PASTE_MAX = 512 * 1024,        // bytes of a paste that is looked at as a whole before it is sent
    SESSION_UNREAD_MAX = 64 * 1024 * 1024, // windows enough: no more is on its way when a channel is held
    SESSION_BELL_MS = 100,                 // bells within this are one
    SESSION_NAME_CAP = 64,
    SESSION_SILENCE_MS = 30000 // without output after some: whatever ran has likely ended
};

struct session {
    struct view view; // first
    struct app *app;
    struct session *next;                                    // in the list of all, by their numbers
    void (*close)(struct app *app, struct session *session); // session_close, for the files below it
    uint64_t serial; // never used twice: what waits for an answer keeps this, not a pointer
    char sandbox_id[ID_CAP];
    struct credential credential; // as it was when the session was opened
    enum credential_state told;   // the state that was shown last
    bool ending;                  // as last seen a call from here was ending it
    struct ssh_target target;
    void (*no_channel)(struct app *app, struct session *session); // see session_open_on; NULL: has no meaning
    struct ssh_session *ssh; // NULL before the password is there and after the end
    struct vt *vt;
    uv_timer_t *state_timer; // to the next change of the credential's state
    struct app_watch watch;

    enum ssh_stage stage;
    struct host_key_report new_key; // one that is kept now; host "" none
    char *banner;                   // the server's text before sign-in, clean lines; NULL none
    bool opened;                    // there was a shell
    int64_t begun_at, opened_at;    // monotonic ms; opened_at 0 before
    bool ended;
    bool seen; // shown since it ended

    int number;                  // its key among the tabs
    char name[SESSION_NAME_CAP]; // given by the operator, "" none
    uint64_t shown_order;        // the higher, the later it was in front
    bool activity;               // output came while it was not shown
    int64_t output_at;           // monotonic ms of the last output
    bool synced;                 // typed into together with the others that are

    struct ssh_end end;
    char finding[SESSION_REASON_CAP]; // what was found out about the end, "" nothing
    bool found_state;                 // it is the state of the sandbox, and follows it

    struct prefix prefix;
    char notice[SESSION_NOTICE_CAP]; // in the status line until notice_until (monotonic ms)
    int64_t notice_until;
    struct vt_paste paste;
    bool pasting;    // between the brackets
    bool paste_kept; // it is collected, to be looked at as a whole
    struct bytebuf paste_text;
    char *ahead; // typed while connecting; NULL nothing
    size_t ahead_length;

    struct bytebuf unread;    // output that the terminal has no time for yet
    uv_timer_t *unread_timer; // NULL: never needed
    // The connection has ended: what to do once the terminal has all its output. NULL: it has not.
    void (*output_over)(struct session *session);

    uint64_t bells;              // rung up to here
    int64_t bell_at;             // monotonic ms of the last one passed on
    bool bell_told;              // in the background: once until it is shown
    int64_t held_since;          // monotonic ms since when the program holds drawing back; 0 it does not
    struct recording *recording; // NULL: none
    struct copy_mode *copy;      // looking back; NULL: not
    bool copy_was_drawn;         // marks of it are still on the screen
    char *clipboard;             // of the program, waits for an answer; NULL none
    size_t clipboard_length;
    bool clipboard_allowed, clipboard_refused;
    struct question clipboard_question;

    bool panel_was_drawn;         // over the terminal in the last frame
    uint64_t status_drawn;        // digest of the status line on the screen, where it was drawn last
    int y, x, rows, cols;         // where it was drawn last, with its status line; rows 0: not yet
    struct vt_pane_cursor cursor; // of the last picture drawn
};

// The bar, and the list of all sessions. A number of two digits is typed digit by digit.
struct session_tabs {
    struct view view; // first
    struct app *app;
    struct session *first; // by their numbers
    size_t count;
    int number;           // the first digits, until number_until
    int64_t number_until; // monotonic ms; 0: none were typed
};

// session_ssh.c
// password: NULL on the connection of another. environment must last as long as what is returned.
struct ssh_session_options session_ssh_options(const struct session *session, const struct secret *password,
                                               struct remote_env *environment);
// Has the next shell's channel opened ahead on its connection.
void session_prepare_next(const struct session *session);

// session_list.c
struct session_tabs *session_tabs_of(const struct app *app);
void session_list_add(struct app *app, struct session *session); // by the number it gets
void session_list_remove(struct app *app, const struct session *session);
void session_seen(struct session *session);                                    // it has come to the front
void session_write(struct session *session, const void *bytes, size_t length); // to the program, when open
// The size of the terminal for a screen of that many rows: all but the status line.
int session_vt_rows(int rows);
bool session_is_shown(const struct session *session);

// A session that something waits for, which may be closed before that comes.
struct session_ref {
    struct app *app;
    uint64_t serial;
};
struct session_ref *session_ref_new(const struct session *session);
// Frees it. NULL: the session is gone, or the app quits.
struct session *session_ref_take(struct session_ref *ref);

// session_output.c
void session_output(void *ctx, const char *bytes, size_t length, bool is_stderr); // ctx: the session
// Nothing more comes: calls over, now or when the terminal has taken what waits.
void session_output_end(struct session *session, void (*over)(struct session *session));
void session_output_drop(struct session *session);

// session_tabs.c
void session_tabs_output(struct session *session); // something came

// session_copy.c
bool session_copy_input(struct session *session, const struct input_event *event); // true: taken
void session_copy_end(struct session *session); // back to the program; fine when it is not looked back
bool session_copy_is_working(const struct session *session);                    // a search goes on
void session_copy_work(struct session *session);                                // the next slice of it
bool session_copy_draw_status(struct session *session, int y, int x, int cols); // true: the cursor is there
void session_clipboard_output(struct session *session); // what the program wrote may hold a text for it
void session_clipboard_drop(struct session *session);

// session_record.c
bool session_is_recorded(const struct session *session);
void session_record_output(struct session *session, const void *bytes, size_t length);
void session_record_resize(const struct session *session);
void session_record_end(struct session *session); // fine without one

// session_sync.c
size_t session_sync_count(const struct app *app); // open sessions that are typed into together
// What is typed into the one goes to the other, or they are the same.
bool session_is_typed_with(const struct session *session, const struct session *other);

// expiry_notice.c: what becomes of the credential while the session is open.
void expiry_notice_begin(struct session *session);
void expiry_notice_end(struct session *session);

// session_banner.c: the server's text before sign-in, shown in the panel, and in the terminal above the
// shell.
void session_banner_keep(struct session *session, const char *text, size_t length);
void session_banner_to_terminal(const struct session *session);
void session_banner_drop(struct session *session);

// session_typeahead.c: what is typed while it connects is kept for its shell.
void session_typeahead_paste(struct session *session, const char *bytes,
                             size_t length);          // only if of one line
void session_typeahead_send(struct session *session); // the shell is there
void session_typeahead_drop(struct session *session);

// session_network.c: it runs over an address that this machine has no more.
bool session_network_is_lost(const struct session *session);

// session_cause.c: why it has ended goes into its finding, now and when the server has answered.
void session_cause_find(struct session *session);

// session_view.c
extern const struct view_methods session_methods;

// session_panel.c: progress, and what ended before there was a shell, in a box in the middle of the
// terminal; what ended later in lines below it.
void session_panel_draw(const struct session *session, int y, int x, int rows, int cols);
int session_band_rows(const struct session *session, int rows, int cols); // lines it takes; 0 none
void session_band_draw(const struct session *session, int y, int x, int rows, int cols);

// session_input.c
bool session_input(struct view *view, const struct input_event *event);
void session_paste_drop(struct session *session); // what was collected of a paste is wiped

#endif
