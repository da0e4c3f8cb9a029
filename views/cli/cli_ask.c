// SPDX-License-Identifier: Apache-2.0
//
// cli_ask: ask the operator on the terminal.

#include "views/cli/cli_ask.h"

#include "views/cli/cli_terminal.h"

#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool cli_ask_confirm(struct cli_job *job, const char *does, const char *word)
{
    char line[ID_CAP + 2] = "", expected[ID_CAP + 2];
    struct failure why;
    if (job->arguments.yes)
        return true;
    if (isatty(STDIN_FILENO) == 0) {
        (void)advise(&why,
                     fail(&why, STATUS_BAD_ARGUMENT,
                          "this %s, which needs a confirmation, and stdin isn't a terminal", does),
                     "add --yes to do it");
        cli_fail(job, &why);
        return false;
    }
    (void)fprintf(stderr, "This %s. Type %s to continue: ", does, word);
    (void)snprintf(expected, sizeof expected, "%s\n", word);
    if (fgets(line, sizeof line, stdin) != NULL && strcmp(line, expected) == 0)
        return true;
    (void)fail(&why, STATUS_CANCELLED, "not confirmed, nothing was deleted");
    cli_fail(job, &why);
    return false;
}

bool cli_ask_yes(const char *question)
{
    char line[8] = "";
    (void)fprintf(stderr, "%s [y/N] ", question);
    return fgets(line, sizeof line, stdin) != NULL && (line[0] == 'y' || line[0] == 'Y');
}

bool cli_ask_line(const char *question, char line[CLI_ANSWER_CAP])
{
    (void)fprintf(stderr, "%s: ", question);
    if (fgets(line, CLI_ANSWER_CAP, stdin) == NULL)
        return false;
    line[strcspn(line, "\n")] = '\0';
    return true;
}

// Typed without being shown, byte by byte: the terminal is raw meanwhile.
static bool hidden_answer(const char *question, char line[CLI_ANSWER_CAP])
{
    enum {
        CTRL_C = 3,
        CTRL_D = 4,
        BACKSPACE = 8,
        CTRL_U = 21,
        CTRL_Z = 26,
        CTRL_BACKSLASH = 28,
        DELETE = 127
    };
    size_t length = 0;
    char byte = 0;
    bool done = false;
    // Before it is asked: who types at once must not see it either.
    if (!cli_terminal_raw())
        return false;
    (void)fprintf(stderr, "%s (not shown): ", question);
    while (!done && read(STDIN_FILENO, &byte, 1) == 1 && byte != CTRL_C && byte != CTRL_D) {
        done = byte == '\r' || byte == '\n';
        if (byte == BACKSPACE || byte == DELETE) {
            length -= length > 0 ? 1 : 0;
        } else if (byte == CTRL_U) {
            length = 0;
        } else if (byte == CTRL_Z || byte == CTRL_BACKSLASH) { // what the terminal does when it is not raw
            (void)kill(0, byte == CTRL_Z ? SIGTSTP : SIGQUIT);
            (void)fprintf(stderr, "%s (not shown): ", question);
        } else if (!done && length + 1 < CLI_ANSWER_CAP) {
            line[length++] = byte;
        }
    }
    line[length] = '\0';
    cli_terminal_restore();
    (void)fputc('\n', stderr);
    return done;
}

bool cli_ask_secret(const char *question, struct secret **secret)
{
    char line[CLI_ANSWER_CAP] = "";
    *secret = NULL;
    if (isatty(STDIN_FILENO) != 0 && hidden_answer(question, line) && line[0] != '\0')
        *secret = secret_new(line, strlen(line));
    sodium_memzero(line, sizeof line);
    return *secret != NULL;
}
