// SPDX-License-Identifier: Apache-2.0
//
// manual: the chapters and lists of the manual that no other table holds, as text. Keys are named by their
// commands, since the operator may have set others.

#include "views/cli/manual.h"

// clang-format off
const struct manual_chapter manual_chapters[] = {
{"sessions", "Sessions", "Tabs, halves, copy mode, recordings, questions",
 "Several sessions run side by side, also several in one sandbox: as tabs with numbers, names and marks for "
 "output, bell and silence; as two halves of the screen ({session beside}); or below the deck ({session above}). "
 "{session scroll} is copy mode, with vi's keys: scroll, search, select and copy. The text is copied by OSC 52; "
 "inside tmux it goes through tmux itself, whatever its set-clipboard. Typing can go to several sessions at "
 "once ({session sync}), each clearly marked. {session record} records a session as an asciicast; sbxdeck play "
 "plays it.\n\n"
 "The terminal emulator behaves as xterm does at VT level 4. Not supported on purpose: moving or resizing your "
 "window, and reading back titles or the clipboard. Underline styles, overline, links, 24-bit colours and exact "
 "keys (Ctrl-Enter, Shift-Enter) are passed on where your terminal knows them.\n\n"
 "An ended session keeps its screen and the reason. {session again} connects again, with a new credential if "
 "the old one has expired; other typing does nothing.\n\n"
 "A program in a sandbox can't read your clipboard and must ask once before it writes to it. The question waits "
 "on the session's line and takes no key until you answer it ({session answer}). A paste that would run "
 "commands is asked about first."},
{"deck", "The deck", "Columns, order, groups, jumps, and how fresh a row is",
 "Any column sorts: by its key ({sort name}, {sort state}, {sort template}, {sort age}, {sort credential}, {sort end}), by "
 "the one beside it ({sort before} and {sort behind}), by a click on its header; the same again reverses the order. "
 "The columns and their order are chosen by {columns} or the setting columns; {wide} shows more of them. Rows are "
 "grouped by {groups}, by template, then by state; {fold} folds a group. Order, columns, groups and what is folded are remembered in "
 "the file console.state. The selection stays on its sandbox, whatever moves; where that has gone, its line stays until "
 "you leave it.\n\n"
 "Rows are filtered by {filter}, see sbxdeck help filter; {filters} saves a filter under a name or takes one. {jump} "
 "finds sandboxes, sessions, saved filters and commands by some of their letters, in a session {session jump}.\n\n"
 "The first page of a list is shown while the rest is read. What nobody asked for, refreshing and validating, takes at "
 "most background_share of rate_limit, the requests that Leap0 allows your organization in a minute; your own calls go "
 "first and wait for none of it. What is on the screen, marked, in a session or changing its state is refreshed every "
 "refresh seconds, the rest as the share allows: the header then says how old the oldest row is, and the column SEEN how "
 "old each is. 429 and Retry-After slow down what runs by itself."},
{"config", "Settings by command", "sbxdeck config, and what a running console takes over",
 "sbxdeck config list shows every setting with its value and where it comes from, get and set one; set refuses a "
 "value that is not valid and keeps the file's comments and order; unset takes one out; edit opens the file in your "
 "editor and checks it; check names every fault with its line, path prints where the file is. Lines of a section are "
 "named with it: keys.connect, theme.accent, profile.work.base_url.\n\n"
 "A running console takes a changed file over: what can change without a new start does so at once, and the "
 "rest is named. A file with a fault changes nothing, and the fault is told with its line."},
{"expiry", "What ends when", "Expiry and time-outs, the timeline, alerts",
 "A credential expires, and a sandbox times out. The deck, its header, the timeline, a session's line, ls and "
 "watch count down to whichever comes first and name it. A time-out runs only while the sandbox does, and "
 "neither the API nor a new credential can extend it: pause the sandbox before it ({sandbox pause}) to keep "
 "memory and disk. Time-outs count for sandboxes with a working credential or an open session; they alert while "
 "a session is open.\n\n"
 "{timeline} shows every credential as a bar from now to its end, with the sandbox's time-out on the same line "
 "and the density of ends on top; it zooms from five minutes to eight hours, and the deck's keys act on the "
 "selected bar. sbxdeck --wall shows it on a big screen, read-only. Alerts stay on a line of the deck until you "
 "dismiss them ({alert dismiss}) or their cause is gone; {alert next} selects the next one. Bell, desktop "
 "notification, a command of your own and auto-renewal at two thirds of the lifetime are settings."},
{"names", "Names of your own", "Names, notes and pins for sandboxes, kept on this machine",
 "A sandbox can have a name of your own, a note and a pin: by sbxdeck name, note and pin, a new one by sandbox "
 "create --name, and in the deck by {sandbox "
 "name}, {sandbox note} and {sandbox pin}. A name stands wherever the sandbox does: deck, details, tabs, a session's "
 "line, the terminal's title, picker, log, timeline, alerts, ls and watch. It is taken wherever a sandbox is named: "
 "sbxdeck ssh db-test, ssh db-test.leap0. What is typed means a whole id, else a whole name, else how one id or one "
 "name begins; where that fits several, nothing is done and they are named. Pinned sandboxes stand at the top, "
 "whatever the order.\n\n"
 "A name is 1 to 63 letters, digits, - and _, begins with a letter or a digit and not with sbx-, as ids do. Upper and "
 "lower case are the same, since ssh makes names of hosts small. It is one sandbox's only, and never how the id of "
 "another begins. A note is one line of 240 bytes at most.\n\n"
 "They are kept in the vault's file, for each base URL, and never sent: they can be given in read-only mode too. They "
 "are no secrets and are not sealed: whoever can read your files can read them, so keep passwords out of notes. When "
 "a sandbox is gone, its name is free at once; name, note and pin are dropped 30 days later. The log keeps the name "
 "that a sandbox had.\n\n"
 "sbxdeck names export prints all as JSON: an array of objects with sandbox_id, name, note (null where there is none) "
 "and pinned. sbxdeck names import reads the same from stdin and checks all of it first. What is not in it stays. "
 "Where a sandbox has another name, note or pin here, or a name is another sandbox's, nothing is imported, and the first "
 "clash is named; with --force what is imported counts."},
{"bulk", "Many at once", "Marks, and operations on many",
 "{mark} marks a sandbox, {mark range} a range, {mark all} all that is shown, {mark expiring} those that are "
 "expiring or expired; {mark invert} inverts the marks, {clear} clears them. Every verb then acts on all that "
 "are marked, in the deck and in the timeline, and says how many first. What works on one only, such as "
 "connecting, says so. The setting parallel limits the calls at a time; progress can be left, cancelled and "
 "reopened ({bulk}), with the result of each. What failed is named and can be retried or marked; an unknown "
 "outcome is never retried. sbxdeck access revoke-all deletes every credential made here."},
{"exec", "A command on many", "sbxdeck exec: which sandboxes, output, exit codes",
 "sbxdeck exec FILTER -- COMMAND runs a command in all running sandboxes that FILTER matches, as many at a time "
 "as the setting parallel says. FILTER is what the deck's filter takes: words in any order, !word excludes, and a "
 "whole id or name means that sandbox alone; running means all. Paused sandboxes are left out unless --wake is given, "
 "others that don't run are left out and named. COMMAND is given to the sandbox's shell with nothing on stdin and "
 "no terminal. Credentials are found, made and replaced as by sbxdeck ssh.\n\nWhen all have ended, outputs are "
 "printed under the names of their sandboxes; where outcome and bytes are the same, once. Stdout goes to stdout, "
 "stderr to stderr, each under its own line of names; a terminal gets them with control characters made harmless. "
 "1 MiB of each stream of each sandbox is kept, 128 MiB in all; what is cut is said. The exit code is the largest "
 "of all: a command's own, 128 and the number of a signal, 124 after --timeout, 255 where the command did not run "
 "or its end is unknown. Ctrl-C and a time that is up send SIGTERM and hang up a second later; Ctrl-C then prints "
 "what is known and exits with 130.\n\nIn the deck {exec} asks for a command and runs it in all that are marked, "
 "or in the selected one. The list shows how each ended, how many have the same output, and its last line; {bulk "
 "details} shows all of it. {bulk cancel} cancels those that wait, and pressed again ends those that run. {bulk "
 "again} runs it again where it failed or was not started, never where its end is unknown."},
{"messages", "Messages", "What the console said, to be read again",
 "What the console says stands on the last line for some seconds. All of it is kept, the last thousand messages of "
 "this run: {messages} lists them, newest first, with time, level (info, warning, error) and the sandbox or the call "
 "that each was about; in a session {session messages}. {messages filter} finds by words, {messages details} shows one "
 "whole, {messages copy} copies it. The deck's header counts the errors that came since you last looked. What had to "
 "be dropped is counted in the title."},
{"log", "The event log", "What is logged",
 "Every create, validate, regenerate, delete, sign-in, session end, forwarded port, alert and failure is an event in a log in "
 "the vault, without secrets. {log} shows, filters and exports it; sbxdeck events --since 2h --json prints it "
 "for scripts. An automatic round of validations logs an event for each change found and one for the rest."},
{"ssh", "Sbxdeck ssh", "How sbxdeck ssh differs from ssh",
 "sbxdeck ssh works like ssh: raw terminal, remote exit status, ~. closes and ~? shows the other escapes. It "
 "uses a working credential from the vault, creates one if there is none and regenerates an expired one; a "
 "paused sandbox is woken. Stdin may be a file, pipe, device or terminal and is read to its end (-n: not at "
 "all); a failed write of the output is an error. On a terminal it warns before its credential expires or its "
 "sandbox times out.\n\n"
 "Without SANDBOX it lists the sandboxes on the terminal, running ones first: typing narrows, by words in any "
 "order or "
 "by letters that follow one another, !word excludes; Up, Down, Ctrl-N and Ctrl-P select, Enter connects, Esc and "
 "Ctrl-C leave with 130. sbxdeck ssh --new makes a sandbox first, with the options of sandbox create, waits until it "
 "runs and connects; it is sent once, and stays when the shell ends."},
{"forwards", "Forwarded ports", "Local ports into a sandbox, by sbxdeck forward or in the deck",
 "sbxdeck forward SANDBOX PORT listens on 127.0.0.1 and forwards what connects there into the sandbox, over one "
 "SSH connection. A port is written as for kubectl port-forward and ssh -L: 8080, 3000:8080 (local:remote), :8080 "
 "(any free local port), 3000:db:5432 (a host as the sandbox knows it), 127.0.0.2:3000:8080, [::1]:3000:8080. Only "
 "an address that you write out, such as 0.0.0.0 or *, lets other machines in, which is then said. A busy port is "
 "named and nothing is changed.\n\n"
 "It stays until Ctrl-C. When the connection is cut, the ports stay open and it connects again, with the renewed "
 "credential or, if that has expired, a new one; a network that changes and a sandbox that runs again are noticed at "
 "once. New local connections wait for that, for 10 seconds. It never wakes or starts a sandbox that was put to "
 "rest meanwhile, and makes no credential where one was deleted or revoked: it waits and says for what. The first "
 "time it wakes a paused sandbox and makes a credential, as sbxdeck ssh does. 256 local connections may be open at "
 "once; others wait.\n\n"
 "In the deck {forward new} forwards a port of the selected sandbox, which is not woken for it. {forwards} lists "
 "them with their state; there {forward copy} copies the URL, {forward stop} stops one and {forward connect} begins "
 "it again, with the same port. A mark shows which sandboxes have any. They are closed when sbxdeck quits."},
{"tools", "Any tool, one name", "ssh, scp, rsync, git and others by NAME.leap0, the API key for them",
 "After sbxdeck setup ssh whatever runs OpenSSH or reads its config reaches a sandbox as NAME.leap0, where NAME is its "
 "id, a name of yours, or how one of them begins: ssh, scp, sftp, rsync, git, Ansible, editors, port forwards. It writes a block of "
 "settings into a file of its own, ssh/config in the state folder, and one Include line at the top of ~/.ssh/config, "
 "of which it keeps a dated copy. It shows both and asks first; --yes writes without asking, --undo takes out just "
 "that. A file that it doesn't understand, or that others can write, is refused and left as it is. No other host is "
 "touched. Run it again after sbxdeck was moved, or after state_folder or tools_agent was changed. It needs OpenSSH "
 "7.3 or later.\n\n"
 "sbxdeck ssh-config prints the same block for ssh -F FILE, in CI and containers; with SANDBOX for that one alone. "
 "Those of the variables XDG_CONFIG_HOME, LEAP0_BASE_URL, LEAP0_SANDBOX_DOMAIN, SBXDECK_DIALECT, CURL_CA_BUNDLE, "
 "SSL_CERT_FILE and SSL_CERT_DIR that are set when it is written are part of it, since a tool's environment may lack "
 "them, and so is the state folder. The API key never is.\n\n"
 "What a tool connects to is sbxdeck ssh-proxy on this machine, by its ProxyCommand: an SSH server with a host key "
 "made for it. It takes a credential as sbxdeck ssh does, signs in to the sandbox with its host key checked, and "
 "passes everything on but what follows. No password is in arguments, the environment or a file.\n\n"
 "Not passed on: forwards of unix sockets, tun devices, compression on the way to sbxdeck, and the terminal's own "
 "settings (stty), so that the erase key is the server's; the agent and X11 only with tools_agent and tools_x11.\n\n"
 "A tool takes the API key from LEAP0_API_KEY. Where that is not set: from the first line that api_key_command prints, "
 "as with \"pass show leap0\" or \"op read op://...\"; without that from api_key_file, which must be yours and of mode "
 "0600; without that from the systemd credential leap0_api_key (LoadCredential=leap0_api_key:FILE). Only the first "
 "that is set counts. The console and all verbs look there too.\n\n"
 "The deck marks sandboxes that tools are connected to, its details name them, and ls --json counts them."},
{"completion", "Completion", "Tab in bash, zsh and fish",
 "make install and the Debian package install it; else: source <(sbxdeck completion bash) in ~/.bashrc, source "
 "<(sbxdeck completion zsh) in ~/.zshrc after compinit, and sbxdeck completion fish >~/.config/fish/completions/"
 "sbxdeck.fish. Tab then completes verbs, options and their values, settings, profiles, filters, sandboxes by id or name, "
 "and the ids of their credentials. The names come from the file completion in the state folder, which the console, "
 "sbxdeck ls and the verbs that make, delete and name sandboxes keep: no server is asked, no vault opened, and no secret is in it."},
{"doctor", "Sbxdeck doctor", "What sbxdeck doctor looks at",
 "sbxdeck doctor prints a line each for the settings, the network (name, connection, TLS, proxy), the clock against the "
 "server's, the API key (where it comes from, whether the server takes it), the organization's quota, the vault (private, "
 "whole, sealed with this key, room on its disk), the terminal, libssh's age and the set-up of ssh: ok, warn or fail, what "
 "was found, and what to do. It needs no key, network or home, changes nothing, asks the server twice and waits for it "
 "20 seconds at most. It exits with 1 when a line says fail, else with 0. With --json: ok, and checks with name, level, text and "
 "advice."},
{"profiles", "Profiles", "Several servers or keys, and read-only mode",
 "A section [profile NAME] in the settings takes any option, over those before any section: base_url, sandbox_domain, "
 "api_key_command, api_key_file, read_only, color, refresh and so on. --profile NAME chooses it for the console and for "
 "every verb, the variable SBXDECK_PROFILE for all that is run, profile = NAME in the settings for good; default "
 "is none. In the console {profile} changes over: what is open is closed, which is asked first. Each profile has a "
 "vault, an event log and host keys of its own, in profiles/NAME of the state folder.\n\n"
 "A key goes to its own server only. A profile with api_key_command or api_key_file takes its key from there and not "
 "from LEAP0_API_KEY; one with a base_url and neither of them has no key. LEAP0_BASE_URL and LEAP0_SANDBOX_DOMAIN are "
 "refused where they say something else than a profile with a server or key of its own. A profile without either, say "
 "with read_only = yes alone, is of the same server with the same key.\n\n"
 "Tools reach a sandbox of a profile as NAME.PROFILE.leap0; sbxdeck setup ssh is run once for all of them.\n\n"
 "With --read-only, SBXDECK_READ_ONLY=yes or read_only = yes nothing is sent to the server that changes anything: no "
 "credential is made, replaced or deleted, no sandbox created, moved or woken, also not by tools, forwarded ports "
 "and auto-renewal. What would do that says so and ends with 10. Connecting with a credential that is there, names, "
 "the vault and the settings work as ever; what you do inside a sandbox is yours."},
{"commands", "Your own commands", "[command NAME] in the settings: keys that run programs here",
 "A section [command NAME] in the settings is a command of your own for the console: run is given to /bin/sh, key is "
 "its key, description its line in the help and in {palette}. scope says what it is for: sandbox (unless set), "
 "credential, deck (also with nothing selected) or session, where its key follows the prefix. confirm = yes asks "
 "first. Its key goes before a default key of the console's, which config check tells; one that another line has "
"is refused with both names.\n\n"
 "It runs on a terminal of its own on this machine, which the console shows: {session deck} leaves "
 "it, {session close} ends it, {run show} shows the last one again. The exit status stands on the "
 "last line. With background = yes it is not shown, and a message says how it ended. When the console ends, those "
 "that still run are hung up.\n\n"
 "In its environment are SBXDECK_SANDBOX, SBXDECK_NAME, SBXDECK_SANDBOX_STATE, SBXDECK_TEMPLATE, SBXDECK_TIMEOUT_AT, "
 "SBXDECK_CREDENTIAL, SBXDECK_CREDENTIAL_STATE, SBXDECK_EXPIRES_AT, SBXDECK_HOST, SBXDECK_PORT, SBXDECK_USER, "
 "SBXDECK_PROFILE, and SBXDECK_READ_ONLY where nothing may be changed. Where sandboxes are marked it runs once, with "
 "all their ids in SBXDECK_SANDBOXES, apart by blanks. The API key and passwords never are. Quote them as any "
 "variable: \"$SBXDECK_NAME\"."},
{"trust", "What you can rely on", "What is promised about credentials, host keys, passwords",
 "A credential is on disk, sealed under a key derived from your API key, before it is shown. An intent is on "
 "disk before a create is sent: after a crash or a lost response the credential shows as unknown, and the "
 "create is never sent twice. A vault that can't be written is detected before the create is sent, and disk "
 "space for its result is reserved. You can continue in memory; what is not on disk is marked.\n\n"
 "Times count down by the server's clock, taken from the Date of its responses.\n\n"
 "Host keys are pinned in sbxdeck's own known_hosts: a new one is saved and shown, a changed one is refused with "
 "both fingerprints and no password is sent. A key that can't be saved is reported and trusted until sbxdeck "
 "quits. In another file (known_hosts) hashed names, patterns and @revoked lines count too; a line for the host "
 "that sbxdeck can't follow is named and the host refused.\n\n"
 "A server that breaks the SSH protocol, floods or falls silent ends only its own session and uses a bounded "
 "amount of memory. The API's ssh_command is parsed and never run. Only its user and port count. If it can't be "
 "parsed, sbxdeck connects to the sandbox's own name.\n\n"
 "Passwords and the key stay out of arguments, logs, core dumps and the screen; a password is shown for ten "
 "seconds when you ask. They are in locked memory and wiped after use. The copies that libcurl makes of the "
 "key, and libssh of a password, are not in locked memory. What comes from the network is capped, parsed "
 "strictly and shown only with its control characters made harmless.\n\n"
 "No key that you type answers a question you did not ask for, and no notice covers what you work in.\n\n"
 "Leap0 does not document whether an open session survives regenerate, delete or expiry, or whether SSH wakes a "
 "paused sandbox. sbxdeck assumes neither: it handles each case and says what happened, and wakes a paused "
 "sandbox by a call that changes nothing in it."},
};
// clang-format on
const size_t manual_chapter_count = sizeof manual_chapters / sizeof *manual_chapters;

const struct manual_entry manual_exit_codes[] = {
    {"0", "done"},
    {"1", "failed"},
    {"2", "usage: an argument or a setting is wrong"},
    {"3", "the API key is missing or was refused"},
    {"4", "not found"},
    {"5", "conflict with the current state"},
    {"6", "rate limited"},
    {"7", "network: no connection, no answer, or an unknown outcome"},
    {"8", "no credential, or an invalid one"},
    {"9", "the program could not start, or access needs-renewal could not find out"},
    {"10", "refused in read-only mode"},
    {"255", "no SSH connection"},
    {NULL, NULL},
};

const struct manual_entry manual_variables[] = {
    {"LEAP0_API_KEY",
     "The API key. It is removed from the environment at start and never shown or stored. It goes "
     "before api_key_command and api_key_file."},
    {"CREDENTIALS_DIRECTORY",
     "Set by systemd: the folder of the credential leap0_api_key, where no other key is set"},
    {"LEAP0_OLD_API_KEY", "The old API key, for vault rekey only"},
    {NULL, NULL},
};

const struct manual_entry manual_files[] = {
    {"$XDG_CONFIG_HOME/sbxdeck/config",
     "Settings; ~/.config/sbxdeck/config where XDG_CONFIG_HOME is not set"},
    {"$XDG_STATE_HOME/sbxdeck/",
     "The state folder; ~/.local/state/sbxdeck where XDG_STATE_HOME is not set. Only its owner may use it."},
    {"vault.db", "In the state folder: the credentials, sealed with the API key, names, notes and pins, and "
                 "the event log"},
    {"known_hosts", "In the state folder: the accepted host keys"},
    {"renewal", "In the state folder: what is auto-renewed"},
    {"ssh/", "In the state folder: the settings for ssh, and the keys between a tool and sbxdeck ssh-proxy"},
    {"tools/", "In the state folder: which tools are connected now"},
    {"profiles/NAME/", "In the state folder: the same for a profile"},
    {"console.state", "In the state folder: the console's order, columns and groups"},
    {"completion", "In the state folder: the names that Tab completes; no secret"},
    {"recordings/", "In the state folder: recorded sessions, for sbxdeck play"},
    {NULL, NULL},
};

const struct manual_entry manual_outputs[] = {
    {"ls", "An array of sandboxes: id, state, template_id, created_at, timeout_at (Unix seconds), access (an "
           "array as of "
           "access ls), name, note (null where there is none), pinned, timeout_remaining_seconds (null where "
           "no time-out runs), connected_tools; "
           "id_not_understood where the "
           "id is malformed"},
    {"name, note, pin, unpin", "sandbox_id, name, note, pinned"},
    {"names export", "An array of these, as names import takes it"},
    {"names import", "changed: how many"},
    {"doctor",
     "ok (nothing failed), checks: an array of name, level (ok, warn or fail), text, advice (null: none)"},
    {"access ls",
     "An array of credentials: id, state, expires_at, remaining_seconds; sealed_with_another_key or "
     "damaged where that is so"},
    {"access create, regen",
     "The API's access object: id, sandbox_id, expires_at, created_at, updated_at, and "
     "ssh_command as it works here"},
    {"access validate, import", "valid, sandbox_id, id, state"},
    {"access delete, forget", "sandbox_id, id, and deleted or forgotten"},
    {"access revoke-all", "An array: sandbox_id, id, revoked, error"},
    {"access needs-renewal",
     "On one line: sandbox_id, id, state, needs_renewal, reason, expires_at, remaining_seconds, "
     "timeout_remaining_seconds"},
    {"watch", "A line for each: type (sandbox, credential, alert, trouble or connected), at, name where the "
              "sandbox has one, "
              "and what has changed"},
    {"forward", "A line for each: type (listening, connected, cut, waiting, refused, full or ended), at, "
                "sandbox_id; with "
                "listening url, local_address, local_port, remote_host and remote_port"},
    {"events",
     "An array: number, at, wall_at, kind, sandbox_id, name, id, session, outcome, duration_ms, message"},
    {"exec",
     "An array: sandbox_id, name where it has one, outcome (exited, killed, timed_out, failed, unknown, "
     "interrupted or "
     "not_started), "
     "exit_code, signal, error, duration_ms, stdout, stderr; where a stream is not text stdout_base64 or "
     "stderr_base64, where it was cut stdout_cut or stderr_cut, the bytes not kept"},
    {"vault rekey", "How many: rekeyed, already, sealed_with_another_key, damaged"},
    {"sandbox create", "id, state, template_id, created_at, vcpu, memory, disk, timeout, auto_pause"},
    {"sandbox delete, start, stop, pause", "id, state"},
    {"demo", "On one line, and then until SIGTERM: base_url, api_key and ssh_port of the emulator"},
    {NULL, NULL},
};

const struct manual_entry manual_examples[] = {
    {"sbxdeck", "Open the console"},
    {"sbxdeck demo", "Try it on a local emulator, with no key and nothing of yours"},
    {"sbxdeck ls --json", "List the sandboxes for a script"},
    {"sbxdeck access create sbx-4f --json --show-password", "Make a credential and print it"},
    {"sbxdeck ssh sbx-4f uname -a", "Run a command; a credential is made or replaced where it is needed"},
    {"sbxdeck forward sbx-4f 3000:8080", "Open port 8080 of a sandbox as http://127.0.0.1:3000"},
    {"if sbxdeck access needs-renewal sbx-4f; then sbxdeck access regen sbx-4f; fi",
     "Replace a credential before it expires"},
    {"sbxdeck events --since 2h --kind created,deleted", "See what was done to credentials lately"},
    {"sbxdeck exec 'running python' -- uptime", "Run a command in all running sandboxes of a template"},
    {"SBXDECK_STATE=/tmp/state sbxdeck ls", "Use another vault"},
    {NULL, NULL},
};
