// SPDX-License-Identifier: Apache-2.0
//
// shell: Isolate a shell. bubblewrap gives it processes, a host name, a network, /tmp and a home of its own,
// with the system's programs read-only; unshare only gives the namespaces; without both it has a private
// folder. Neither bubblewrap nor unshare reports how the shell ended, and a namespace's first process is deaf
// to signals: so a watch, this very program once more, stands between them and the shell.

#include "tests/emulator/shell.h"

#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utmp.h>

enum { ARGUMENTS_MAX = 128, PATH_CAP = 512, REPORT_FD = 3, WATCH_FD = 4 };

struct arguments {
    const char *list[ARGUMENTS_MAX + 1];
    size_t count;
};

static void add(struct arguments *arguments, const char *text)
{
    if (arguments->count < ARGUMENTS_MAX)
        arguments->list[arguments->count++] = text;
}

static void add_all(struct arguments *arguments, const char *const *texts)
{
    for (; *texts != NULL; texts++)
        add(arguments, *texts);
}

// --- walls ---

// Directories that are links into /usr on most systems, and real ones on others.
static void add_system(struct arguments *arguments)
{
    static const char *const links[] = {"/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", NULL};
    static const char *const shown[] = {"/etc/alternatives", "/etc/terminfo",  "/etc/ld.so.cache", "/etc/vim",
                                        "/etc/mc",           "/etc/localtime", "/etc/inputrc",     NULL};
    static char targets[8][64];
    struct stat facts;
    add_all(arguments, (const char *const[]){"--ro-bind", "/usr", "/usr", NULL});
    for (size_t i = 0; links[i] != NULL; i++) {
        if (lstat(links[i], &facts) < 0)
            continue;
        ssize_t length = S_ISLNK(facts.st_mode) ? readlink(links[i], targets[i], sizeof targets[i] - 1) : -1;
        if (length > 0) {
            targets[i][length] = '\0';
            add_all(arguments, (const char *const[]){"--symlink", targets[i], links[i], NULL});
        } else {
            add_all(arguments, (const char *const[]){"--ro-bind", links[i], links[i], NULL});
        }
    }
    for (size_t i = 0; shown[i] != NULL; i++)
        add_all(arguments, (const char *const[]){"--ro-bind-try", shown[i], shown[i], NULL});
}

static void add_bwrap(struct arguments *arguments, const struct shell_place *place)
{
    static char home[PATH_CAP], tmp[PATH_CAP], passwd[PATH_CAP], group[PATH_CAP], hosts[PATH_CAP];
    (void)snprintf(home, sizeof home, "%s/home", place->folder);
    (void)snprintf(tmp, sizeof tmp, "%s/tmp", place->folder);
    (void)snprintf(passwd, sizeof passwd, "%s/passwd", place->folder);
    (void)snprintf(group, sizeof group, "%s/group", place->folder);
    (void)snprintf(hosts, sizeof hosts, "%s/hosts", place->folder);
    add_all(arguments, (const char *const[]){"bwrap", "--unshare-user", "--unshare-pid", "--unshare-uts",
                                             "--unshare-ipc", "--unshare-net", "--die-with-parent", "--uid",
                                             "1000", "--gid", "1000", "--hostname", place->sandbox, NULL});
    add_system(arguments);
    add_all(arguments,
            (const char *const[]){"--proc",      "/proc",     "--dev",      "/dev",       "--bind",    tmp,
                                  "/tmp",        "--bind",    home,         "/home/user", "--ro-bind", passwd,
                                  "/etc/passwd", "--ro-bind", group,        "/etc/group", "--ro-bind", hosts,
                                  "/etc/hosts",  "--chdir",   "/home/user", "--",         NULL});
}

static void add_unshare(struct arguments *arguments, const struct shell_place *place)
{
    static const char script[] = "set -e; hostname \"$1\"; mount --bind \"$2/home\" /home; "
                                 "mount --bind \"$2/tmp\" /tmp; ip link set lo up 2>/dev/null || true; "
                                 "cd /home; shift 2; exec \"$@\"";
    add_all(arguments,
            (const char *const[]){"unshare", "--user", "--map-root-user", "--pid", "--fork", "--mount",
                                  "--uts", "--ipc", "--net", "--mount-proc", "--kill-child", "bash", "-c",
                                  script, "shell", place->sandbox, place->folder, NULL});
}

static void add_walls(struct arguments *arguments, const struct shell_place *place)
{
    if (place->isolation == SHELL_BWRAP)
        add_bwrap(arguments, place);
    else if (place->isolation == SHELL_UNSHARE)
        add_unshare(arguments, place);
}

const char *shell_isolation_name(enum shell_isolation isolation)
{
    static const char *const names[] = {
        "in namespaces of their own (bubblewrap)", "in namespaces of their own (unshare)",
        "in private folders only: this kernel or account allows no namespaces"};
    return names[isolation];
}

static bool works(const struct shell_place *place)
{
    struct arguments arguments = {.count = 0};
    int status = -1;
    add_walls(&arguments, place);
    add(&arguments, "true");
    pid_t pid = fork();
    if (pid == 0) {
        int null = open("/dev/null", O_RDWR | O_CLOEXEC);
        (void)dup2(null, 0);
        (void)dup2(null, 1);
        (void)dup2(null, 2);
        (void)execvp(arguments.list[0], (char *const *)arguments.list);
        _exit(127);
    }
    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void remove_place(const struct shell_place *place)
{
    static const char *const parts[] = {
        "home/.bashrc", "home/.bash_profile", "home", "tmp", "passwd", "group", "hosts", NULL};
    char path[PATH_CAP];
    for (size_t i = 0; parts[i] != NULL; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", place->folder, parts[i]);
        (void)remove(path);
    }
    (void)rmdir(place->folder);
}

enum shell_isolation shell_probe(void)
{
    struct shell_place place = {.sandbox = "probe", .isolation = SHELL_PLAIN};
    char err[128];
    enum shell_isolation found = SHELL_PLAIN;
    const char *base = getenv("TMPDIR");
    (void)snprintf(place.folder, sizeof place.folder, "%s/leap0-probe.XXXXXX", base != NULL ? base : "/tmp");
    if (mkdtemp(place.folder) == NULL || !shell_place_make(&place, err, sizeof err))
        return SHELL_PLAIN;
    for (int i = SHELL_BWRAP; i < SHELL_PLAIN && found == SHELL_PLAIN; i++) {
        place.isolation = (enum shell_isolation)i;
        if (works(&place))
            found = place.isolation;
    }
    remove_place(&place);
    return found;
}

// --- the place ---

static bool put_file(const struct shell_place *place, const char *name, const char *text)
{
    char path[PATH_CAP];
    (void)snprintf(path, sizeof path, "%s/%s", place->folder, name);
    FILE *file = fopen(path, "we");
    if (file == NULL)
        return false;
    bool written = fputs(text, file) >= 0;
    return fclose(file) == 0 && written;
}

static bool put_folder(const struct shell_place *place, const char *name)
{
    char path[PATH_CAP];
    (void)snprintf(path, sizeof path, "%s/%s", place->folder, name);
    return mkdir(path, 0700) == 0 || errno == EEXIST;
}

bool shell_place_make(const struct shell_place *place, char *err, size_t cap)
{
    char rc[512], hosts[128];
    (void)snprintf(rc, sizeof rc,
                   "PS1='user@%s:\\w$ '\nHISTFILE=\nalias ls='ls --color=auto'\nalias ll='ls -l'\n"
                   "shopt -s checkwinsize\n",
                   place->sandbox);
    (void)snprintf(hosts, sizeof hosts, "127.0.0.1 localhost %s\n::1 localhost\n", place->sandbox);
    bool made = (mkdir(place->folder, 0700) == 0 || errno == EEXIST) && put_folder(place, "home") &&
                put_folder(place, "tmp") && put_file(place, "home/.bashrc", rc) &&
                put_file(place, "home/.bash_profile", ". ~/.bashrc\n") &&
                put_file(place, "passwd", "user:x:1000:1000::/home/user:/bin/bash\n") &&
                put_file(place, "group", "user:x:1000:\n") && put_file(place, "hosts", hosts);
    if (!made)
        (void)snprintf(err, cap, "%s: %s", place->folder, strerror(errno));
    return made;
}

// --- running ---

static void set_environment(const struct shell_place *place, const struct shell_wish *wish)
{
    char folder[PATH_CAP], tmp[PATH_CAP];
    const char *const homes[] = {"/home/user", "/home", folder};
    (void)clearenv();
    (void)snprintf(folder, sizeof folder, "%s/home", place->folder);
    (void)snprintf(tmp, sizeof tmp, "%s/tmp", place->folder);
    (void)setenv("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", 1);
    (void)setenv("HOME", homes[place->isolation], 1);
    if (place->isolation == SHELL_PLAIN)
        (void)setenv("TMPDIR", tmp, 1);
    (void)setenv("USER", "user", 1);
    (void)setenv("LOGNAME", "user", 1);
    (void)setenv("SHELL", "/bin/bash", 1);
    (void)setenv("LANG", "C.UTF-8", 1);
    (void)setenv("HOSTNAME", place->sandbox, 1); // also where the kernel gives it no host name of its own
    for (size_t i = 0; wish->environment[i] != NULL; i++) {
        char name[64];
        const char *equals = strchr(wish->environment[i], '=');
        if (equals == NULL || (size_t)(equals - wish->environment[i]) >= sizeof name)
            continue;
        (void)snprintf(name, sizeof name, "%.*s", (int)(equals - wish->environment[i]), wish->environment[i]);
        (void)setenv(name, equals + 1, 1);
    }
    if (wish->pty)
        (void)setenv("TERM", wish->term, 1);
    if (chdir(folder) < 0)
        _exit(126);
}

static void reset_signals(void)
{
    sigset_t none;
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    for (int number = 1; number < NSIG; number++)
        (void)signal(number, SIG_DFL);
}

// Shows the wall's programs the two files that the watch needs. True: there is a watch.
static bool set_watch(const struct shell_place *place, int report)
{
    int program = place->isolation == SHELL_PLAIN ? -1 : open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    if (program < 0 || report < 0)
        return false;
    // First out of the way of each other's numbers.
    int high_report = fcntl(report, F_DUPFD_CLOEXEC, 10), high_program = fcntl(program, F_DUPFD_CLOEXEC, 10);
    return dup2(high_report, REPORT_FD) == REPORT_FD && dup2(high_program, WATCH_FD) == WATCH_FD;
}

static void run(const struct shell_place *place, const struct shell_wish *wish, int report)
{
    struct arguments arguments = {.count = 0};
    char watch[32];
    reset_signals();
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    bool watched = set_watch(place, report);
    closefrom(watched ? WATCH_FD + 1 : REPORT_FD);
    set_environment(place, wish);
    add_walls(&arguments, place);
    if (watched) {
        // The terminal's signals are for the shell; the watch lets them through to it.
        (void)signal(SIGINT, SIG_IGN);
        (void)signal(SIGQUIT, SIG_IGN);
        (void)snprintf(watch, sizeof watch, "/proc/self/fd/%d", WATCH_FD);
        add_all(&arguments, (const char *const[]){watch, "--ssh-connection", SHELL_WATCH, NULL});
    }
    add(&arguments, "/bin/bash");
    if (wish->command != NULL)
        add_all(&arguments, (const char *const[]){"-c", wish->command, NULL});
    else
        add(&arguments, "--login");
    (void)execvp(arguments.list[0], (char *const *)arguments.list);
    (void)fprintf(stderr, "%s: %s\n", arguments.list[0], strerror(errno));
    _exit(127);
}

int shell_watch_main(int argc, char **argv, int first)
{
    int status = 0;
    pid_t pid = -1, ended;
    (void)fcntl(REPORT_FD, F_SETFD, FD_CLOEXEC);
    (void)fcntl(WATCH_FD, F_SETFD, FD_CLOEXEC);
    if (first < argc)
        pid = fork();
    if (pid < 0)
        return 126;
    if (pid == 0) {
        reset_signals();
        (void)execvp(argv[first], argv + first);
        _exit(127);
    }
    // What a list of processes shows of it: not the way it was started.
    size_t length = (size_t)(argv[argc - 1] + strlen(argv[argc - 1]) - argv[0]);
    memset(argv[0], 0, length);
    (void)snprintf(argv[0], length, "sshd: user");
    (void)prctl(PR_SET_NAME, SHELL_WATCH_NAME);
    // As the first process of its namespace it is given what others leave behind.
    do
        ended = waitpid(-1, &status, 0);
    while (ended != pid && (ended >= 0 || errno == EINTR));
    (void)!write(REPORT_FD, &status, sizeof status);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool shell_reap(struct shell *shell, int *status)
{
    int reported;
    if (waitpid(shell->pid, status, WNOHANG) != shell->pid)
        return false;
    if (read(shell->report, &reported, sizeof reported) == (ssize_t)sizeof reported)
        *status = reported;
    (void)close(shell->report);
    shell->report = -1;
    return true;
}

static void make_nonblocking(int fd)
{
    (void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
}

static bool start_on_pty(const struct shell_place *place, const struct shell_wish *wish, int report,
                         struct shell *shell)
{
    struct winsize size = {.ws_row = (unsigned short)wish->rows, .ws_col = (unsigned short)wish->cols};
    int master = -1, slave = -1;
    if (openpty(&master, &slave, NULL, NULL, &size) < 0)
        return false;
    shell->pid = fork();
    if (shell->pid == 0) {
        (void)login_tty(slave);
        run(place, wish, report);
    }
    (void)close(slave);
    make_nonblocking(master);
    shell->in = shell->out = master;
    shell->err = -1;
    return shell->pid > 0;
}

static bool start_on_pipes(const struct shell_place *place, const struct shell_wish *wish, int report,
                           struct shell *shell)
{
    int in[2], out[2], err[2];
    if (pipe2(in, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0 || pipe2(err, O_CLOEXEC) < 0)
        return false;
    // Larger pipes: fewer switches for what is pushed through.
    (void)fcntl(out[1], F_SETPIPE_SZ, 1 << 20);
    shell->pid = fork();
    if (shell->pid == 0) {
        (void)setsid();
        (void)dup2(in[0], 0);
        (void)dup2(out[1], 1);
        (void)dup2(err[1], 2);
        run(place, wish, report);
    }
    (void)close(in[0]);
    (void)close(out[1]);
    (void)close(err[1]);
    make_nonblocking(in[1]);
    make_nonblocking(out[0]);
    make_nonblocking(err[0]);
    shell->in = in[1];
    shell->out = out[0];
    shell->err = err[0];
    return shell->pid > 0;
}

bool shell_start(const struct shell_place *place, const struct shell_wish *wish, struct shell *shell)
{
    int report[2];
    if (pipe2(report, O_CLOEXEC | O_NONBLOCK) < 0)
        return false;
    shell->report = report[0];
    bool started = wish->pty ? start_on_pty(place, wish, report[1], shell)
                             : start_on_pipes(place, wish, report[1], shell);
    (void)close(report[1]);
    return started;
}

void shell_resize(const struct shell *shell, int rows, int cols)
{
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
    if (shell->err < 0)
        (void)ioctl(shell->out, TIOCSWINSZ, &size);
}
