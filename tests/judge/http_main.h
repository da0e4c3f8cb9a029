// SPDX-License-Identifier: Apache-2.0
//
// http_main: the judge's part with an HTTP server that gives wrong answers.

#ifndef SBXDECK_TESTS_JUDGE_HTTP_MAIN_H
#define SBXDECK_TESTS_JUDGE_HTTP_MAIN_H

// argv: what stands behind the word http. 0: nothing is wrong; 1: something is, and was printed; 2: usage.
int judge_http(int argc, char **argv);

#endif
