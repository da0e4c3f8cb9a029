// SPDX-License-Identifier: Apache-2.0
//
// http_reach: Read CA files and proxies from the environment, in curl's own order.

#include "api/http/http_reach.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

// What OpenSSL found wrong with a certificate, whose numbers curl hands on. Not set: the chain was in order,
// and curl ended before it noted that since the name was not.
enum { FAULT_NONE = 0, FAULT_NOT_SET = 1, FAULT_NOT_YET_VALID = 9, FAULT_ENDED = 10 };

// Set and not empty; NULL else.
static const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value != NULL && value[0] != '\0' ? value : NULL;
}

// --- authorities ---

static bool is_set(const char *ca_file)
{
    return ca_file != NULL && ca_file[0] != '\0';
}

static const char *file_of(const char *ca_file)
{
    if (is_set(ca_file))
        return ca_file;
    const char *bundle = variable("CURL_CA_BUNDLE");
    return bundle != NULL ? bundle : variable("SSL_CERT_FILE");
}

void http_reach_set(CURL *easy, const char *ca_file)
{
    const char *file = file_of(ca_file);
    bool alone = is_set(ca_file); // then no other is trusted
    const char *folder = alone || variable("CURL_CA_BUNDLE") != NULL ? NULL : variable("SSL_CERT_DIR");
    if (file != NULL) {
        (void)curl_easy_setopt(easy, CURLOPT_CAINFO, file);
        (void)curl_easy_setopt(easy, CURLOPT_PROXY_CAINFO, file);
    }
    if (folder != NULL || alone) {
        (void)curl_easy_setopt(easy, CURLOPT_CAPATH, folder);
        (void)curl_easy_setopt(easy, CURLOPT_PROXY_CAPATH, folder);
    }
}

static enum status certificate_failure(long fault, const char *base_url, struct failure *why)
{
    switch (fault) {
    case FAULT_NONE:
    case FAULT_NOT_SET:
        return advise(why,
                      fail(why, STATUS_TLS_FAILED, "%s: the certificate is for another host name", base_url),
                      "check LEAP0_BASE_URL and which server answers there");
    case FAULT_NOT_YET_VALID:
    case FAULT_ENDED:
        return advise(why,
                      fail(why, STATUS_TLS_FAILED, "%s: the certificate %s", base_url,
                           fault == FAULT_ENDED ? "has ended" : "is not valid yet"),
                      "check this machine's clock");
    default:
        return advise(
            why,
            fail(why, STATUS_TLS_FAILED, "%s: the certificate's authority is not trusted here", base_url),
            "to trust your own authority, set ca_file or SSL_CERT_FILE");
    }
}

bool http_reach_tls_failure(CURL *easy, CURLcode result, const char *base_url, struct failure *why)
{
    long fault = FAULT_NONE;
    if (result != CURLE_PEER_FAILED_VERIFICATION)
        return false;
    (void)curl_easy_getinfo(easy, CURLINFO_SSL_VERIFYRESULT, &fault);
    (void)certificate_failure(fault, base_url, why);
    return true;
}

void http_reach_name_file(const char *ca_file, struct failure *why)
{
    const char *file = file_of(ca_file);
    (void)advise(
        why,
        fail(why, STATUS_TLS_FAILED, "the CA file %s can't be read", file != NULL ? file : "of this system"),
        "check ca_file, CURL_CA_BUNDLE and SSL_CERT_FILE");
}

// --- proxy ---

static bool is_end(char c)
{
    return c == '\0' || c == ',' || c == ' ';
}

// NO_PROXY: names apart by commas or blanks; each stands for itself and all below it, "*" for all.
static bool goes_without(const char *host)
{
    const char *list = variable("no_proxy");
    size_t length = strlen(host);
    if (list == NULL)
        list = variable("NO_PROXY");
    while (list != NULL && *list != '\0') {
        list += *list == '.';
        size_t size = 0;
        while (!is_end(list[size]))
            size++;
        if ((size == 1 && *list == '*') ||
            (size > 0 && size <= length && strncasecmp(host + length - size, list, size) == 0 &&
             (size == length || host[length - size - 1] == '.')))
            return true;
        list += size;
        list += *list != '\0';
    }
    return false;
}

static const char *proxy_of(CURLU *url, const char *base_url)
{
    char *host = NULL;
    const char *proxy = NULL;
    if (curl_url_set(url, CURLUPART_URL, base_url, 0) != CURLUE_OK ||
        curl_url_get(url, CURLUPART_HOST, &host, 0) != CURLUE_OK)
        return NULL;
    static const char *const names[] = {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};
    for (size_t i = 0; i < sizeof names / sizeof names[0] && proxy == NULL; i++)
        proxy = variable(names[i]);
    if (goes_without(host))
        proxy = NULL;
    curl_free(host);
    return proxy;
}

// It may hold a password: only these parts of it are shown.
static bool name_of(CURLU *url, const char *proxy, char out[PROXY_NAME_CAP])
{
    char *scheme = NULL, *host = NULL, *port = NULL;
    bool good =
        curl_url_set(url, CURLUPART_URL, NULL, 0) == CURLUE_OK &&
        curl_url_set(url, CURLUPART_URL, proxy, CURLU_GUESS_SCHEME | CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK &&
        curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK;
    if (good && curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK)
        (void)curl_url_get(url, CURLUPART_PORT, &port, 0);
    if (good) // as curl has it: http and port 1080 where nothing else is said
        (void)snprintf(out, PROXY_NAME_CAP, "%s://%s:%s",
                       strstr(proxy, "://") != NULL && scheme != NULL ? scheme : "http", host,
                       port != NULL ? port : "1080");
    curl_free(scheme);
    curl_free(host);
    curl_free(port);
    return good;
}

bool http_reach_proxy(const char *base_url, char out[PROXY_NAME_CAP])
{
    CURLU *url = strncasecmp(base_url, "http:", 5) != 0 ? curl_url() : NULL; // that one is loopback
    const char *proxy = url != NULL ? proxy_of(url, base_url) : NULL;
    if (proxy != NULL && !name_of(url, proxy, out))
        (void)snprintf(out, PROXY_NAME_CAP, "in the environment, which is no URL");
    curl_url_cleanup(url);
    return proxy != NULL;
}

void http_reach_name_proxy(CURL *easy, const char *base_url, struct failure *why)
{
    char name[PROXY_NAME_CAP], reason[sizeof why->message];
    long answer = 0;
    if (!http_reach_proxy(base_url, name))
        return;
    (void)curl_easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &answer);
    (void)snprintf(reason, sizeof reason, "%s", why->message);
    if (answer >= 300)
        (void)fail(why, STATUS_NO_CONNECTION, "the proxy %s answered %ld", name, answer);
    else
        (void)fail(why, why->status, "%s, by the proxy %s", reason, name);
    (void)advise(why, why->status, "check HTTPS_PROXY and NO_PROXY");
}
