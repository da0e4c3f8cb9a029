// SPDX-License-Identifier: Apache-2.0
//
// ssh_judge: one case of the judge with an SSH server: what the server does wrong, where, and what may come
// of it.

#ifndef SBXDECK_TESTS_JUDGE_SSH_JUDGE_H
#define SBXDECK_TESTS_JUDGE_SSH_JUDGE_H

#include "tests/support/raw_ssh.h"

// Moves a terminal's cursor, sets its title, turns the direction of writing: no output may have these.
#define SSH_JUDGE_EVIL                                                                                       \
    "\033]0;judge\007\033[31mred\r\033[2J\xc2\x9b"                                                           \
    "31m\xe2\x80\xae\xff\xfe"

// What the program may do then.
enum ssh_verdict {
    SSH_MAY_GO_ON,   // as SSH_MUST_GO_ON or as SSH_MUST_FAIL
    SSH_MUST_GO_ON,  // the command's output comes, and exit code 0
    SSH_MUST_FAIL,   // exit code 255, and a reason on stderr
    SSH_MUST_END_IT, // 255 as SSH_MUST_FAIL, or the command's end as it was told
};

struct ssh_case;
typedef bool (*ssh_deed)(struct raw_ssh_peer *peer, const struct ssh_case *what);

struct ssh_case {
    char name[160];
    enum raw_ssh_stage stage; // reached before the deed
    ssh_deed deed;            // false: the connection is over. NULL: none
    enum ssh_verdict verdict;
    int type;        // of the message, where the deed has one
    size_t number;   // of a flood, a form, a greeting, a byte: as the deed has it
    uint64_t random; // of this case alone
    int flood_ms;    // how long a flood goes on
    bool waits;      // for a deadline of the program's
    bool speaks;     // its bytes may be the command's output, which goes through as it is
    bool slow;       // left out of the quick judge
};

// The case with that number: first those with a fixed list, then as many of chance as are asked for.
size_t ssh_case_fixed_count(void);
void ssh_case_at(size_t number, uint64_t seed, bool quick, struct ssh_case *out);

// Plays it: the way to its stage, the deed, then what a server does that runs a command which says
// SSH_JUDGE_OUTPUT and ends with 0.
#define SSH_JUDGE_OUTPUT "after\n"
void ssh_case_play(struct raw_ssh_peer *peer, const struct ssh_case *what);
// The same for a console: a shell that says that, and stays.
void ssh_case_play_shell(struct raw_ssh_peer *peer, const struct ssh_case *what);

// --- deeds (ssh_deeds.c) ---
bool ssh_deed_close(struct raw_ssh_peer *peer, const struct ssh_case *what);
bool ssh_deed_reset(struct raw_ssh_peer *peer, const struct ssh_case *what);
bool ssh_deed_silence(struct raw_ssh_peer *peer, const struct ssh_case *what);
bool ssh_deed_greeting(struct raw_ssh_peer *peer, const struct ssh_case *what); // number: which
bool ssh_deed_part(struct raw_ssh_peer *peer, const struct ssh_case *what);     // number: bytes of the line
bool ssh_deed_part_reset(struct raw_ssh_peer *peer, const struct ssh_case *what);
bool ssh_deed_type_alone(struct raw_ssh_peer *peer, const struct ssh_case *what);
bool ssh_deed_lie(struct raw_ssh_peer *peer, const struct ssh_case *what); // number: which form
bool ssh_deed_frame(struct raw_ssh_peer *peer, const struct ssh_case *what);
bool ssh_deed_flood(struct raw_ssh_peer *peer, const struct ssh_case *what);
bool ssh_deed_special(struct raw_ssh_peer *peer, const struct ssh_case *what);
bool ssh_deed_chance(struct raw_ssh_peer *peer, const struct ssh_case *what);
size_t ssh_greeting_count(void);
const char *ssh_greeting_name(size_t number);
enum ssh_verdict ssh_greeting_verdict(size_t number);
size_t ssh_lie_count(void);
size_t ssh_frame_count(void);
size_t ssh_flood_count(void);
const char *ssh_flood_name(size_t number);
bool ssh_flood_speaks(size_t number);
size_t ssh_special_count(void);
const char *ssh_special_name(size_t number);
enum raw_ssh_stage ssh_special_stage(size_t number);
enum ssh_verdict ssh_special_verdict(size_t number);
int ssh_special_type(size_t number); // of the message that it sends, where a verdict asks for it; else 0

#endif
