// SPDX-License-Identifier: Apache-2.0
//
// api_key: the environment, the command, the file and systemd's credential in their order; what is wrong with
// one is said and the next isn't tried; the key reaches no child; a command that hangs is killed, and one
// that is given up as well.

#include "api/config/api_key.h"
#include "api/config/key_command.h"
#include "tests/support/support.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

enum { DEAD_MS = 20000 };

static char folder[SUPPORT_PATH_CAP], file[SUPPORT_PATH_CAP + 32], credential[SUPPORT_PATH_CAP + 32];
static struct config config;
static struct failure why;
static struct secret *key;

static void begin(void)
{
    cr_assert_geq(sodium_init(), 0);
    cr_assert(support_folder_make(folder));
    (void)snprintf(file, sizeof file, "%s/key", folder);
    (void)snprintf(credential, sizeof credential, "%s/leap0_api_key", folder);
    (void)unsetenv("LEAP0_API_KEY");
    (void)unsetenv("CREDENTIALS_DIRECTORY");
}

static void end(void)
{
    secret_free(key);
    (void)support_folder_remove(folder);
}

TestSuite(api_key, .init = begin, .fini = end);

static void set_command(const char *command)
{
    (void)snprintf(config.key_command, sizeof config.key_command, "%s", command);
}

static void set_file(const char *text)
{
    (void)snprintf(config.key_file, sizeof config.key_file, "%s", file);
    cr_assert(support_file_write(file, text));
}

static void expect_key(const char *text)
{
    secret_free(key);
    cr_assert_eq(api_key_find(&config, &key, &why), STATUS_OK, "%s", why.message);
    cr_expect_str_eq(secret_text(key), text);
}

static void refuse(enum status status, const char *part)
{
    char line[FAILURE_LINE_CAP];
    memset(&why, 0, sizeof why);
    secret_free(key);
    cr_expect_eq(api_key_find(&config, &key, &why), status, "%s was taken", part);
    cr_expect_null(key);
    cr_expect_not_null(strstr(failure_line(&why, line), part), "'%s' is not in: %s", part, line);
    cr_expect_null(strstr(line, "lp0-"), "the key is in: %s", line);
}

Test(api_key, comes_from_the_first_place_that_is_set)
{
    (void)setenv("CREDENTIALS_DIRECTORY", folder, 1);
    cr_assert(support_file_write(credential, "lp0-systemd\n"));
    expect_key("lp0-systemd");
    set_file("lp0-file\n");
    expect_key("lp0-file");
    set_command("echo lp0-command");
    expect_key("lp0-command");
    (void)setenv("LEAP0_API_KEY", "lp0-environment", 1);
    expect_key("lp0-environment");
    cr_expect_null(getenv("LEAP0_API_KEY"));
    (void)setenv("LEAP0_API_KEY", "", 1);
    expect_key("lp0-command");
    cr_expect_null(getenv("LEAP0_API_KEY"));
}

Test(api_key, that_is_nowhere_names_all_ways)
{
    static const char *const ways[] = {"LEAP0_API_KEY", "api_key_command", "api_key_file", "leap0_api_key"};
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
        refuse(STATUS_KEY_MISSING, ways[i]);
    (void)setenv("LEAP0_API_KEY", " ", 1);
    refuse(STATUS_KEY_MISSING, "LEAP0_API_KEY is empty");
    (void)setenv("CREDENTIALS_DIRECTORY", folder, 1);
    refuse(STATUS_KEY_MISSING, "no API key");
}

Test(api_key, that_is_wrong_in_the_environment_is_not_looked_for_elsewhere)
{
    set_command("echo lp0-command");
    (void)setenv("LEAP0_API_KEY", "two words", 1);
    refuse(STATUS_KEY_REFUSED, "LEAP0_API_KEY");
}

Test(api_key, of_a_command_is_its_first_line)
{
    set_command("printf '  lp0-a  \\r\\nuser: me\\n'");
    expect_key("lp0-a");
    set_command("printf lp0-b");
    expect_key("lp0-b");
    set_command("echo lp0-c; head -c 300000 /dev/zero");
    expect_key("lp0-c");
    set_command("printf lp0-; exec 2>/dev/null; printf d; echo; exec 1>&-; true");
    expect_key("lp0-d");
}

// One that leaves a process behind which keeps its output open.
Test(api_key, is_there_when_the_command_has_ended_not_its_output)
{
    char command[SUPPORT_PATH_CAP + 128], *text = NULL;
    (void)snprintf(command, sizeof command, "sleep 1000 & echo $! > %s; echo lp0-a", file);
    set_command(command);
    expect_key("lp0-a");
    text = support_file_read(file, NULL);
    cr_assert_not_null(text);
    cr_expect_eq(kill(atoi(text), SIGKILL), 0, "the process that it left was killed");
    free(text);
}

Test(api_key, of_a_command_that_fails_is_none_and_the_file_is_not_tried)
{
    char long_line[128];
    static const struct {
        const char *command, *part;
    } wrong[] = {{"echo lp0-a; exit 3", "api_key_command exited with code 3"},
                 {"kill -9 $$", "api_key_command was killed by signal 9"},
                 {"true", "api_key_command is empty"},
                 {"echo; echo lp0-a", "api_key_command is empty"},
                 {"echo lp0-a lp0-b", "api_key_command has blanks"},
                 {"printf 'lp0-\\303\\251\\n'", "api_key_command has blanks or other characters"},
                 {"printf 'lp0-\\0x\\n'", "api_key_command has blanks or other characters"},
                 {"no-such-program-here 2>/dev/null", "api_key_command exited with code 127"}};
    set_file("lp0-file\n");
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        set_command(wrong[i].command);
        refuse(STATUS_KEY_REFUSED, wrong[i].part);
        refuse(STATUS_KEY_REFUSED, "run it by hand");
    }
    (void)snprintf(long_line, sizeof long_line, "head -c %d /dev/zero | tr '\\0' k", SECRET_MAX + 1);
    set_command(long_line);
    refuse(STATUS_KEY_REFUSED, "api_key_command has 4097 characters");
    set_command("head -c 100000 /dev/zero | tr '\\0' k");
    refuse(STATUS_KEY_REFUSED, "longer than any key");
}

// Neither key, nor a descriptor of ours, nor our stdin; the terminal's process group, so that it can ask
// there.
Test(api_key, of_a_command_runs_it_with_nothing_of_ours)
{
    char command[SUPPORT_PATH_CAP + 256], *text = NULL;
    (void)snprintf(command, sizeof command,
                   "exec 9>%s; env >&9; readlink /proc/$$/fd/0 >&9; ls /proc/$$/fd >&9; "
                   "cut -d' ' -f5 /proc/$$/stat >&9; echo lp0-a",
                   file);
    set_command(command);
    (void)setenv("LEAP0_API_KEY", "", 1);
    (void)setenv("LEAP0_OLD_API_KEY", "lp0-old", 1);
    (void)setenv("SBXDECK_TEST_STAYS", "yes", 1);
    int open_fd = fcntl(STDERR_FILENO, F_DUPFD, 57);
    cr_assert_eq(open_fd, 57);
    expect_key("lp0-a");
    text = support_file_read(file, NULL);
    cr_assert_not_null(text);
    cr_expect_null(strstr(text, "LEAP0"), "%s", text);
    cr_expect_null(strstr(text, "lp0-old"), "%s", text);
    cr_expect_not_null(strstr(text, "SBXDECK_TEST_STAYS=yes"), "%s", text);
    cr_expect_not_null(strstr(text, "\n/dev/null\n0\n1\n"), "%s", text);
    cr_expect_null(strstr(text, "\n57\n"), "%s", text);
    char group[32];
    (void)snprintf(group, sizeof group, "\n%d\n", (int)getpgrp());
    cr_expect_not_null(strstr(text, group), "not in our group %s: %s", group, text);
    free(text);
    (void)close(open_fd);
}

// Ctrl-C at its prompt, also where the program itself ignores that.
Test(api_key, of_a_command_is_given_up_by_whom_it_asks)
{
    (void)signal(SIGINT, SIG_IGN);
    (void)signal(SIGQUIT, SIG_IGN);
    set_command("kill -INT $$; echo lp0-a");
    refuse(STATUS_KEY_REFUSED, "killed by signal 2");
    set_command("kill -QUIT $$; echo lp0-a");
    refuse(STATUS_KEY_REFUSED, "killed by signal 3");
}

Test(api_key, of_a_command_that_hangs_is_given_up_at_its_limit)
{
    char command[] = "echo lp0-a; exec sleep 1000";
    const struct key_command run = {
        .command = command, .environment = environ, .timeout_ms = 50, .cancel_fd = -1};
    cr_expect_eq(key_command_run(&run, &key, &why), STATUS_KEY_REFUSED);
    cr_expect_not_null(strstr(why.message, "api_key_command took longer than 0.05 s"), "%s", why.message);
    cr_expect_null(key);
}

// What it has started would go on asking on the terminal.
// Gone, or dead and not waited for yet by who has it now. path: of its line in /proc.
static bool is_dead(void *path)
{
    char *text = support_file_read(path, NULL);
    bool dead = text == NULL || strstr(text, ") Z ") != NULL || text[0] == '\0';
    free(text);
    return dead;
}

Test(api_key, of_a_command_that_is_given_up_leaves_no_process_of_it)
{
    char command[SUPPORT_PATH_CAP + 128];
    const struct key_command run = {
        .command = command, .environment = environ, .timeout_ms = 1000, .cancel_fd = -1};
    (void)snprintf(command, sizeof command, "sh -c 'echo $$ > %s; sleep 1000; true'; true", file);
    cr_expect_eq(key_command_run(&run, &key, &why), STATUS_KEY_REFUSED);
    char *text = support_file_read(file, NULL);
    cr_assert_not_null(text);
    pid_t pid = atoi(text);
    free(text);
    cr_assert_gt(pid, 1);
    (void)snprintf(command, sizeof command, "/proc/%d/stat", (int)pid);
    cr_expect(support_wait_until(is_dead, command, DEAD_MS), "it runs"); // killed; the kernel takes its time
}

// In a session with a terminal of its own. Exits with 0 when that shows again what is typed.
static void ask_hidden(const char *terminal)
{
    char command[SUPPORT_PATH_CAP + 128];
    const struct key_command run = {
        .command = command, .environment = environ, .timeout_ms = 2000, .cancel_fd = -1};
    struct termios modes;
    (void)snprintf(command, sizeof command, "stty -echo </dev/tty && echo > %s; sleep 1000; true", file);
    int fd = setsid() > 0 ? open(terminal, O_RDWR) : -1;
    enum status status = key_command_run(&run, &key, &why);
    _exit(fd >= 0 && status == STATUS_KEY_REFUSED && tcgetattr(fd, &modes) == 0 && (modes.c_lflag & ECHO) != 0
              ? 0
              : 1);
}

Test(api_key, of_a_command_that_is_given_up_while_it_hides_what_is_typed_gives_the_terminal_back)
{
    int state = 1, master = posix_openpt(O_RDWR | O_NOCTTY);
    cr_assert_geq(master, 0);
    cr_assert(grantpt(master) == 0 && unlockpt(master) == 0);
    pid_t pid = fork();
    if (pid == 0)
        ask_hidden(ptsname(master));
    cr_assert_eq(waitpid(pid, &state, 0), pid);
    cr_expect(WIFEXITED(state) && WEXITSTATUS(state) == 0, "its echo is off");
    cr_expect_eq(access(file, F_OK), 0, "it was not switched off by the command");
    (void)close(master);
}

Test(api_key, of_a_command_that_prints_without_end_is_given_up_at_its_limit)
{
    char command[] = "cat /dev/zero";
    const struct key_command run = {
        .command = command, .environment = environ, .timeout_ms = 200, .cancel_fd = -1};
    cr_expect_eq(key_command_run(&run, &key, &why), STATUS_KEY_REFUSED);
    cr_expect_not_null(strstr(why.message, "took longer"), "%s", why.message);
}

Test(api_key, of_a_file_is_its_first_line)
{
    set_file("lp0-a");
    expect_key("lp0-a");
    set_file(" lp0-b \r\nmore\n");
    expect_key("lp0-b");
    cr_assert_eq(chmod(file, 0400), 0);
    expect_key("lp0-b");
}

Test(api_key, of_a_file_behind_a_link_is_judged_by_the_file)
{
    set_file("lp0-a\n");
    (void)snprintf(config.key_file, sizeof config.key_file, "%s/link", folder);
    cr_assert_eq(symlink(file, config.key_file), 0);
    expect_key("lp0-a");
    cr_assert_eq(chmod(file, 0644), 0);
    refuse(STATUS_KEY_REFUSED, "accessible to others, mode 644");
}

Test(api_key, of_a_file_that_is_not_private_is_refused)
{
    static const mode_t modes[] = {0640, 0604, 0620, 0602, 0610};
    char other[SUPPORT_PATH_CAP + 64];
    set_file("lp0-a\n");
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        cr_assert_eq(chmod(file, modes[i]), 0);
        refuse(STATUS_KEY_REFUSED, "api_key_file");
        refuse(STATUS_KEY_REFUSED, "chmod 600 ");
    }
    cr_assert_eq(chmod(file, 0600), 0);
    (void)snprintf(other, sizeof other, "%s.second", file);
    cr_assert_eq(link(file, other), 0);
    refuse(STATUS_KEY_REFUSED, "second name");
    cr_assert_eq(unlink(other), 0);
    if (geteuid() == 0) {
        cr_assert_eq(chown(file, 65534, (gid_t)-1), 0);
        refuse(STATUS_KEY_REFUSED, "belongs to user 65534");
    }
}

Test(api_key, of_a_file_that_is_none_is_refused)
{
    set_file("");
    refuse(STATUS_KEY_REFUSED, "is empty");
    set_file("\nlp0-a\n");
    refuse(STATUS_KEY_REFUSED, "is empty");
    set_file("lp0-a lp0-b\n");
    refuse(STATUS_KEY_REFUSED, "blanks");
    cr_assert_eq(unlink(file), 0);
    refuse(STATUS_KEY_REFUSED, "No such file");
    cr_assert_eq(mkfifo(file, 0600), 0);
    refuse(STATUS_KEY_REFUSED, "is not a file");
    cr_assert_eq(unlink(file), 0);
    cr_assert_eq(mkdir(file, 0700), 0);
    refuse(STATUS_KEY_REFUSED, "is not a file");
}

Test(api_key, of_systemd_may_be_read_by_a_group_and_by_nobody_else)
{
    (void)setenv("CREDENTIALS_DIRECTORY", folder, 1);
    cr_assert(support_file_write(credential, "lp0-systemd"));
    cr_assert_eq(chmod(credential, 0440), 0);
    expect_key("lp0-systemd");
    cr_assert_eq(chmod(credential, 0444), 0);
    refuse(STATUS_KEY_REFUSED, "the systemd credential");
    cr_assert_eq(chmod(credential, 0460), 0);
    refuse(STATUS_KEY_REFUSED, "accessible to others");
    (void)setenv("CREDENTIALS_DIRECTORY", ".", 1);
    refuse(STATUS_KEY_MISSING, "no API key");
}

// --- beside the loop ----------------------------------------------------------------------

struct answer {
    int count;
    enum status status;
    char text[sizeof why.message];
};

static void on_key(void *ctx, struct secret *got, const struct failure *reason)
{
    struct answer *answer = ctx;
    answer->count++;
    answer->status = reason->status;
    (void)snprintf(answer->text, sizeof answer->text, "%s", got != NULL ? secret_text(got) : reason->message);
    secret_free(got);
}

static void ask(struct answer *answer, bool cancel)
{
    uv_loop_t loop;
    struct api_key_request *request = NULL;
    memset(answer, 0, sizeof *answer);
    cr_assert_eq(uv_loop_init(&loop), 0);
    cr_assert_eq(api_key_ask(&loop, &config, on_key, answer, &request, &why), STATUS_OK, "%s", why.message);
    cr_expect_eq(answer->count, 0, "it answered from within the call");
    if (cancel)
        api_key_cancel(request);
    (void)uv_run(&loop, UV_RUN_DEFAULT);
    cr_expect_eq(uv_loop_close(&loop), 0);
}

Test(api_key, asked_for_beside_the_loop_comes_once)
{
    struct answer answer;
    (void)setenv("LEAP0_API_KEY", "lp0-environment", 1);
    set_command("echo lp0-command");
    ask(&answer, false);
    cr_expect_eq(answer.count, 1);
    cr_expect_eq(answer.status, STATUS_OK);
    cr_expect_str_eq(answer.text, "lp0-environment");
    cr_expect_null(getenv("LEAP0_API_KEY"));
    ask(&answer, false);
    cr_expect_eq(answer.count, 1);
    cr_expect_str_eq(answer.text, "lp0-command");
    set_command("exit 4");
    ask(&answer, false);
    cr_expect_eq(answer.count, 1);
    cr_expect_eq(answer.status, STATUS_KEY_REFUSED);
    cr_expect_not_null(strstr(answer.text, "code 4"), "%s", answer.text);
    (void)setenv("LEAP0_API_KEY", "a b", 1);
    ask(&answer, false);
    cr_expect_eq(answer.status, STATUS_KEY_REFUSED);
    config.key_command[0] = '\0';
    ask(&answer, false);
    cr_expect_eq(answer.status, STATUS_KEY_MISSING);
}

// It would take longer than the test may.
Test(api_key, that_is_given_up_ends_its_command_and_is_not_told)
{
    struct answer answer;
    set_command("exec sleep 1000");
    ask(&answer, true);
    cr_expect_eq(answer.count, 0);
}
