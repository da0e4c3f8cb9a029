// SPDX-License-Identifier: Apache-2.0
//
// commands: the one table of what an operator can do. Keymap, hint bar, help, palette, README and man page
// are made from it, so a key stands here and nowhere else. The handlers are in console/handlers.c.

#ifndef SBXDECK_VIEWS_COMMAND_COMMANDS_H
#define SBXDECK_VIEWS_COMMAND_COMMANDS_H

#include <stdbool.h>
#include <stddef.h>

// Where keys count: the name, the word for it in a command's name, and its title in the help. A view's scope
// is asked first, then GLOBAL. In a session only the prefix is ours; SESSION's keys follow it. ENDED is a
// session whose connection is over: it takes those keys and the prefix, and none of GLOBAL's.
#define SCOPE_TABLE(X)                                                                                       \
    X(GLOBAL, "", "Everywhere")                                                                              \
    X(DECK, "deck", "In the deck")                                                                           \
    X(BULK, "bulk", "In a bulk operation")                                                                   \
    X(OUTPUT, "output", "In a command's output")                                                             \
    X(HELP, "help", "In the help")                                                                           \
    X(SESSION, "session", "In a session, after")                                                             \
    X(ENDED, "session", "When a session has ended")                                                          \
    X(LOG, "log", "In the event log")                                                                        \
    X(MESSAGES, "messages", "In the messages")                                                               \
    X(FORWARDS, "forward", "In the list of forwarded ports")                                                 \
    X(COLUMNS, "column", "In the list of columns")                                                           \
    X(TIMELINE, "timeline", "In the timeline; the deck's keys for a credential work here too")               \
    X(WALL, "wall", "On the wall (sbxdeck --wall)")

enum scope {
#define X(name, word, title) SCOPE_##name,
    SCOPE_TABLE(X)
#undef X
        SCOPE_COUNT
};

// The scopes in which a command counts, as bits.
enum {
#define X(name, word, title) SCOPES_##name = 1 << SCOPE_##name,
    SCOPE_TABLE(X)
#undef X
    // What is done to the selected sandbox or credential: the timeline does it to what its cursor is on.
    SCOPES_ROWS = SCOPES_DECK | SCOPES_TIMELINE,
    SCOPES_CHART = SCOPES_TIMELINE | SCOPES_WALL,
    SCOPES_LISTS = SCOPES_DECK | SCOPES_TIMELINE | SCOPES_LOG | SCOPES_BULK | SCOPES_HELP | SCOPES_OUTPUT |
                   SCOPES_FORWARDS | SCOPES_MESSAGES | SCOPES_COLUMNS
};

// What is typed or asked now, where the keys are those of tui/'s widgets and no commands.
enum hint_layer {
    HINT_NONE,
    HINT_DIALOG,
    HINT_YES_NO,
    HINT_PROGRESS,
    HINT_FORM,
    HINT_PALETTE,
    HINT_FILTER,
    HINT_FILTER_CONNECT,
    HINT_FILTER_COMPLETE,
    HINT_FILTER_COMPLETE_CONNECT,
    HINT_LAYER_COUNT // nothing is
};

// id, name (as typed in the palette), scopes, keys (tui/term/keymap's names, apart by a blank; "" none), hint
// (one word for the hint bar, "" to stay out of it), help.
#define COMMAND_TABLE(X)                                                                                     \
    X(connect, "connect", ROWS, "Enter", "connect",                                                          \
      "Open a shell in the selected sandbox, or go back to its session")                                     \
    X(create, "credential new", ROWS, "n", "new", "Create a credential for the selected sandbox")            \
    X(validate, "credential validate", ROWS, "v", "validate",                                                \
      "Ask the server whether the credential is valid")                                                      \
    X(regenerate, "credential regenerate", ROWS, "r", "regen",                                               \
      "Replace the credential with a new one; the old one stops working")                                    \
    X(renew, "renewal sandbox", ROWS, "a", "", "Auto-renew the sandbox's credentials, or stop it")           \
    X(renew_credential, "renewal credential", ROWS, "", "",                                                  \
      "Auto-renew the selected credential, or stop it")                                                      \
    X(renew_fleet, "renewal fleet", DECK, "", "", "Auto-renew all credentials, or stop it")                  \
    X(delete, "credential delete", ROWS, "x", "delete", "Delete the credential")                             \
    X(forget, "credential forget", ROWS, "X", "",                                                            \
      "Remove the credential from this machine only; the server is not told")                                \
    X(import, "credential import", ROWS, "I", "",                                                            \
      "Import a credential made elsewhere: its id, expiry and password")                                     \
    X(reveal, "password reveal", ROWS, "p", "", "Show the password for ten seconds, or hide it again")       \
    X(copy_command, "command copy", ROWS, "y", "", "Copy the ssh command, or those of all marked")           \
    X(copy_password, "password copy", ROWS, "Y", "", "Copy the password to the clipboard")                   \
    X(copy_id, "id copy", ROWS, "i", "", "Copy the id of the selected sandbox, or of all marked")            \
    X(copy_credential_id, "credential id copy", ROWS, "", "", "Copy the id of the selected credential")      \
    X(name, "sandbox name", ROWS, ",", "", "Give the selected sandbox a name of your own")                   \
    X(note, "sandbox note", ROWS, "#", "", "Write a note on the selected sandbox")                           \
    X(pin, "sandbox pin", ROWS, "b", "", "Keep the sandbox at the top, or not any more")                     \
    X(alert_next, "alert next", ROWS, "!", "", "Select the next one that ends soon or has ended")            \
    X(alert_dismiss, "alert dismiss", ROWS, "A", "",                                                         \
      "Dismiss the selected credential's alert, or the first one")                                           \
    X(alert_dismiss_all, "alert dismiss all", DECK, "", "", "Dismiss all alerts")                            \
    X(filter, "filter", ROWS, "/", "filter",                                                                 \
      "Filter the rows by words and keys; !word excludes; Enter connects to a single match")                 \
    X(filters, "filters", ROWS, "@", "", "Choose a saved filter, or save the one that is set")               \
    X(filter_save, "filter save", ROWS, "", "", "Save the filter that is set under a name")                  \
    X(filter_forget, "filter forget", ROWS, "", "", "Forget a saved filter")                                 \
    X(details, "details", DECK, "d Tab", "details", "Show or hide the details of the selected sandbox")      \
    X(details_up, "details up", DECK, "K Shift-Up", "", "Scroll the details up")                             \
    X(details_down, "details down", DECK, "J Shift-Down", "", "Scroll the details down")                     \
    X(next_credential, "credential next", DECK, "]", "", "Select the next credential of the sandbox")        \
    X(previous_credential, "credential previous", DECK, "[", "",                                             \
      "Select the previous credential of the sandbox")                                                       \
    X(sort, "sort", DECK, "o", "", "Reverse the order, then sort by the next column: see the header")        \
    X(sort_before, "sort before", DECK, "<", "",                                                             \
      "Sort by the column on the left of the one that is sorted by")                                         \
    X(sort_behind, "sort behind", DECK, ">", "", "Sort by the column on its right")                          \
    X(sort_end, "sort end", DECK, "O", "", "Sort by what ends first; again reverses the order")              \
    X(sort_credential, "sort credential", DECK, "C", "",                                                     \
      "Sort by the credential's state; again reverses the order")                                            \
    X(sort_name, "sort name", DECK, "H", "", "Sort by name, or by id where none has one; again reverses it") \
    X(sort_state, "sort state", DECK, "U", "", "Sort by the sandbox's state; again reverses the order")      \
    X(sort_template, "sort template", DECK, "P", "", "Sort by the template; again reverses the order")       \
    X(sort_age, "sort age", DECK, "W", "", "Sort by age, the youngest first; again reverses the order")      \
    X(sort_timeout, "sort timeout", DECK, "", "", "Sort by the time-out; again reverses the order")          \
    X(sort_id, "sort id", DECK, "", "", "Sort by the sandbox's id; again reverses the order")                \
    X(sort_sessions, "sort sessions", DECK, "", "", "Sort by open sessions; again reverses the order")       \
    X(sort_since, "sort since", DECK, "", "", "Sort by the time in its state; again reverses the order")     \
    X(sort_created, "sort created", DECK, "", "", "Sort by when it was created; again reverses the order")   \
    X(sort_vcpu, "sort vcpu", DECK, "", "", "Sort by vCPUs; again reverses the order")                       \
    X(sort_memory, "sort memory", DECK, "", "", "Sort by memory; again reverses the order")                  \
    X(sort_disk, "sort disk", DECK, "", "", "Sort by disk; again reverses the order")                        \
    X(sort_network, "sort network", DECK, "", "", "Sort by the network mode; again reverses the order")      \
    X(sort_pod, "sort pod", DECK, "", "", "Sort by the pod; again reverses the order")                       \
    X(sort_note, "sort note", DECK, "", "", "Sort by the note; again reverses the order")                    \
    X(columns, "columns", DECK, ".", "", "Choose the columns and their order")                               \
    X(wide, "wide", DECK, "Ctrl-w", "", "Show more columns where there is room, or fewer again")             \
    X(groups, "groups", DECK, "u", "", "Group the rows by template, then by state, then not")                \
    X(group_template, "group template", DECK, "", "", "Group the rows by template")                          \
    X(group_state, "group state", DECK, "", "", "Group the rows by state")                                   \
    X(group_none, "group none", DECK, "", "", "Group the rows no more")                                      \
    X(fold, "fold", DECK, "z", "",                                                                           \
      "Fold or unfold the group; Enter on its header too, Space marks all of it")                            \
    X(fold_close, "fold close", DECK, "Left", "", "Fold the group")                                          \
    X(fold_open, "fold open", DECK, "Right", "", "Unfold the group")                                         \
    X(fold_all, "fold all", DECK, "", "", "Fold all groups, or unfold all")                                  \
    X(sessions, "sessions", ROWS, "w", "", "List the open sessions, to pick one")                            \
    X(session_back, "session back", ROWS, "Ctrl-]", "session",                                               \
      "Go back to the session that was in front before")                                                     \
    X(sandbox_new, "sandbox new", DECK, "N", "new sandbox", "Create a sandbox")                              \
    X(sandbox_start, "sandbox start", ROWS, "S", "start", "Start the sandbox, or wake it when it is paused") \
    X(sandbox_stop, "sandbox stop", ROWS, "T", "", "Stop the sandbox; its disk is kept")                     \
    X(sandbox_pause, "sandbox pause", ROWS, "Z", "", "Pause the sandbox; memory and disk are kept")          \
    X(sandbox_delete, "sandbox delete", ROWS, "D", "", "Delete the sandbox")                                 \
    X(forward_new, "forward new", ROWS, "F", "", "Forward a local port into the selected sandbox")           \
    X(mark, "mark", ROWS, "Space", "", "Mark or unmark the selected sandbox and go down")                    \
    X(mark_range, "mark range", DECK, "V", "", "Mark a range: move to its other end and press again")        \
    X(mark_shown, "mark all", ROWS, "*", "", "Mark or unmark all rows shown")                                \
    X(mark_expiring, "mark expiring", ROWS, "E", "",                                                         \
      "Mark or unmark all shown whose credential is expiring or expired")                                    \
    X(mark_invert, "mark invert", ROWS, "~", "", "Invert the marks of the rows shown")                       \
    X(mark_none, "mark none", ROWS, "", "", "Clear all marks")                                               \
    X(exec, "exec", ROWS, "$", "", "Run a command in all marked sandboxes, or in the selected one")          \
    X(bulk, "bulk", ROWS, "B", "", "Show the last bulk operation and the result of each")                    \
    X(revoke_all, "revoke all", DECK, "", "", "Delete every credential made here that may still work")       \
    X(up, "up", LISTS, "Up k", "", "Select the row above")                                                   \
    X(down, "down", LISTS, "Down j", "", "Select the row below")                                             \
    X(page_up, "page up", LISTS, "PageUp Ctrl-b", "", "Go up by a page")                                     \
    X(page_down, "page down", LISTS, "PageDown Ctrl-f", "", "Go down by a page")                             \
    X(first, "first", LISTS, "Home g", "", "Select the first row")                                           \
    X(last, "last", LISTS, "End G", "", "Select the last row")                                               \
    X(clear, "clear", DECK, "Esc", "clear", "Clear the marks, the filter, or close the details")             \
    X(quit, "quit", DECK, "q", "quit", "Quit; asks while sessions are open")                                 \
    X(timeline, "timeline", DECK, "t", "timeline", "Show the timeline: what ends when, as bars")             \
    X(zoom_in, "zoom in", CHART, "+ =", "zoom in", "Zoom in, to 5 minutes at most")                          \
    X(zoom_out, "zoom out", CHART, "-", "zoom out", "Zoom out, to 8 hours at most")                          \
    X(timeline_close, "timeline close", TIMELINE, "t q Esc", "deck", "Go back to the deck")                  \
    X(wall_quit, "wall quit", WALL, "q", "quit", "Quit")                                                     \
    X(palette, "palette", GLOBAL, ":", "commands", "Find a command by its name and run it")                  \
    X(jump, "jump", GLOBAL, "Ctrl-p", "",                                                                    \
      "Go to a sandbox, session, saved filter or command by a few of its letters")                           \
    X(help, "help", GLOBAL, "? F1", "help", "Show the keys")                                                 \
    X(answer, "answer", GLOBAL, "Q", "", "Answer the question on the last line")                             \
    X(refresh, "refresh", GLOBAL, "Ctrl-r", "ask again", "Refresh everything now")                           \
    X(redraw, "redraw", GLOBAL, "Ctrl-l", "", "Redraw the screen")                                           \
    X(settings_reload, "settings reload", GLOBAL, "", "", "Read the settings file again")                    \
    X(suspend, "suspend", GLOBAL, "Ctrl-z", "", "Suspend; fg in the shell comes back")                       \
    X(quit_now, "quit now", GLOBAL, "Ctrl-c", "", "Quit from anywhere; asks while sessions are open")        \
    X(messages, "messages", GLOBAL, "M", "", "Show or leave the messages that went by")                      \
    X(run_show, "run show", GLOBAL, "", "", "Show the output of your last own command again")                \
    X(profile, "profile", GLOBAL, "", "", "Change to another profile, with its own key, server and vault")   \
    X(log, "log", GLOBAL, "L", "", "Show or leave the event log")                                            \
    X(forwards, "forwards", GLOBAL, "f", "", "Show or leave the list of forwarded ports")                    \
    X(log_details, "log details", LOG, "Enter d", "details",                                                 \
      "Show or hide the details of the selected event")                                                      \
    X(log_filter, "log filter", LOG, "/", "filter",                                                          \
      "Show only events with these words; !word leaves out; Esc clears it")                                  \
    X(log_export, "log export", LOG, "e", "export", "Export the events shown as JSON")                       \
    X(log_back, "log back", LOG, "Esc", "", "Leave the details, clear the filter, or close the log")         \
    X(log_close, "log close", LOG, "q", "close", "Close the event log")                                      \
    X(messages_details, "messages details", MESSAGES, "Enter d", "whole",                                    \
      "Show the selected message whole, or the list again")                                                  \
    X(messages_filter, "messages filter", MESSAGES, "/", "filter",                                           \
      "Show only messages with these words; !word leaves out; Esc clears it")                                \
    X(messages_copy, "messages copy", MESSAGES, "y", "copy", "Copy the selected message")                    \
    X(messages_back, "messages back", MESSAGES, "Esc", "",                                                   \
      "Leave the whole message, clear the filter, or close the messages")                                    \
    X(messages_close, "messages close", MESSAGES, "q", "close", "Close the messages")                        \
    X(forward_connect, "forward connect", FORWARDS, "Enter", "connect",                                      \
      "Connect it now, or begin a stopped one again")                                                        \
    X(forward_copy, "forward copy", FORWARDS, "o", "copy URL", "Copy the URL that it is reached by")         \
    X(forward_stop, "forward stop", FORWARDS, "x", "stop", "Stop it; a stopped one leaves the list")         \
    X(forward_details, "forward details", FORWARDS, "d", "show",                                             \
      "Select the sandbox in the deck, where its details are")                                               \
    X(forward_back, "forward back", FORWARDS, "Esc", "", "Go back")                                          \
    X(forward_close, "forward close", FORWARDS, "q", "close", "Close the list; the forwards stay open")      \
    X(column_toggle, "column toggle", COLUMNS, "Space Enter", "show or hide",                                \
      "Show the selected column, or hide it")                                                                \
    X(column_up, "column up", COLUMNS, "K Shift-Up", "move up",                                              \
      "Move the selected column up: to the left in the deck")                                                \
    X(column_down, "column down", COLUMNS, "J Shift-Down", "move down",                                      \
      "Move it down: to the right in the deck")                                                              \
    X(column_sort, "column sort", COLUMNS, "s", "sort by it",                                                \
      "Sort the deck by it; again reverses the order")                                                       \
    X(column_reset, "column reset", COLUMNS, "r", "reset", "Show the columns that the settings have")        \
    X(column_close, "column close", COLUMNS, "Esc q .", "deck", "Go back to the deck")                       \
    X(bulk_again, "bulk again", BULK, "R", "again", "Retry those that failed or were not started")           \
    X(bulk_details, "bulk details", BULK, "Enter", "show",                                                   \
      "Select the sandbox in the deck, where its details are; of a command show its output")                 \
    X(bulk_mark, "bulk mark", BULK, "m", "mark failed",                                                      \
      "Mark just those that were not done, and go to the deck")                                              \
    X(bulk_cancel, "bulk cancel", BULK, "c", "cancel",                                                       \
      "Cancel the rest; of commands, again ends those that run")                                             \
    X(bulk_back, "bulk back", BULK, "Esc q B", "deck", "Go back to the deck; the operation continues")       \
    X(output_next, "output next", OUTPUT, "n", "next", "Show the next sandbox's output")                     \
    X(output_previous, "output previous", OUTPUT, "p", "previous", "Show the previous sandbox's output")     \
    X(output_close, "output close", OUTPUT, "Esc q Enter", "back", "Go back to the list")                    \
    X(help_close, "help close", HELP, "Esc q Enter", "close", "Clear the search, or close the help")         \
    X(help_page, "help page", HELP, "Space", "", "Scroll down by a page")                                    \
    X(help_search, "help search", HELP, "/", "search", "Find a key or a state by any word")                  \
    X(help_next, "help next", HELP, "n", "", "Go to the next match")                                         \
    X(help_previous, "help previous", HELP, "N", "", "Go to the previous match")                             \
    X(help_all, "help all", HELP, "a", "all keys", "Show the keys of all views, or of this view")            \
    X(session_deck, "session deck", SESSION, "d", "deck", "Go to the deck; the session stays alive")         \
    X(session_close, "session close", SESSION, "x", "close", "Close the session")                            \
    X(session_prefix, "session prefix", SESSION, "Ctrl-]", "send it",                                        \
      "Send the prefix itself to the program")                                                               \
    X(session_new, "session new", SESSION, "c", "new", "Open another session to the same sandbox")           \
    X(session_next, "session next", SESSION, "n", "next", "Go to the next session")                          \
    X(session_previous, "session previous", SESSION, "p", "", "Go to the previous session")                  \
    X(session_last, "session last", SESSION, "l", "", "Go to the session that was in front before")          \
    X(session_number, "session number", SESSION, "0 1 2 3 4 5 6 7 8 9", "",                                  \
      "Go to the session of that number")                                                                    \
    X(session_list, "session list", SESSION, "w", "list", "List the sessions, to pick one")                  \
    X(session_rename, "session rename", SESSION, ",", "", "Give the session a name")                         \
    X(session_above, "session above", SESSION, "-", "", "Show or hide the deck above the session")           \
    X(session_beside, "session beside", SESSION, "|", "",                                                    \
      "Split the screen with the previous session, or end the split")                                        \
    X(session_zoom, "session zoom", SESSION, "z", "", "Zoom the focused half, or show both again")           \
    X(session_other, "session other", SESSION, "o Up Down Left Right", "", "Go to the other half")           \
    X(session_sync, "session sync", SESSION, "s", "",                                                        \
      "Add this session to synchronized typing, or remove it")                                               \
    X(session_sync_all, "session sync all", SESSION, "S", "",                                                \
      "Synchronize typing in all sessions, or stop it")                                                      \
    X(session_palette, "session palette", SESSION, ":", "", "Find a command by its name and run it")         \
    X(session_jump, "session jump", SESSION, "Ctrl-p", "",                                                   \
      "Go to a sandbox, session, saved filter or command by a few of its letters")                           \
    X(session_scroll, "session scroll", SESSION, "[", "scroll",                                              \
      "Copy mode: scroll, search, select and copy with vi's keys; q leaves")                                 \
    X(session_copy_id, "session id copy", SESSION, "i", "", "Copy the id of the session's sandbox")          \
    X(session_copy_command, "session command copy", SESSION, "y", "", "Copy the ssh command of the session") \
    X(session_record, "session record", SESSION, "R", "",                                                    \
      "Record the session's output to a file, or stop; sbxdeck play shows it")                               \
    X(session_regenerate, "session regenerate", SESSION, "r", "regen",                                       \
      "Replace the session's credential with a new one")                                                     \
    X(session_forget_host, "session forget host", SESSION, "F", "",                                          \
      "Forget the changed host key, so that the next connect accepts the new one")                           \
    X(session_answer, "session answer", SESSION, "Q", "", "Answer the question on the session's line")       \
    X(session_messages, "session messages", SESSION, "~", "", "Show the messages that went by")              \
    X(session_help, "session help", SESSION, "?", "help", "Show the keys")                                   \
    X(session_again, "session again", ENDED, "Enter", "reconnect", "Connect again")                          \
    X(session_leave, "session leave", ENDED, "Esc", "close", "Close the ended session and go to the deck")

// Where a command of several scopes says something else than in the table: id, scope, hint, help.
#define COMMAND_VARIANTS(X)                                                                                  \
    X(up, TIMELINE, "", "Select the credential above, the sooner end")                                       \
    X(down, TIMELINE, "", "Select the credential below")                                                     \
    X(first, TIMELINE, "", "Select the soonest end")                                                         \
    X(up, LOG, "", "Select the newer event")                                                                 \
    X(down, LOG, "", "Select the older event")                                                               \
    X(first, LOG, "", "Select the newest event and follow new ones")                                         \
    X(last, LOG, "", "Select the oldest event")                                                              \
    X(up, MESSAGES, "", "Select the newer message")                                                          \
    X(down, MESSAGES, "", "Select the older message")                                                        \
    X(first, MESSAGES, "", "Select the newest message")                                                      \
    X(last, MESSAGES, "", "Select the oldest message")                                                       \
    X(up, OUTPUT, "", "Scroll up")                                                                           \
    X(down, OUTPUT, "scroll", "Scroll down")                                                                 \
    X(page_up, OUTPUT, "", "Scroll up by a page")                                                            \
    X(page_down, OUTPUT, "", "Scroll down by a page")                                                        \
    X(first, OUTPUT, "", "Go to the top")                                                                    \
    X(last, OUTPUT, "", "Go to the end")                                                                     \
    X(up, HELP, "", "Scroll up")                                                                             \
    X(down, HELP, "scroll", "Scroll down")                                                                   \
    X(page_up, HELP, "", "Scroll up by a page")                                                              \
    X(page_down, HELP, "", "Scroll down by a page")                                                          \
    X(first, HELP, "", "Go to the top")                                                                      \
    X(last, HELP, "", "Go to the end")

// What else an operator may type in the palette to find a command: other programs' words for it. A word may
// stand at several commands only where their names end alike ("credential delete", "sandbox delete").
#define COMMAND_ALIASES(X)                                                                                   \
    X(connect, "ssh shell open login attach enter")                                                          \
    X(create, "create make add")                                                                             \
    X(sandbox_new, "create make add launch")                                                                 \
    X(validate, "check verify test")                                                                         \
    X(regenerate, "renew rotate replace reissue")                                                            \
    X(renew, "auto-renew automatic")                                                                         \
    X(renew_credential, "auto-renew automatic")                                                              \
    X(renew_fleet, "auto-renew automatic everything")                                                        \
    X(delete, "rm remove del revoke")                                                                        \
    X(sandbox_delete, "rm remove del destroy terminate")                                                     \
    X(forget, "drop unlink")                                                                                 \
    X(reveal, "display unmask")                                                                              \
    X(copy_command, "yank clipboard")                                                                        \
    X(copy_id, "yank clipboard")                                                                             \
    X(copy_password, "yank clipboard")                                                                       \
    X(alert_dismiss, "acknowledge ack")                                                                      \
    X(filter, "find search grep")                                                                            \
    X(jump, "goto fuzzy")                                                                                    \
    X(details, "describe info inspect")                                                                      \
    X(sort, "order")                                                                                         \
    X(columns, "fields choose")                                                                              \
    X(groups, "tree")                                                                                        \
    X(fold, "collapse expand")                                                                               \
    X(sessions, "windows tabs ls")                                                                           \
    X(sandbox_start, "run boot wake resume unpause")                                                         \
    X(sandbox_stop, "halt shutdown poweroff")                                                                \
    X(sandbox_pause, "sleep freeze hibernate")                                                               \
    X(forward_new, "port expose")                                                                            \
    X(forwards, "ports tunnels")                                                                             \
    X(name, "rename label alias title")                                                                      \
    X(note, "comment remark")                                                                                \
    X(pin, "bookmark favourite star unpin")                                                                  \
    X(mark, "tag")                                                                                           \
    X(mark_shown, "select")                                                                                  \
    X(mark_expiring, "soon ending")                                                                          \
    X(mark_invert, "toggle")                                                                                 \
    X(bulk_mark, "failures")                                                                                 \
    X(mark_none, "unmark deselect")                                                                          \
    X(exec, "pssh clush parallel each")                                                                      \
    X(bulk, "progress batch")                                                                                \
    X(revoke_all, "panic")                                                                                   \
    X(timeline, "gantt bars schedule")                                                                       \
    X(help, "keys shortcuts man legend")                                                                     \
    X(refresh, "reload update")                                                                              \
    X(redraw, "repaint")                                                                                     \
    X(settings_reload, "config")                                                                             \
    X(suspend, "background bg")                                                                              \
    X(quit, "exit bye")                                                                                      \
    X(messages, "notices errors warnings toasts")                                                            \
    X(profile, "context use account")                                                                        \
    X(log, "history events audit journal")                                                                   \
    X(log_export, "save json")                                                                               \
    X(bulk_again, "retry")                                                                                   \
    X(session_deck, "detach")                                                                                \
    X(session_close, "disconnect kill")                                                                      \
    X(session_new, "window tab another")                                                                     \
    X(session_list, "windows tabs ls")                                                                       \
    X(session_rename, "title")                                                                               \
    X(session_above, "split")                                                                                \
    X(session_beside, "vsplit vertical")                                                                     \
    X(session_zoom, "maximize fullscreen")                                                                   \
    X(session_sync, "broadcast synchronize")                                                                 \
    X(session_sync_all, "broadcast synchronize")                                                             \
    X(session_scroll, "copy scrollback")                                                                     \
    X(session_record, "asciinema cast")                                                                      \
    X(session_regenerate, "renew rotate replace reissue")                                                    \
    X(session_again, "reconnect")

// Where the help begins a new group of commands, in the order of the table.
#define COMMAND_GROUPS(X)                                                                                    \
    X(connect, "Connect, and credentials")                                                                   \
    X(reveal, "Passwords, and copying")                                                                      \
    X(name, "Names of your own")                                                                             \
    X(alert_next, "Alerts")                                                                                  \
    X(filter, "Find, and look")                                                                              \
    X(sort, "Order, columns and groups")                                                                     \
    X(sandbox_new, "Sandboxes")                                                                              \
    X(mark, "Several at once")                                                                               \
    X(up, "Move")                                                                                            \
    X(clear, "Leave")                                                                                        \
    X(session_deck, "Sessions")                                                                              \
    X(session_above, "Split the screen")                                                                     \
    X(session_sync, "Type into several")                                                                     \
    X(session_palette, "This session")

enum command {
#define X(id, name, scopes, keys, hint, help) COMMAND_##id,
    COMMAND_TABLE(X)
#undef X
        COMMAND_COUNT,
    COMMAND_NONE = -1
};

struct command_entry {
    const char *id;
    const char *name;
    unsigned scopes;
    const char *keys;
    const char *hint;
    const char *help;
};
extern const struct command_entry command_table[COMMAND_COUNT];

const char *scope_title(enum scope scope); // with the prefix that is set; static, until keys are set
const char *scope_word(enum scope scope);  // "log", as in "log close"
bool command_counts(enum command command, enum scope scope);
// It counts there, and is the deck's: the timeline has it from there.
bool command_is_borrowed(enum command command, enum scope scope);

// What it does there, and its word for the hint bar ("" none).
const char *command_help(enum command command, enum scope scope);
const char *command_hint(enum command command, enum scope scope);

// Other words for it, apart by a blank; "" none.
const char *command_aliases(enum command command);

// The title of the group that it begins in the help of the scope; NULL: it begins none.
const char *command_group(enum command command, enum scope scope);

// Keys as they are set now: the table's, unless the operator has chosen others (see key_settings.h).
enum { COMMAND_KEYS_CAP = 512 };                     // of all keys of a command
const char *command_key_names(enum command command); // keymap's names, "" none
bool command_has_key(enum command command);
// Names that keymap_parse_list takes; copied. NULL: the table's again.
void command_set_keys(enum command command, const char *names);
// Both have keys in one place: a key may be one's only.
bool command_meets(enum command command, enum command other);

// The first key of a command as it is shown to the operator ("Ctrl-R"); its name in back quotes, as it is
// typed in the palette, where it has none. Static text, until keys are set.
const char *command_key(enum command command);
// All its keys, apart by a blank, as shown. Returns out.
char *command_keys(enum command command, char *out, size_t cap);

#endif
