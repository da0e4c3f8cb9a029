// SPDX-License-Identifier: Apache-2.0
//
// settings: options first, then each section. A section's checker is a line in settings_begin.

#include "views/command/settings.h"

#include "api/config/config_check.h"
#include "views/command/key_settings.h"

void settings_begin(void)
{
    config_section_set_check("keys", key_settings_check);
}

enum status settings_of_text(const struct config_text *text, struct config *config, struct failure *why)
{
    struct config taken;
    enum status status = config_of_text(text, &taken, why);
    if (status == STATUS_OK)
        status = key_settings_of_text(text, why);
    if (status == STATUS_OK)
        *config = taken;
    return status;
}

enum status settings_load(struct config *config, struct failure *why)
{
    struct config_text *text = NULL;
    enum status status = config_read(&text, why);
    if (status == STATUS_OK)
        status = settings_of_text(text, config, why);
    config_text_free(text);
    return status;
}
