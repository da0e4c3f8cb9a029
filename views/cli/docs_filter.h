// SPDX-License-Identifier: Apache-2.0
//
// docs_filter: The filter's language, for `sbxdeck help filter` and the man page.

#ifndef SBXDECK_VIEWS_CLI_DOCS_FILTER_H
#define SBXDECK_VIEWS_CLI_DOCS_FILTER_H

#include "views/cli/docs_writer.h"

void docs_write_filter(struct docs_writer *writer);

#endif
