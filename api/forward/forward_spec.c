// SPDX-License-Identifier: Apache-2.0
//
// forward_spec: Read what is to be forwarded. The text is parted at its colons first, brackets kept together;
// how many parts there are, and whether they are numbers, says what each of them is.

#include "api/forward/forward_spec.h"

#include "api/ssh/ssh_target.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { PARTS_MAX = 4, PORT_MAX = 65535, PORT_DIGITS = 5, TEXT_MAX = 2 * HOST_CAP };

static const char far_itself[] = "localhost";

struct parts {
    char text[PARTS_MAX][HOST_CAP];
    int count;
};

static enum status refuse(const char *text, const char *reason, struct failure *why)
{
    return advise(why, fail(why, STATUS_BAD_ARGUMENT, "'%.128s': %s", text, reason), FORWARD_SPEC_RULE);
}

// --- parts --------------------------------------------------------------------------------

// How long the part is that begins there; 0 with *open: its bracket is not closed.
static size_t part_length(const char *at, bool *open)
{
    *open = false;
    if (at[0] != '[')
        return strcspn(at, ":");
    const char *end = strchr(at, ']');
    *open = end == NULL;
    return *open ? 0 : (size_t)(end - at) + 1 + strcspn(end + 1, ":");
}

// NULL, or what is wrong.
static const char *split(const char *text, struct parts *out)
{
    const char *at = text;
    bool open = false;
    out->count = 0;
    for (;;) {
        size_t length = part_length(at, &open);
        if (open)
            return "a '[' without its ']'";
        if (out->count == PARTS_MAX)
            return "too many parts; an IPv6 address stands in brackets";
        if (length >= sizeof out->text[0])
            return "a part of it is too long";
        memcpy(out->text[out->count], at, length);
        out->text[out->count++][length] = '\0';
        if (at[length] == '\0')
            return NULL;
        at += length + 1;
    }
}

static bool is_number(const char *text)
{
    return text[0] != '\0' && strspn(text, "0123456789") == strlen(text);
}

static bool take_port(const char *text, int least, int *out)
{
    int port = 0;
    if (!is_number(text) || strlen(text) > PORT_DIGITS)
        return false;
    for (const char *at = text; *at != '\0'; at++)
        port = port * 10 + (*at - '0');
    *out = port;
    return port >= least && port <= PORT_MAX;
}

// "[::1]" → "::1"; another text as it is. Returns its length.
static size_t bare(const char *text, char out[HOST_CAP])
{
    size_t length = strlen(text);
    bool bracketed = length > 2 && text[0] == '[' && text[length - 1] == ']';
    return (size_t)snprintf(out, HOST_CAP, "%.*s", (int)(bracketed ? length - 2 : length), text + bracketed);
}

bool forward_spec_takes_host(const char *host)
{
    return host[0] != '\0' && strlen(host) < HOST_CAP && ssh_target_host_is_understood(host);
}

static bool take_host(const char *text, char out[HOST_CAP])
{
    if (!forward_spec_takes_host(text) || (strchr(text, ':') != NULL && text[0] != '['))
        return false;
    size_t length = bare(text, out);
    if (out[length - 1] == '.')
        out[length - 1] = '\0';
    return true;
}

static int family_of(const char *address)
{
    unsigned char bytes[sizeof(struct in6_addr)];
    char plain[FORWARD_ADDRESS_CAP];
    (void)snprintf(plain, sizeof plain, "%.*s", (int)strcspn(address, "%"), address);
    if (inet_pton(AF_INET, address, bytes) == 1)
        return AF_INET;
    return inet_pton(AF_INET6, plain, bytes) == 1 ? AF_INET6 : AF_UNSPEC;
}

// An address of this machine by its number, "localhost" or "*": a name could be any address.
static bool take_address(const char *text, char out[FORWARD_ADDRESS_CAP])
{
    char plain[HOST_CAP];
    if (strcmp(text, "*") == 0 || strcasecmp(text, "localhost") == 0) {
        (void)snprintf(out, FORWARD_ADDRESS_CAP, "%s", text[0] == '*' ? "*" : "127.0.0.1");
        return true;
    }
    size_t length = bare(text, plain);
    int family = length > 0 && length < FORWARD_ADDRESS_CAP && forward_spec_takes_host(text)
                     ? family_of(plain)
                     : AF_UNSPEC;
    if (family == AF_UNSPEC || (family == AF_INET6) != (text[0] == '['))
        return false;
    (void)snprintf(out, FORWARD_ADDRESS_CAP, "%.*s", FORWARD_ADDRESS_CAP - 1, plain);
    return true;
}

// --- what each of them is -----------------------------------------------------------------

// Indices of the parts; -1: not there.
struct meaning {
    int address, local, host, port;
};

static bool is_local(const char *text)
{
    return text[0] == '\0' || is_number(text);
}

static struct meaning meaning_of(const struct parts *parts)
{
    switch (parts->count) {
    case 1:
        return (struct meaning){-1, -1, -1, 0};
    case 2:
        return is_local(parts->text[0]) ? (struct meaning){-1, 0, -1, 1} : (struct meaning){-1, -1, 0, 1};
    case 3: // 127.0.0.1:3000:8080, as docker has it
        return is_local(parts->text[0]) ? (struct meaning){-1, 0, 1, 2} : (struct meaning){0, 1, -1, 2};
    default:
        return (struct meaning){0, 1, 2, 3};
    }
}

static enum status take_parts(const char *text, const struct parts *parts, struct forward_spec *out,
                              struct failure *why)
{
    const struct meaning is = meaning_of(parts);
    if (!take_port(parts->text[is.port], 1, &out->port))
        return refuse(text, "the last part is no port from 1 to 65535", why);
    out->local_port = out->port;
    if (is.local >= 0 && parts->text[is.local][0] == '\0')
        out->local_port = 0;
    else if (is.local >= 0 && !take_port(parts->text[is.local], 0, &out->local_port))
        return refuse(text, "the local port is none from 0 to 65535", why);
    if (is.address >= 0 && parts->text[is.address][0] == '\0')
        return refuse(text, "the address to listen on is empty; write * for all of this machine", why);
    if (is.address >= 0 && !take_address(parts->text[is.address], out->address))
        return refuse(text, "the address to listen on is none; an IPv6 address stands in brackets", why);
    if (is.host >= 0 && !take_host(parts->text[is.host], out->host))
        return refuse(text, "the host is no name and no address; an IPv6 address stands in brackets", why);
    return STATUS_OK;
}

enum status forward_spec_parse(const char *text, struct forward_spec *out, struct failure *why)
{
    struct parts parts;
    struct forward_spec spec = {.address = "127.0.0.1"};
    (void)snprintf(spec.host, sizeof spec.host, "%s", far_itself);
    if (text[0] == '\0')
        return refuse(text, "the port is empty; is the variable set?", why);
    if (strlen(text) > TEXT_MAX)
        return refuse(text, "too long", why);
    const char *wrong = split(text, &parts);
    if (wrong != NULL)
        return refuse(text, wrong, why);
    enum status status = take_parts(text, &parts, &spec, why);
    if (status == STATUS_OK)
        *out = spec;
    return status;
}

// --- asked of one -------------------------------------------------------------------------

static bool is_any(const char *address)
{
    struct in6_addr number;
    return strcmp(address, "*") == 0 || strcmp(address, "0.0.0.0") == 0 ||
           (inet_pton(AF_INET6, address, &number) == 1 && IN6_IS_ADDR_UNSPECIFIED(&number));
}

bool forward_spec_is_exposed(const struct forward_spec *spec)
{
    struct in6_addr number;
    bool loopback = strncmp(spec->address, "127.", 4) == 0 ||
                    (inet_pton(AF_INET6, spec->address, &number) == 1 && IN6_IS_ADDR_LOOPBACK(&number));
    return !loopback;
}

bool forward_spec_clashes(const struct forward_spec *spec, const struct forward_spec *other)
{
    return spec->local_port != 0 && spec->local_port == other->local_port &&
           (strcmp(spec->address, other->address) == 0 || is_any(spec->address) || is_any(other->address));
}

bool forward_spec_is_local_there(const struct forward_spec *spec)
{
    return strcasecmp(spec->host, far_itself) == 0;
}

char *forward_spec_local(const struct forward_spec *spec, char out[FORWARD_URL_CAP])
{
    bool ipv6 = strchr(spec->address, ':') != NULL;
    (void)snprintf(out, FORWARD_URL_CAP, "%s%s%s:%d", ipv6 ? "[" : "", spec->address, ipv6 ? "]" : "",
                   spec->local_port);
    return out;
}

char *forward_spec_url(const struct forward_spec *spec, char out[FORWARD_URL_CAP])
{
    static const int with_tls[] = {443, 8443};
    struct forward_spec opened = *spec;
    char local[FORWARD_URL_CAP];
    bool tls = false;
    for (size_t i = 0; i < sizeof with_tls / sizeof *with_tls; i++)
        tls = tls || spec->port == with_tls[i];
    if (is_any(spec->address))
        (void)snprintf(opened.address, sizeof opened.address, "127.0.0.1");
    (void)snprintf(out, FORWARD_URL_CAP, "%s://%.*s", tls ? "https" : "http", FORWARD_URL_CAP - 9,
                   forward_spec_local(&opened, local));
    return out;
}

char *forward_spec_remote(const struct forward_spec *spec, char out[FORWARD_REMOTE_CAP])
{
    bool ipv6 = strchr(spec->host, ':') != NULL;
    if (forward_spec_is_local_there(spec))
        (void)snprintf(out, FORWARD_REMOTE_CAP, ":%d", spec->port);
    else
        (void)snprintf(out, FORWARD_REMOTE_CAP, "%s%s%s:%d", ipv6 ? "[" : "", spec->host, ipv6 ? "]" : "",
                       spec->port);
    return out;
}
