// SPDX-License-Identifier: Apache-2.0
//
// http_url: Judge what curl reads in a URL, so that the check and the request can't differ.

#include "api/http/http_url.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <string.h>
#include <strings.h>

static bool is_loopback(const char *host)
{
    struct in_addr address;
    if (strcasecmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0)
        return true;
    return inet_pton(AF_INET, host, &address) == 1 && (ntohl(address.s_addr) >> 24) == 127;
}

static const char *fault_of(CURLU *url, const char *base_url)
{
    char *scheme = NULL, *host = NULL, *part = NULL;
    const char *fault = NULL;
    static const CURLUPart unwanted[] = {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_QUERY,
                                         CURLUPART_FRAGMENT};
    if (strlen(base_url) >= HTTP_URL_MAX || curl_url_set(url, CURLUPART_URL, base_url, 0) != CURLUE_OK ||
        curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
        curl_url_get(url, CURLUPART_HOST, &host, 0) != CURLUE_OK)
        fault = "is not a URL";
    else if (strcmp(scheme, "https") != 0 && strcmp(scheme, "http") != 0)
        fault = "is neither https nor http";
    else if (strcmp(scheme, "http") == 0 && !is_loopback(host))
        fault = "would send the key unencrypted: http is only for loopback addresses";
    for (size_t i = 0; fault == NULL && i < sizeof unwanted / sizeof unwanted[0]; i++)
        if (curl_url_get(url, unwanted[i], &part, 0) == CURLUE_OK) {
            fault = "has a user, a query or a fragment";
            curl_free(part);
        }
    curl_free(scheme);
    curl_free(host);
    return fault;
}

enum status http_url_check(const char *base_url, struct failure *why)
{
    CURLU *url = curl_url();
    if (url == NULL)
        return fail(why, STATUS_NO_MEMORY, "no memory for a URL");
    const char *fault = fault_of(url, base_url);
    curl_url_cleanup(url);
    if (fault == NULL)
        return STATUS_OK;
    return advise(why, fail(why, STATUS_BAD_ARGUMENT, "base URL '%s' %s", base_url, fault),
                  "set LEAP0_BASE_URL to one like https://api.leap0.dev");
}
