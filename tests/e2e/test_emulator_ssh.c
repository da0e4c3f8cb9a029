// SPDX-License-Identifier: Apache-2.0
//
// The emulator's SSH side as OpenSSH's ssh sees it, by the command that the API prints: streams, statuses,
// terminals, floods, and who is let in.

#include "tests/e2e/foreign_client.h"
#include "tests/e2e/raw_http_client.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const char *const plain_fleet[] = {"--fleet", "plain", "--sandboxes", "2", NULL};

static void begin(struct foreign_client *foreign_client, struct foreign_client_access *access)
{
    char sandbox[80];
    foreign_client_begin(foreign_client, plain_fleet);
    foreign_client_sandbox(foreign_client, 0, sandbox);
    foreign_client_access(foreign_client, sandbox, access);
}

static void expect_run(struct foreign_client *foreign_client, struct foreign_client_access *access,
                       const char *command, const char *input, const char *out, int code)
{
    struct support_result result = foreign_client_ssh(foreign_client, access, NULL, command, input);
    cr_expect_eq(result.exit_code, code, "%s: %d, %s", command, result.exit_code, result.err);
    cr_expect_str_eq(result.out, out);
    support_result_free(&result);
}

Test(emulator_ssh, keeps_streams_apart_and_tells_the_status)
{
    struct foreign_client foreign_client;
    struct foreign_client_access access;
    begin(&foreign_client, &access);
    struct support_result result =
        foreign_client_ssh(&foreign_client, &access, NULL, "echo out; echo err >&2; exit 37", NULL);
    cr_expect_eq(result.exit_code, 37);
    cr_expect_str_eq(result.out, "out\n");
    cr_expect_str_eq(result.err, "err\n");
    support_result_free(&result);
    expect_run(&foreign_client, &access, "true", NULL, "", 0);
    expect_run(&foreign_client, &access, NULL, "echo in a shell; exit 5\n", "in a shell\n", 5);
    foreign_client_end(&foreign_client);
}

Test(emulator_ssh, tells_the_signal_that_ended_a_command)
{
    const char *const loud[] = {"-v", "-o", "LogLevel=DEBUG", NULL};
    struct foreign_client foreign_client;
    struct foreign_client_access access;
    begin(&foreign_client, &access);
    struct support_result result =
        foreign_client_ssh(&foreign_client, &access, loud, "echo first; kill -9 $$", NULL);
    cr_expect_eq(result.exit_code, 255);
    cr_expect_str_eq(result.out, "first\n");
    cr_expect_not_null(strstr(result.err, "rtype exit-signal"), "%s", result.err);
    cr_expect_null(strstr(result.err, "rtype exit-status"));
    support_result_free(&result);
    foreign_client_end(&foreign_client);
}

// Larger than every window and buffer in between, and both ways at once.
Test(emulator_ssh, carries_floods_both_ways_whole)
{
    enum { LENGTH = 7 * 1000 * 1000 };
    struct foreign_client foreign_client;
    struct foreign_client_access access;
    char *input = malloc(LENGTH + 1), size[32];
    cr_assert_not_null(input);
    for (size_t i = 0; i < LENGTH; i++)
        input[i] = (char)('!' + (i * 7 + i / 93) % 93);
    input[LENGTH] = '\0';
    (void)snprintf(size, sizeof size, "%d\n", LENGTH);
    begin(&foreign_client, &access);
    expect_run(&foreign_client, &access, "wc -c", input, size, 0);
    struct support_result result = foreign_client_ssh(&foreign_client, &access, NULL, "cat", input);
    cr_expect_eq(result.exit_code, 0);
    cr_expect_eq(result.out_length, LENGTH);
    cr_expect(result.out_length == LENGTH && memcmp(result.out, input, LENGTH) == 0);
    support_result_free(&result);
    // One that does not want its input must not make the sender wait for ever.
    expect_run(&foreign_client, &access, "exec 0<&-; echo unread", input, "unread\n", 0);
    // Both streams at once.
    result = foreign_client_ssh(&foreign_client, &access, NULL,
                                "head -c 5000000 /dev/zero & head -c 4000000 /dev/zero >&2; wait", NULL);
    cr_expect_eq(result.out_length, 5000000);
    cr_expect_eq(result.err_length, 4000000);
    support_result_free(&result);
    free(input);
    foreign_client_end(&foreign_client);
}

// What a shell wrote just before its end is shown, even if the client is slow to take it.
Test(emulator_ssh, loses_nothing_of_a_terminals_last_words)
{
    // Lines of one to six digits, each with a carriage return and a line feed.
    enum { LENGTH = 9 * 3 + 90 * 4 + 900 * 5 + 9000 * 6 + 90000 * 7 + 800001 * 8 };
    const char *const terminal[] = {"-tt", NULL};
    struct foreign_client foreign_client;
    struct foreign_client_access access;
    begin(&foreign_client, &access);
    struct support_result result =
        foreign_client_ssh(&foreign_client, &access, terminal, "seq 1 900000; exit 3", NULL);
    cr_expect_eq(result.exit_code, 3);
    cr_expect(result.out_length > 16 && strcmp(result.out + result.out_length - 8, "900000\r\n") == 0);
    cr_expect_eq(result.out_length, LENGTH, "%zu", result.out_length);
    support_result_free(&result);
    foreign_client_end(&foreign_client);
}

Test(emulator_ssh, is_a_terminal_with_a_size_and_signals)
{
    const char *const terminal[] = {"-tt", "-o", "SendEnv=COLORTERM LC_* SECRET", NULL};
    struct winsize other = {.ws_row = 31, .ws_col = 99};
    struct support_heard heard = {0};
    struct foreign_client foreign_client;
    struct foreign_client_access access;
    size_t from = 0;
    int master = -1;
    char prompt[128];
    begin(&foreign_client, &access);
    cr_assert(setenv("TERM", "xterm-256color", 1) == 0 && setenv("COLORTERM", "truecolor", 1) == 0 &&
              setenv("LC_ALL", "C.UTF-8", 1) == 0 && setenv("SECRET", "no", 1) == 0);
    pid_t pid = foreign_client_terminal(&foreign_client, &access, terminal, NULL, 24, 80, &master);
    (void)snprintf(prompt, sizeof prompt, "user@%s:~$ ", access.sandbox);
    cr_assert(support_expect(master, &heard, &from, prompt, SUPPORT_WAIT_MS));
    static const char asked[] = "stty size; echo \"[$TERM,$COLORTERM,$LC_ALL,$SECRET]\"\n";
    cr_assert(support_type(master, asked, strlen(asked)));
    cr_assert(support_expect(master, &heard, &from, "24 80", SUPPORT_WAIT_MS));
    cr_assert(support_expect(master, &heard, &from, "[xterm-256color,truecolor,C.UTF-8,]", SUPPORT_WAIT_MS));
    cr_assert(support_expect(master, &heard, &from, prompt, SUPPORT_WAIT_MS));
    // The shell is told of a new size while it waits for it.
    static const char waits[] =
        "sh -c 'trap \"stty size\" WINCH; echo ready$((1 + 1)); while :; do sleep 0.1; done'\n";
    cr_assert(support_type(master, waits, strlen(waits)));
    cr_assert(support_expect(master, &heard, &from, "ready2", SUPPORT_WAIT_MS));
    cr_assert_eq(ioctl(master, TIOCSWINSZ, &other), 0);
    cr_assert(support_expect(master, &heard, &from, "31 99", SUPPORT_WAIT_MS));
    cr_assert(support_type(master, "\003", 1));
    cr_assert(support_expect(master, &heard, &from, prompt, SUPPORT_WAIT_MS));
    cr_assert(support_type(master, "exit 9\n", 7));
    cr_expect_eq(support_wait_exit(pid, SUPPORT_WAIT_MS), 9);
    (void)close(master);
    support_heard_free(&heard);
    foreign_client_end(&foreign_client);
}

// A key pressed at a command on a terminal goes to the command and not to what walls it in.
Test(emulator_ssh, interrupts_the_command_and_nothing_else)
{
    const char *const terminal[] = {"-tt", NULL};
    struct support_heard heard = {0};
    struct foreign_client foreign_client;
    struct foreign_client_access access;
    int master = -1;
    begin(&foreign_client, &access);
    pid_t pid = foreign_client_terminal(
        &foreign_client, &access, terminal,
        "trap 'echo caught; exit 6' INT; echo waiting; while true; do sleep 0.05; done", 24, 80, &master);
    cr_assert(support_expect(master, &heard, NULL, "waiting", SUPPORT_WAIT_MS));
    cr_assert(support_type(master, "\003", 1));
    cr_assert(support_expect(master, &heard, NULL, "caught", SUPPORT_WAIT_MS));
    cr_expect_eq(support_wait_exit(pid, SUPPORT_WAIT_MS), 6);
    (void)close(master);
    support_heard_free(&heard);
    foreign_client_end(&foreign_client);
}

Test(emulator_ssh, answers_keepalives)
{
    const char *const alive[] = {"-o", "ServerAliveInterval=1", "-o", "ServerAliveCountMax=1", NULL};
    struct foreign_client foreign_client;
    struct foreign_client_access access;
    begin(&foreign_client, &access);
    // As long as it takes for two of them to stay unanswered.
    struct support_result result =
        foreign_client_ssh(&foreign_client, &access, alive, "sleep 3.5; echo still here", NULL);
    cr_expect_eq(result.exit_code, 0, "%s", result.err);
    cr_expect_str_eq(result.out, "still here\n");
    support_result_free(&result);
    foreign_client_end(&foreign_client);
}

Test(emulator_ssh, lets_in_whom_the_api_made_and_nobody_else)
{
    struct foreign_client foreign_client;
    struct foreign_client_access access, other, mixed;
    char sandbox[80], path[200];
    begin(&foreign_client, &access);
    foreign_client_sandbox(&foreign_client, 1, sandbox);
    foreign_client_access(&foreign_client, sandbox, &other);
    cr_expect_str_neq(access.sandbox, other.sandbox);
    expect_run(&foreign_client, &other, "true", NULL, "", 0);

    mixed = access;
    (void)snprintf(mixed.password, sizeof mixed.password, "%s", other.password);
    expect_run(&foreign_client, &mixed, "echo in", NULL, "", 255);
    // The right name and password, at another sandbox's address.
    mixed = access;
    const char *at = strrchr(other.command, '@');
    char *place = strrchr(mixed.command, '@');
    cr_assert(at != NULL && place != NULL);
    (void)snprintf(place, sizeof mixed.command - (size_t)(place - mixed.command), "%s", at);
    expect_run(&foreign_client, &mixed, "echo in", NULL, "", 255);

    expect_run(&foreign_client, &access, "echo in", NULL, "in\n", 0);
    (void)snprintf(path, sizeof path, "/v1/sandbox/%s/ssh/%s", access.sandbox, access.id);
    cJSON_Delete(foreign_client_call(&foreign_client, "DELETE", path, NULL, 204));
    expect_run(&foreign_client, &access, "echo in", NULL, "", 255);
    foreign_client_end(&foreign_client);
}

// The key that stands in the file for that address.
static void key_of(const char *text, const char *address, char *key, size_t cap)
{
    char wanted[128];
    (void)snprintf(wanted, sizeof wanted, "[%s]:", address);
    const char *at = strstr(text, wanted);
    cr_assert_not_null(at, "no key of %s", address);
    at = strstr(at, "ssh-ed25519 ");
    cr_assert_not_null(at);
    at += strlen("ssh-ed25519 ");
    (void)snprintf(key, cap, "%.*s", (int)strcspn(at, " \n"), at);
}

Test(emulator_ssh, gives_each_sandbox_an_address_and_a_key)
{
    const char *const plain_names[] = {"-o", "HashKnownHosts=no", NULL};
    struct foreign_client foreign_client;
    struct foreign_client_access access[3];
    char sandbox[80], keys[3][256], path[SUPPORT_PATH_CAP + 32], addresses[3][32];
    foreign_client_begin(&foreign_client, plain_fleet);
    // The third is made only now.
    cJSON *made = ask_for(&foreign_client.emulator, 201, "POST", "/v1/sandbox", "{\"template_name\":\"t\"}");
    cJSON_Delete(made);
    for (int i = 0; i < 3; i++) {
        foreign_client_sandbox(&foreign_client, i, sandbox);
        foreign_client_wait_state(&foreign_client, sandbox, "running");
        foreign_client_access(&foreign_client, sandbox, &access[i]);
        struct support_result result = foreign_client_ssh(&foreign_client, &access[i], plain_names,
                                                          "cat kept 2>/dev/null; echo mine >> kept", NULL);
        cr_expect_eq(result.exit_code, 0, "%s", result.err);
        cr_expect_str_eq(result.out, "", "another's home");
        support_result_free(&result);
        (void)snprintf(addresses[i], sizeof addresses[i], "%.31s", strrchr(access[i].command, '@') + 1);
    }
    (void)snprintf(path, sizeof path, "%s/known_hosts", foreign_client.folder);
    char *known = support_file_read(path, NULL);
    cr_assert_not_null(known);
    for (int i = 0; i < 3; i++) {
        cr_expect(strncmp(addresses[i], "127.77.", 7) == 0);
        key_of(known, addresses[i], keys[i], sizeof keys[i]);
        for (int j = 0; j < i; j++)
            cr_expect_str_neq(keys[i], keys[j]);
    }
    free(known);
    // The key is the same the next time, and so is the home.
    const char *const strict[] = {"-o", "StrictHostKeyChecking=yes", NULL};
    struct support_result result =
        foreign_client_ssh(&foreign_client, &access[1], strict, "cat ~/kept", NULL);
    cr_expect_str_eq(result.out, "mine\n", "%s", result.err);
    support_result_free(&result);
    foreign_client_end(&foreign_client);
}
