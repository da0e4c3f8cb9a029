// SPDX-License-Identifier: Apache-2.0
//
// tally: What the judges share: their options, the processes that run the cases, and the counts of what went
// wrong.

#ifndef SBXDECK_TESTS_JUDGE_TALLY_H
#define SBXDECK_TESTS_JUDGE_TALLY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FAULT_TABLE(X)                                                                                       \
    X(CRASH, "crashes")                                                                                      \
    X(HANG, "hangs")                                                                                         \
    X(RAW, "raw bytes")           /* that no output may have */                                              \
    X(CODE, "wrong codes")        /* exit code or words that don't fit what the server said */               \
    X(LOST, "lost")               /* a credential or a sandbox that was reported is gone */                  \
    X(SILENT, "without a word")   /* 255 and no reason */                                                    \
    X(SECRET, "secrets")          /* in an output that nobody asked it for */                                \
    X(REPEAT, "repeated creates") /* one that had reached the server, sent again */                          \
    X(MEMORY, "too much memory")

enum fault {
#define X(name, text) FAULT_##name,
    FAULT_TABLE(X)
#undef X
        FAULT_COUNT
};

// Of one case.
struct outcome {
    unsigned faults[FAULT_COUNT];
    char text[4096]; // what is wrong, a line each; "" nothing
    long rss_kb;
    int ms, code;
};
void outcome_fault(struct outcome *outcome, enum fault fault, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

struct choice {
    uint64_t seed;
    long only;                    // the number of the one case; -1: all
    long workers, shown, chances; // shown: the most faults printed; chances -1: not set
    bool quick, every, verbose, console;
};
// Options that usage doesn't name are refused: then usage goes to stderr, and false.
bool choice_read(int argc, char **argv, const char *usage, struct choice *choice);

// In memory that the workers share.
struct tally {
    atomic_size_t next, runs, shown, faults[FAULT_COUNT];
    atomic_long memory_kb, baseline_kb, slowest_ms;
    atomic_bool broken; // a worker can't go on, so none does
};
// Runs work in choice->workers processes, which end with this one, and prints the counts. 0: each gave 0, at
// least one case was run and nothing is wrong; else 1.
int tally_judge(const char *judge, const struct choice *choice,
                int (*work)(const struct choice *choice, struct tally *tally));
// The number of the next case; false: no more.
bool tally_next(struct tally *tally, const struct choice *choice, size_t *number);
// Counts the outcome and prints it where it is wrong or asked for. what: the case, in words.
void tally_add(struct tally *tally, const char *judge, const struct choice *choice, size_t number,
               const char *what, const struct outcome *outcome);
void tally_at_most(atomic_long *most, long value); // *most becomes value where that is more
// The counts, on stdout. True: nothing is wrong.
bool tally_print(const struct tally *tally, const char *judge, const struct choice *choice);

#endif
