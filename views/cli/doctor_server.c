// SPDX-License-Identifier: Apache-2.0
//
// doctor_server: Look at the way to the server, at the clock, and at what the server says to the key.

#include "api/base/time_util.h"
#include "api/config/api_key.h"
#include "api/leap0/leap0.h"
#include "tui/base/text.h"
#include "views/cli/doctor.h"
#include "views/labels/phrases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MINUTE_MS = 60000, CLOCK_WARN_MS = 5000, CLOCK_FAIL_MS = 5 * 60 * 1000 };

// --- network ------------------------------------------------------------------------------

static void say_step(struct doctor_line *line, const char *name, int ms)
{
    if (ms >= 0)
        (void)text_append(line->text, sizeof line->text, ", %s %d ms", name, ms);
}

static void say_clock(struct doctor *doctor)
{
    struct doctor_line *line = doctor_add(doctor, "clock");
    const struct http_probe *probe = &doctor->probe;
    int64_t off = probe->clock_offset_ms < 0 ? -probe->clock_offset_ms : probe->clock_offset_ms;
    char span[TIME_SPAN_CAP];
    if (!probe->has_date) {
        doctor_say(line, DOCTOR_WARN, "not compared: no answer of the server with its time");
        return;
    }
    if (off <= CLOCK_WARN_MS) {
        // Of 0 no sign: -0.0 would be one.
        double seconds = off < 50 ? 0 : (double)probe->clock_offset_ms / -1000.0;
        doctor_say(line, DOCTOR_OK, "%+.1f s against the server's", seconds);
        return;
    }
    if (off >= 2 * MINUTE_MS) // one set by an hour is not off by 59m59s
        off = (off + MINUTE_MS / 2) / MINUTE_MS * MINUTE_MS;
    doctor_say(line, off > CLOCK_FAIL_MS ? DOCTOR_FAIL : DOCTOR_WARN, "this machine's is %s %s the server's",
               time_format_span(off, span), probe->clock_offset_ms < 0 ? "ahead of" : "behind");
    doctor_advise(line, "set it by NTP; sbxdeck itself counts by the server's");
}

void doctor_network(struct doctor *doctor)
{
    struct doctor_line *line = doctor_add(doctor, "network");
    struct http_probe *probe = &doctor->probe;
    char host[URL_CAP];
    http_probe(doctor->config.base_url, doctor->config.ca_file, DOCTOR_WAIT_MS, probe);
    if (probe->why.status != STATUS_OK) {
        doctor_fail(line, DOCTOR_FAIL, &probe->why);
    } else {
        doctor_say(line, DOCTOR_OK, "%s answers", phrase_host(doctor->config.base_url, host, sizeof host));
    }
    say_step(line, "DNS", probe->name_ms);
    say_step(line, "TCP", probe->connect_ms);
    say_step(line, "TLS", probe->tls_ms);
    if (probe->proxy[0] != '\0' && strstr(line->text, probe->proxy) == NULL)
        doctor_say(line, DOCTOR_OK, "by the proxy %s", probe->proxy);
    say_clock(doctor);
}

// --- key ----------------------------------------------------------------------------------

static const char *source_of_key(const struct config *config)
{
    const char *key = getenv("LEAP0_API_KEY");
    if (config->key_place == KEY_ANY && key != NULL && key[0] != '\0')
        return "LEAP0_API_KEY";
    if (config->key_command[0] != '\0')
        return "api_key_command";
    if (config->key_file[0] != '\0')
        return "api_key_file";
    return "the systemd credential leap0_api_key";
}

struct asking {
    struct failure why;
    bool answered;
    size_t total;
};

static void on_page(void *ctx, const struct failure *why, const struct leap0_page *page)
{
    struct asking *asking = ctx;
    asking->why = *why;
    asking->answered = true;
    asking->total = page != NULL ? page->total : 0;
}

// Asks for one sandbox: what changes nothing and any key may do.
static void ask(const struct doctor *doctor, struct asking *asking)
{
    const struct leap0_options options = {.base_url = doctor->config.base_url,
                                          .api_key = doctor->key,
                                          .connect_timeout_ms = DOCTOR_WAIT_MS,
                                          .timeout_ms = DOCTOR_WAIT_MS,
                                          .ca_file = doctor->config.ca_file,
                                          .leap0_header = doctor->config.leap0_header};
    const struct leap0_query query = {.page = 1, .page_size = 1};
    struct leap0 *client = NULL;
    uv_loop_t loop;
    if (uv_loop_init(&loop) != 0) {
        (void)fail(&asking->why, STATUS_NO_MEMORY, "no memory to ask the server");
        return;
    }
    if (leap0_new(&loop, &options, &client, &asking->why) == STATUS_OK) {
        if (leap0_sandboxes(client, &query, on_page, asking) == NULL)
            (void)fail(&asking->why, STATUS_NO_MEMORY, "no memory to ask the server");
        else
            while (!asking->answered && uv_run(&loop, UV_RUN_ONCE) != 0)
                ;
        leap0_free(client);
    }
    (void)uv_run(&loop, UV_RUN_DEFAULT);
    (void)uv_loop_close(&loop);
}

static void say_quota(struct doctor *doctor, const struct asking *asking)
{
    struct doctor_line *line = doctor_add(doctor, "quota");
    if (doctor->key == NULL || !asking->answered || asking->why.http_status == 0) {
        doctor_say(line, DOCTOR_WARN, "not known: the server was not asked");
    } else if (asking->why.status == STATUS_RATE_LIMITED) {
        doctor_say(line, DOCTOR_WARN, "used up: the server asks to wait");
        doctor_advise(line, "%s", failure_advice(&asking->why));
    } else {
        doctor_say(line, DOCTOR_OK, "not used up; rate_limit is set to %d requests a minute",
                   doctor->config.rate_limit);
    }
}

void doctor_key(struct doctor *doctor)
{
    struct doctor_line *line = doctor_add(doctor, "API key");
    const char *source = source_of_key(&doctor->config);
    struct asking asking = {.why = {.status = STATUS_OK}};
    struct failure why = {.status = STATUS_OK};
    char host[URL_CAP];
    if (api_key_find(&doctor->config, &doctor->key, &why) != STATUS_OK) {
        doctor_fail(line, DOCTOR_FAIL, &why);
        say_quota(doctor, &asking);
        return;
    }
    config_drop_old_key();
    doctor_say(line, DOCTOR_OK, "from %s", source);
    (void)phrase_host(doctor->config.base_url, host, sizeof host);
    if (doctor->unread) { // it goes to its own server only, and which that is isn't known
        doctor_say(line, DOCTOR_WARN, "not tried, since the settings can't be read");
    } else if (doctor->probe.why.status != STATUS_OK) {
        doctor_say(line, DOCTOR_WARN, "not tried, since %s can't be reached", host);
    } else {
        ask(doctor, &asking);
        if (asking.why.status == STATUS_OK)
            doctor_say(line, DOCTOR_OK, "accepted by %s, which has %zu sandbox%s", host, asking.total,
                       asking.total == 1 ? "" : "es");
        else if (asking.why.status == STATUS_KEY_REFUSED || asking.why.status == STATUS_FORBIDDEN)
            doctor_fail(line, DOCTOR_FAIL, &asking.why);
        else
            doctor_fail(line, DOCTOR_WARN, &asking.why);
    }
    say_quota(doctor, &asking);
}
