// SPDX-License-Identifier: Apache-2.0
//
// http_url: Check the base URL that the operator has set.

#ifndef SBXDECK_API_HTTP_HTTP_URL_H
#define SBXDECK_API_HTTP_HTTP_URL_H

#include "api/base/status.h"

enum { HTTP_URL_MAX = 2048 };

// The base URL is https, or http to a loopback address; it has a host and no user, password, query or
// fragment. BAD_ARGUMENT names the value and what would be right.
enum status http_url_check(const char *base_url, struct failure *why);

#endif
