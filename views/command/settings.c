// SPDX-License-Identifier: Apache-2.0
//
// settings: options first, then each section. A section's checker is a line in settings_begin.

#include "views/command/settings.h"

#include "api/config/config_check.h"
#include "api/config/saved_filters.h"
#include "views/command/key_settings.h"
#include "views/command/own_commands.h"
#include "views/command/theme_settings.h"

#include <stdlib.h>

void settings_begin(void)
{
    config_section_set_check("keys", key_settings_check);
    config_section_set_notes("keys", key_settings_notes);
    config_section_set_check("theme", theme_settings_check);
    config_section_set_check("filters", saved_filters_check);
    config_section_set_check("command", own_commands_check);
}

static enum status check(const struct config_text *text, struct failure *why)
{
    struct config_fault *faults = calloc(CONFIG_FAULTS_MAX, sizeof *faults);
    if (faults == NULL)
        return fail(why, STATUS_NO_MEMORY, "no memory for the settings");
    size_t count = config_check_all(text, faults);
    enum status status = count > 0 ? config_text_fail(text, faults[0].line, &faults[0].why, why) : STATUS_OK;
    free(faults);
    return status;
}

// Nothing counts before all of it has been checked.
enum status settings_of_text(const struct config_text *text, struct config *config, struct failure *why)
{
    struct config taken;
    enum status status = check(text, why);
    if (status == STATUS_OK)
        status = config_of_text(text, &taken, why);
    if (status == STATUS_OK)
        status = key_settings_of_text(text, why);
    if (status == STATUS_OK)
        status = own_commands_of_text(text, why);
    if (status == STATUS_OK)
        status = theme_settings_of_text(text, why);
    if (status == STATUS_OK)
        status = saved_filters_of_text(text, why);
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
