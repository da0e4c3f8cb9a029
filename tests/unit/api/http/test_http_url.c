// SPDX-License-Identifier: Apache-2.0
//
// http_url: what base URLs are taken.

#include "api/http/http_url.h"

#include <criterion/criterion.h>
#include <string.h>

static struct failure why;

Test(http_url, https_anywhere_and_http_to_loopback)
{
    static const char *const good[] = {
        "https://api.leap0.dev", "https://api.leap0.dev/", "https://api.leap0.dev:8443/prefix",
        "HTTPS://API.LEAP0.DEV", "https://192.0.2.7",      "https://[2001:db8::7]",
        "http://127.0.0.1:8080", "http://localhost:1",     "http://LOCALHOST",
        "http://127.77.0.3",     "http://[::1]:9",         "https://localhost",
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        cr_expect_eq(http_url_check(good[i], &why), STATUS_OK, "%s: %s", good[i], why.message);
}

Test(http_url, others_are_named_with_what_would_be_right)
{
    static const char *const bad[] = {
        "",
        "api.leap0.dev",
        "http://api.leap0.dev",
        "http://192.168.0.1",
        "http://10.0.0.1:8080",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://128.0.0.1",
        "http://[::2]",
        "http://0.0.0.0",
        "ftp://api.leap0.dev",
        "file:///etc/passwd",
        "https://user@api.leap0.dev",
        "https://user:word@api.leap0.dev",
        "https://:word@api.leap0.dev",
        "https://api.leap0.dev?x=1",
        "https://api.leap0.dev#x",
        "https://",
        "https://a b",
        "https://api.leap0.dev:99999",
        "http://127.0.0.1@evil.example",
        "javascript:alert(1)",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        cr_expect_eq(http_url_check(bad[i], &why), STATUS_BAD_ARGUMENT, "'%s' was taken", bad[i]);
        cr_expect_not_null(strstr(why.message, bad[i]), "'%s' is not named: %s", bad[i], why.message);
        cr_expect_not_null(strstr(failure_advice(&why), "LEAP0_BASE_URL"), "%s", failure_advice(&why));
    }
}

Test(http_url, one_that_is_too_long)
{
    char url[HTTP_URL_MAX + 1] = "https://api.leap0.dev/";
    memset(url + strlen(url), 'x', sizeof url - 1 - strlen(url));
    url[sizeof url - 1] = '\0';
    cr_expect_eq(http_url_check(url, &why), STATUS_BAD_ARGUMENT);
}
