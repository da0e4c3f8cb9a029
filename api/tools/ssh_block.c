// SPDX-License-Identifier: Apache-2.0
//
// ssh_block: Two quotings meet here. ssh_config has "…" and no way to write a quote, a backslash or a
// wildcard inside; the ProxyCommand is read by ssh_config as it stands, %-expanded, and then by the user's
// shell, which may be any, or by a tool that splits it without a shell: '…' is the same for all of them.

#include "api/tools/ssh_block.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { SUM_BYTES = 16, SUM_CAP = SUM_BYTES * 2 + 1 };

// --- quoting ------------------------------------------------------------------------------

static bool has_control(const char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            return true;
    return false;
}

// An argument of ssh_config.
static enum status add_path(struct bytebuf *out, const char *path, struct failure *why)
{
    static const char never[] = "\"\\*?[]{}%$";
    const char *wrong = strpbrk(path, never);
    if (wrong != NULL)
        return advise(
            why,
            fail(why, STATUS_BAD_ARGUMENT, "'%.300s' has a %c, which ssh_config can't hold", path, *wrong),
            "set state_folder to another folder");
    if (has_control(path))
        return advise(why,
                      fail(why, STATUS_BAD_ARGUMENT, "'%.300s' has a control character in its path", path),
                      "set state_folder to another folder");
    const char *quote = strpbrk(path, " '#=") != NULL ? "\"" : "";
    return bytebuf_print(out, "%s%s%s", quote, path, quote);
}

static bool is_plain(const char *text)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./:@+,=-";
    return text[0] != '\0' && strspn(text, plain) == strlen(text);
}

// A word of the ProxyCommand. A backslash is another thing to each shell, even inside quotes.
static enum status add_word(struct bytebuf *out, const char *name, const char *text, struct failure *why)
{
    enum status status = STATUS_OK;
    if (strchr(text, '\\') != NULL || has_control(text))
        return advise(
            why,
            fail(why, STATUS_BAD_ARGUMENT,
                 "%s '%.300s' has a backslash or control character, which a ProxyCommand can't hold", name,
                 text),
            "use another path");
    if (is_plain(text))
        return bytebuf_add_text(out, text);
    status = bytebuf_add_text(out, "'");
    for (; status == STATUS_OK && *text != '\0'; text++) {
        if (*text == '\'')
            status = bytebuf_add_text(out, "'\\''");
        else if (*text == '%')
            status = bytebuf_add_text(out, "%%");
        else
            status = bytebuf_add(out, text, 1);
    }
    return status == STATUS_OK ? bytebuf_add_text(out, "'") : status;
}

// --- the block ----------------------------------------------------------------------------

static enum status add_variable(struct bytebuf *out, const char *name, const char *value, struct failure *why)
{
    enum status status = bytebuf_print(out, " %s=", name);
    return status == STATUS_OK ? add_word(out, name, value, why) : status;
}

// The host's name is quoted: a repository may bring one of its own making.
static enum status add_proxy(struct bytebuf *out, const struct ssh_block *block, struct failure *why)
{
    if (strchr(block->program, '=') != NULL)
        return advise(why,
                      fail(why, STATUS_BAD_ARGUMENT,
                           "the path of this program '%.300s' has a =, which a ProxyCommand can't hold",
                           block->program),
                      "use another path");
    enum status status = bytebuf_add_text(out, "    ProxyCommand /usr/bin/env");
    if (status == STATUS_OK)
        status = add_variable(out, "SBXDECK_STATE", block->state_folder, why);
    for (size_t i = 0; status == STATUS_OK && i < block->variable_count; i++)
        status = add_variable(out, block->variables[i].name, block->variables[i].value, why);
    if (status == STATUS_OK)
        status = bytebuf_add_text(out, " ");
    if (status == STATUS_OK)
        status = add_word(out, "the path of this program", block->program, why);
    return status == STATUS_OK ? bytebuf_add_text(out, " ssh-proxy '%h'\n") : status;
}

static enum status add_file(struct bytebuf *out, const char *keyword, const char *path, struct failure *why)
{
    enum status status = bytebuf_print(out, "    %s ", keyword);
    if (status == STATUS_OK)
        status = add_path(out, path, why);
    return status == STATUS_OK ? bytebuf_add_text(out, "\n") : status;
}

// What may stand in the user's own config for all hosts and would break this hop, or slow it, is set here:
// the first value counts. What concerns the connection as a whole (LogLevel, ControlMaster, ForwardAgent,
// ...) is the user's.
static const char fixed[] =
    "    HostKeyAlias " LOCAL_HOST_ALIAS "\n"
    "    GlobalKnownHostsFile /dev/null\n"
    "    StrictHostKeyChecking yes\n"
    "    UpdateHostKeys no\n"
    "    CheckHostIP no\n"
    "    VerifyHostKeyDNS no\n"
    "    HostKeyAlgorithms ssh-ed25519\n"
    "    KexAlgorithms curve25519-sha256@libssh.org,ecdh-sha2-nistp256\n"
    "    Ciphers aes128-gcm@openssh.com,aes256-gcm@openssh.com,aes256-ctr\n"
    "    MACs hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,hmac-sha2-256\n"
    "    Compression no\n"
    "    IdentitiesOnly yes\n"
    "    PubkeyAuthentication yes\n"
    "    PreferredAuthentications publickey\n"
    "    CanonicalizeHostname no\n"
    "    ProxyUseFdpass no\n";

enum status ssh_block_write(const struct ssh_block *block, struct bytebuf *out, struct failure *why)
{
    const bool has_name = block->name != NULL && block->name[0] != '\0';
    const char *profile = block->profile != NULL ? block->profile : "";
    char end[128];
    (void)snprintf(end, sizeof end, "%s%.64s" LOCAL_NAME_END, profile[0] != '\0' ? "." : "", profile);
    enum status status =
        block->sandbox != NULL
            ? bytebuf_print(out, "Host %s%s%s%s%s\n", block->sandbox, end, has_name ? " " : "",
                            has_name ? block->name : "", has_name ? end : "")
            : bytebuf_add_text(out, "Match originalhost *" LOCAL_NAME_END ",*" LOCAL_NAME_END ".\n");
    if (status == STATUS_OK)
        status = bytebuf_add_text(out, "    HostName %h\n");
    if (status == STATUS_OK)
        status = add_proxy(out, block, why);
    if (status == STATUS_OK)
        status = add_file(out, "UserKnownHostsFile", block->keys->known_hosts, why);
    if (status == STATUS_OK)
        status = add_file(out, "IdentityFile", block->keys->identity, why);
    if (status == STATUS_OK)
        status = bytebuf_add_text(out, fixed);
    // Without its agent ssh forwards none; with it, IdentitiesOnly keeps its keys from being offered.
    if (status == STATUS_OK && !block->agent)
        status = bytebuf_add_text(out, "    IdentityAgent none\n");
    // What follows is for all hosts again, also for a reader that doesn't end a block with its file (libssh).
    if (status == STATUS_OK)
        status = bytebuf_add_text(out, "Match all\n");
    if (status == STATUS_NO_MEMORY || status == STATUS_TOO_LARGE)
        return fail(why, status, "%s for ssh's settings",
                    status == STATUS_NO_MEMORY ? "no memory" : "the paths are too long");
    return status;
}

// --- a file of its own --------------------------------------------------------------------

static const char first_line[] = "# Made by sbxdeck setup ssh, don't edit: ";

static void sum(const char *text, size_t length, char out[SUM_CAP])
{
    unsigned char hash[SUM_BYTES];
    (void)crypto_generichash(hash, sizeof hash, (const unsigned char *)text, length, NULL, 0);
    (void)sodium_bin2hex(out, SUM_CAP, hash, sizeof hash);
}

enum status ssh_block_file(const struct ssh_block *block, struct bytebuf *out, struct failure *why)
{
    struct bytebuf text = BYTEBUF(SSH_BLOCK_MAX);
    char hash[SUM_CAP];
    enum status status = ssh_block_write(block, &text, why);
    if (status == STATUS_OK) {
        sum(text.data, text.length, hash);
        status = bytebuf_print(out, "%s%s\n%s", first_line, hash, text.data);
        if (status != STATUS_OK)
            (void)fail(why, status, "no memory for ssh's settings");
    }
    bytebuf_free(&text);
    return status;
}

// By the checksum alone: the words before it may be another version's.
enum ssh_block_kind ssh_block_judge(const char *text, size_t length)
{
    char hash[SUM_CAP];
    const char *end = length > 0 && text[0] == '#' ? memchr(text, '\n', length) : NULL;
    size_t line = end != NULL ? (size_t)(end - text) : 0;
    if (line < SUM_CAP)
        return SSH_BLOCK_CHANGED;
    sum(end + 1, length - line - 1, hash);
    return memcmp(end - (SUM_CAP - 1), hash, SUM_CAP - 1) == 0 ? SSH_BLOCK_OURS : SSH_BLOCK_CHANGED;
}

enum status ssh_block_include(const char *path, struct bytebuf *out, struct failure *why)
{
    enum status status = bytebuf_add_text(out, "Include ");
    return status == STATUS_OK ? add_path(out, path, why) : status;
}
