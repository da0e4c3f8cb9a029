// SPDX-License-Identifier: Apache-2.0
//
// verb_doctor: `doctor`: say in about ten lines what is right and wrong, and what to do. It changes nothing
// and goes on whatever is broken.

#include "tui/base/text.h"
#include "views/cli/cli_option.h"
#include "views/cli/cli_stdout.h"
#include "views/cli/cli_terminal.h"
#include "views/cli/doctor.h"
#include "views/cli/verbs.h"
#include "views/output/json_output.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { NAME_COLUMNS = 9, LEVEL_COLUMNS = 4 };

static const struct {
    const char *word;
    enum glyph glyph;
    const char *color; // on a terminal
} looks[DOCTOR_LEVEL_COUNT] = {
    [DOCTOR_OK] = {"ok", GLYPH_CHECK, "\033[32m"},
    [DOCTOR_WARN] = {"warn", GLYPH_WARNING, "\033[33m"},
    [DOCTOR_FAIL] = {"fail", GLYPH_CROSS, "\033[31m"},
};

static enum doctor_level worst_of(const struct doctor *doctor)
{
    enum doctor_level worst = DOCTOR_OK;
    for (size_t i = 0; i < doctor->count; i++)
        worst = doctor->lines[i].level > worst ? doctor->lines[i].level : worst;
    return worst;
}

static void print_line(const struct doctor_line *line, bool color)
{
    char text[3 * DOCTOR_TEXT_CAP], advice[3 * DOCTOR_ADVICE_CAP];
    char whole[sizeof text + sizeof advice + 4];
    int used = 2 + LEVEL_COLUMNS + 2 + NAME_COLUMNS + 1; // the glyph, and the blanks
    bool advised = line->advice[0] != '\0';
    (void)printf("%s%s %-*s%s  %-*s ", color ? looks[line->level].color : "", glyph(looks[line->level].glyph),
                 LEVEL_COLUMNS, looks[line->level].word, color ? "\033[0m" : "", NAME_COLUMNS, line->name);
    (void)snprintf(whole, sizeof whole, "%s%s%s%s",
                   display(line->text, strlen(line->text), text, sizeof text), advised ? " (" : "",
                   advised ? display(line->advice, strlen(line->advice), advice, sizeof advice) : "",
                   advised ? ")" : "");
    cli_terminal_wrap(used, used, whole);
    (void)fflush(stdout); // one that takes long does not hold back what is known
}

static int print_json(const struct doctor *doctor)
{
    cJSON *root = cJSON_CreateObject();
    cJSON *checks = root != NULL ? cJSON_AddArrayToObject(root, "checks") : NULL;
    bool fine = checks != NULL && cJSON_AddBoolToObject(root, "ok", worst_of(doctor) < DOCTOR_FAIL) != NULL;
    for (size_t i = 0; fine && i < doctor->count; i++) {
        const struct doctor_line *line = &doctor->lines[i];
        cJSON *check = cJSON_CreateObject();
        fine = cJSON_AddItemToArray(checks, check) != 0;
        json_output_add_text(check, "name", line->name);
        json_output_add_text(check, "level", looks[line->level].word);
        json_output_add_text(check, "text", line->text);
        json_output_add_text(check, "advice", line->advice);
    }
    if (!fine) {
        cJSON_Delete(root);
        return 1;
    }
    return json_output_print(stdout, root, true) ? 0 : 1;
}

int verb_doctor(const struct cli_arguments *arguments)
{
    static void (*const looked_at[])(struct doctor *
                                     doctor) = {doctor_settings, doctor_network, doctor_key, doctor_vault,
                                                doctor_terminal, doctor_libssh,  doctor_ssh};
    struct doctor doctor;
    bool color = isatty(STDOUT_FILENO) != 0;
    int code = 0;
    memset(&doctor, 0, sizeof doctor);
    for (size_t i = 0; i < sizeof looked_at / sizeof looked_at[0]; i++) {
        size_t before = doctor.count;
        looked_at[i](&doctor);
        for (size_t at = before; !arguments->json && at < doctor.count; at++)
            print_line(&doctor.lines[at], color);
    }
    if (arguments->json)
        code = print_json(&doctor);
    secret_free(doctor.key);
    if (worst_of(&doctor) == DOCTOR_FAIL)
        code = 1;
    return cli_stdout_failed() && code == 0 ? 1 : code;
}
