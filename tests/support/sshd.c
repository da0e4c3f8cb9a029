// SPDX-License-Identifier: Apache-2.0
//
// sshd: Start the OpenSSH server and end it with all its processes. Everything of a server is in its
// temporary folder. Its processes are found by their parents, since each connection's process leads a session
// of its own.

#include "tests/support/sshd.h"
#include "tests/support/loopback.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    OPTIONS_MAX = 16,
    PROCESSES_MAX = 4096,
    PATH_ROOM = SUPPORT_PATH_CAP + 64,
    ACCOUNTS_ROOM = SSHD_ACCOUNTS * (PATH_ROOM + 64),
    TRIES = 5
};

// crypt(3) of SSHD_PASSWORD.
static const char password_hash[] =
    "$6$sbxdeck0$5tchJbOAh3QhgYPzduSyQM6A7sQlN5itQwuuacQg6YaA0L6r3iBITFxaQtxDXvBLv49AxSsLir5KSwvOvtSnA0";

// $1: the folder, $2: the accounts' lines in passwd, $3: theirs in shadow, the rest: sshd's command line.
static const char in_namespace[] = "cd \"$1\" && cat /etc/passwd >passwd && echo \"$2\" >>passwd && "
                                   "chmod 644 passwd && cat /etc/shadow >shadow && echo \"$3\" >>shadow && "
                                   "mount --bind passwd /etc/passwd && mount --bind shadow /etc/shadow && "
                                   "mount -t tmpfs tmpfs /run && mkdir /run/sshd && shift 3 && exec \"$@\"";

static const char *program(void)
{
    static const char *const places[] = {"/usr/sbin/sshd", "/usr/local/sbin/sshd", "/usr/bin/sshd"};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        if (access(places[i], X_OK) == 0)
            return places[i];
    return NULL;
}

const char *sshd_missing(void)
{
    const char *const try_mount[] = {"unshare", "-m", "sh", "-c", "mount --bind /etc/passwd /etc/passwd",
                                     NULL};
    struct support_result result = {0};
    if (program() == NULL)
        return "no sshd is installed (openssh-server)";
    if (geteuid() != 0)
        return "an sshd with an account of its own needs root";
    bool ran = support_run(try_mount, NULL, NULL, SUPPORT_WAIT_MS, &result) && result.exit_code == 0;
    support_result_free(&result);
    return ran ? NULL : "no mount namespace can be made here (unshare -m)";
}

// --- processes ---

struct found {
    pid_t pids[PROCESSES_MAX];
    int count;
};

static void find(pid_t pid, void *ctx)
{
    struct found *found = ctx;
    if (found->count < PROCESSES_MAX)
        found->pids[found->count++] = pid;
}

// All are found before the first is signalled: a child of one that has ended has another parent.
int sshd_signal(const struct sshd *sshd, int number)
{
    struct found found = {.count = 0};
    support_descendants(sshd->pid, find, &found);
    for (int i = 0; i < found.count; i++)
        (void)kill(found.pids[i], number);
    return found.count;
}

// --- accounts ---

void sshd_account(int account, char name[SSHD_ACCOUNT_CAP])
{
    static const char suffixes[] = "0123456789";
    (void)snprintf(name, SSHD_ACCOUNT_CAP, "%s", SSHD_USER);
    if (account > 0) {
        name[strlen(SSHD_USER) - 2] = 'x';
        name[strlen(SSHD_USER) - 1] = suffixes[account % SSHD_ACCOUNTS];
    }
}

static void account_home(const struct sshd *sshd, int account, char path[PATH_ROOM])
{
    char suffix[16] = "";
    if (account > 0)
        (void)snprintf(suffix, sizeof suffix, "-%d", account);
    (void)snprintf(path, PATH_ROOM, "%s/home%s", sshd->folder, suffix);
}

static bool homes_make(const struct sshd *sshd)
{
    char path[PATH_ROOM];
    for (int i = 0; i < SSHD_ACCOUNTS; i++) {
        account_home(sshd, i, path);
        if (mkdir(path, 0700) != 0)
            return false;
    }
    return true;
}

// In the open file of accounts: one write over the old hash, which is as long, so that a reader finds the one
// or the other.
static bool hash_write(const char *path, const char *user, const char *hash)
{
    char line[SSHD_ACCOUNT_CAP + 4];
    char *text = support_file_read(path, NULL);
    (void)snprintf(line, sizeof line, "\n%s:", user);
    const char *at = text != NULL ? strstr(text, line) : NULL;
    int fd = at != NULL ? open(path, O_WRONLY | O_CLOEXEC) : -1;
    size_t length = strlen(hash);
    bool ok = fd >= 0 && pwrite(fd, hash, length, at - text + (off_t)strlen(line)) == (ssize_t)length;
    if (fd >= 0)
        (void)close(fd);
    free(text);
    return ok;
}

bool sshd_password(const struct sshd *sshd, int account, const char *password)
{
    const char *const argv[] = {"openssl", "passwd", "-6", "-salt", "sbxdeck0", "-stdin", NULL};
    char path[PATH_ROOM], user[SSHD_ACCOUNT_CAP];
    struct support_result result = {0};
    sshd_account(account, user);
    (void)snprintf(path, sizeof path, "%s/shadow", sshd->folder);
    bool ok = support_run(argv, NULL, password, SUPPORT_WAIT_MS, &result) && result.exit_code == 0;
    if (ok) {
        result.out[strcspn(result.out, "\n")] = '\0';
        ok = strlen(result.out) == strlen(password_hash) && hash_write(path, user, result.out);
    }
    if (!ok)
        (void)fprintf(stderr, "support: sshd: no new password for %s: %s\n", user,
                      result.err != NULL ? result.err : "");
    support_result_free(&result);
    return ok;
}

// --- starting ---

static int free_port(void)
{
    int port = 0;
    int fd = loopback_listen(-1, &port);
    if (fd >= 0)
        (void)close(fd);
    return port;
}

static bool listens_or_is_over(void *ctx)
{
    const struct sshd *sshd = ctx;
    int fd = loopback_connect(sshd->port);
    if (fd >= 0)
        (void)close(fd);
    return fd >= 0 || support_wait_exit(sshd->pid, 0) >= 0;
}

static bool key_make(const struct sshd *sshd, const char *key_type)
{
    char path[PATH_ROOM];
    char public_path[PATH_ROOM];
    struct support_result result = {0};
    const char *const argv[] = {"ssh-keygen", "-q", "-t", key_type, "-N", "", "-f", path, NULL};
    (void)snprintf(path, sizeof path, "%s/host_key", sshd->folder);
    (void)snprintf(public_path, sizeof public_path, "%s/host_key.pub", sshd->folder);
    (void)unlink(path);
    (void)unlink(public_path);
    bool made = support_run(argv, NULL, NULL, SUPPORT_WAIT_MS, &result) && result.exit_code == 0;
    support_result_free(&result);
    return made;
}

static bool config_write(const struct sshd *sshd, const char *const options[])
{
    char path[PATH_ROOM];
    char *text = NULL;
    size_t length = 0;
    FILE *file = open_memstream(&text, &length);
    if (file == NULL)
        return false;
    // The first value of an option holds, so that those asked for come first.
    for (size_t i = 0; options != NULL && options[i] != NULL && i < OPTIONS_MAX; i++)
        (void)fprintf(file, "%s\n", options[i]);
    (void)fprintf(
        file,
        "Port=%d\nAddressFamily=inet\nListenAddress=127.0.0.1\nHostKey=%s/host_key\nUsePAM=no\nPidFile=none\n"
        "PasswordAuthentication=yes\nKbdInteractiveAuthentication=no\nPubkeyAuthentication=no\n"
        "PermitRootLogin=yes\nUseDNS=no\nLogLevel=DEBUG1\nAcceptEnv=LANG LC_* SBXDECK_*\n"
        "PrintMotd=no\nPrintLastLog=no\nMaxStartups=100\nSubsystem=sftp internal-sftp\n",
        sshd->port, sshd->folder);
    (void)fclose(file);
    (void)snprintf(path, sizeof path, "%s/sshd_config", sshd->folder);
    bool written = support_file_write(path, text);
    free(text);
    return written;
}

static pid_t spawn(const struct sshd *sshd)
{
    char config[PATH_ROOM];
    char log[PATH_ROOM];
    char passwd[ACCOUNTS_ROOM], shadow[ACCOUNTS_ROOM];
    char home[PATH_ROOM], user[SSHD_ACCOUNT_CAP];
    size_t passwd_length = 0, shadow_length = 0;
    (void)snprintf(config, sizeof config, "%s/sshd_config", sshd->folder);
    (void)snprintf(log, sizeof log, "%s/log", sshd->folder);
    for (int i = 0; i < SSHD_ACCOUNTS; i++) {
        sshd_account(i, user);
        account_home(sshd, i, home);
        passwd_length += (size_t)snprintf(passwd + passwd_length, sizeof passwd - passwd_length,
                                          "%s%s:x:%u:%u::%s:/bin/bash", i > 0 ? "\n" : "", user,
                                          (unsigned)getuid(), (unsigned)getgid(), home);
        shadow_length +=
            (size_t)snprintf(shadow + shadow_length, sizeof shadow - shadow_length,
                             "%s%s:%s:19000:0:99999:7:::", i > 0 ? "\n" : "", user, password_hash);
    }
    const char *const argv[] = {"setpriv",    "--pdeathsig", "KILL",       "unshare", "-m",   "sh",      "-c",
                                in_namespace, "sh",          sshd->folder, passwd,    shadow, program(), "-D",
                                "-f",         config,        "-E",         log,       NULL};
    return support_spawn(argv, NULL, -1, -1, -1);
}

bool sshd_start(struct sshd *sshd, const char *const options[])
{
    const char *missing = sshd_missing();
    if (missing != NULL) {
        (void)fprintf(stderr, "support: sshd: %s\n", missing);
        return false;
    }
    if (!support_folder_make(sshd->folder))
        return false;
    if (!homes_make(sshd) || !key_make(sshd, "ed25519"))
        return false;
    // A port that was free may be taken by the time that sshd wants it.
    for (int i = 0; i < TRIES; i++) {
        sshd->port = free_port();
        sshd->pid = config_write(sshd, options) ? spawn(sshd) : -1;
        if (sshd->pid <= 0)
            break;
        if (support_wait_until(listens_or_is_over, sshd, SUPPORT_WAIT_MS) && kill(sshd->pid, 0) == 0)
            return true;
    }
    char *log = sshd_log(sshd);
    (void)fprintf(stderr, "support: sshd did not start:\n%s\n", log != NULL ? log : "");
    free(log);
    sshd_stop(sshd);
    return false;
}

// A shell whose connection has ended is no descendant any more, and writes its history into the folder.
static bool none_is_left(void *ctx)
{
    return support_signal_processes_with(((const struct sshd *)ctx)->folder, SIGKILL) == 0;
}

void sshd_stop(struct sshd *sshd)
{
    if (sshd->pid > 0) {
        (void)sshd_signal(sshd, SIGKILL);
        (void)support_wait_exit(sshd->pid, SUPPORT_WAIT_MS);
        (void)support_wait_until(none_is_left, sshd, SUPPORT_WAIT_MS);
    }
    if (sshd->folder[0] != '\0')
        (void)support_folder_remove(sshd->folder);
    memset(sshd, 0, sizeof *sshd);
}

bool sshd_rekey(struct sshd *sshd, const char *key_type)
{
    // Started anew on the same port: connections that are open stay with their own processes.
    if (!key_make(sshd, key_type))
        return false;
    (void)kill(sshd->pid, SIGKILL);
    (void)support_wait_exit(sshd->pid, SUPPORT_WAIT_MS);
    sshd->pid = spawn(sshd);
    return sshd->pid > 0 && support_wait_until(listens_or_is_over, sshd, SUPPORT_WAIT_MS) &&
           kill(sshd->pid, 0) == 0;
}

char *sshd_log(const struct sshd *sshd)
{
    char path[PATH_ROOM];
    (void)snprintf(path, sizeof path, "%s/log", sshd->folder);
    return support_file_read(path, NULL);
}
