// SPDX-License-Identifier: Apache-2.0
//
// complete: Find out where in the grammar of the verbs the last word stands, and offer what may stand there.

#include "views/cli/complete.h"

#include "views/cli/cli_option.h"
#include "views/cli/docs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TOKENS_MAX = 8, TOKEN_CAP = 64 };

// --- values -------------------------------------------------------------------------------

static void put(struct complete_value *out, const struct complete *complete, const char *value,
                const char *about)
{
    size_t before = strlen(complete->before), length = strlen(about); // that they fit was looked at
    memcpy(out->value, complete->before, before);
    memcpy(out->value + before, value, strlen(value) + 1);
    length = length < COMPLETE_ABOUT_CAP ? length : COMPLETE_ABOUT_CAP - 1;
    memcpy(out->about, about, length);
    out->about[length] = '\0';
}

static bool is_offered(const struct complete *complete, const char *value)
{
    size_t before = strlen(complete->before);
    for (size_t i = 0; i < complete->count; i++)
        if (strcmp(complete->values[i].value + before, value) == 0)
            return true;
    return false;
}

void complete_offer(struct complete *complete, const char *value, const char *about)
{
    if (strncmp(value, complete->typed, strlen(complete->typed)) != 0)
        return;
    size_t before = strlen(complete->before);
    if (strlen(value) + before >= COMPLETE_VALUE_CAP)
        return;
    if (complete->count < COMPLETE_MOST) {
        if (!is_offered(complete, value))
            put(&complete->values[complete->count++], complete, value, about);
        return;
    }
    if (!complete->more || strcmp(value, complete->first.value + before) < 0)
        put(&complete->first, complete, value, about);
    if (!complete->more || strcmp(value, complete->last.value + before) > 0)
        put(&complete->last, complete, value, about);
    complete->more = true;
}

// --- verbs and options --------------------------------------------------------------------

static void offer_options(struct complete *complete, unsigned groups, int count, char *const *words)
{
    const struct cli_option *option = NULL;
    char name[TOKEN_CAP];
    for (size_t i = 0; (option = cli_option_at(i)) != NULL; i++) {
        bool given = false, again = option->repeated && option->argument != NULL;
        (void)snprintf(name, sizeof name, "--%s", option->name);
        for (int at = 0; at < count && !again; at++)
            given = given || strcmp(words[at], name) == 0;
        if (cli_option_counts(option, groups) && !given)
            complete_offer(complete, name, option->help);
    }
}

static void offer_first_words(struct complete *complete)
{
    char first[TOKEN_CAP], about[COMPLETE_ABOUT_CAP] = "";
    for (size_t i = 0; cli_verb_at(i) != NULL; i++) {
        const struct cli_verb *verb = cli_verb_at(i);
        (void)snprintf(first, sizeof first, "%.*s", (int)strcspn(verb->name, " "), verb->name);
        const char *help = strchr(verb->name, ' ') == NULL ? verb->help : cli_verb_group_help(first);
        (void)snprintf(about, sizeof about, "%s", help != NULL ? help : "");
        complete_offer(complete, first, about);
    }
    complete_offer(complete, "help", "Show help on a verb or a topic");
}

static void offer_group(struct complete *complete, const char *group)
{
    for (size_t i = 0; cli_verb_at(i) != NULL; i++)
        if (cli_verb_in_group(cli_verb_at(i), group) != NULL)
            complete_offer(complete, cli_verb_in_group(cli_verb_at(i), group), cli_verb_at(i)->help);
}

static void offer_topics(struct complete *complete, int count, char *const *words)
{
    if (count > 2) {
        if (count == 3)
            offer_group(complete, words[1]);
        return;
    }
    offer_first_words(complete);
    for (size_t i = 0; docs_topic_name(i) != NULL; i++)
        complete_offer(complete, docs_topic_name(i), "");
}

// --- where the word stands ----------------------------------------------------------------

// "--id" or "-i" of that verb; NULL: none such.
static const struct cli_option *option_of(const struct cli_verb *verb, const char *word, size_t length)
{
    const struct cli_option *option = NULL;
    for (size_t i = 0; (option = cli_option_at(i)) != NULL; i++) {
        if (!cli_option_counts(option, verb != NULL ? verb->options : 0))
            continue;
        if (length > 2 && strncmp(word, "--", 2) == 0 && strlen(option->name) == length - 2 &&
            strncmp(word + 2, option->name, length - 2) == 0)
            return option;
        if (length == 2 && word[0] == '-' && option->letter != 0 && word[1] == option->letter)
            return option;
    }
    return NULL;
}

static bool takes_next(const struct cli_option *option, const char *word)
{
    return option != NULL && option->argument != NULL && strchr(word, '=') == NULL;
}

// Which profile's names: what --profile says counts from here on.
static void take_profile(int count, char *const *words)
{
    static const char option[] = "--profile";
    size_t length = sizeof option - 1;
    for (int i = 0; i + 1 < count && strcmp(words[i], "--") != 0; i++) {
        if (strcmp(words[i], option) == 0 && i + 2 < count)
            (void)setenv("SBXDECK_PROFILE", words[i + 1], 1);
        else if (strncmp(words[i], option, length) == 0 && words[i][length] == '=')
            (void)setenv("SBXDECK_PROFILE", words[i] + length + 1, 1);
    }
}

// The words of "SANDBOX [COMMAND...]" without their marks.
static int tokens_of(const char *arguments, char tokens[TOKENS_MAX][TOKEN_CAP], bool *repeats)
{
    int count = 0;
    *repeats = false;
    for (const char *at = arguments; *at != '\0' && count < TOKENS_MAX; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");
        const char *word = at;
        size_t size = length;
        at += length;
        if (size == 2 && strncmp(word, "--", 2) == 0)
            break; // what comes behind it is a command there
        if (size > 1 && word[0] == '[' && word[size - 1] == ']') {
            word++;
            size -= 2;
        }
        *repeats = size > 3 && strncmp(word + size - 3, "...", 3) == 0;
        (void)snprintf(tokens[count++], TOKEN_CAP, "%.*s", (int)(size - (*repeats ? 3 : 0)), word);
    }
    return count;
}

static void offer_argument(struct complete *complete, const struct cli_verb *verb, int place, int count,
                           char *const *words)
{
    char tokens[TOKENS_MAX][TOKEN_CAP];
    bool repeats = false;
    int known = tokens_of(verb->arguments, tokens, &repeats);
    if (place >= known && known > 0 && (repeats || verb->most > known))
        place = known - 1; // as of a filter's words
    if (place < known)
        complete_value_of(complete, verb->name, tokens[place], count, words);
}

// words: behind the verb's, the last being typed.
static void find_in_verb(struct complete *complete, const struct cli_verb *verb, int count,
                         char *const *words)
{
    const char *word = words[count - 1];
    const struct cli_option *before = NULL;
    int place = 0;
    for (int i = 0; i + 1 < count; i++) {
        if (strcmp(words[i], "--") == 0)
            return; // a command follows
        const struct cli_option *option = option_of(verb, words[i], strcspn(words[i], "="));
        before = NULL;
        if (takes_next(option, words[i]) && i + 2 < count)
            i++;
        else if (takes_next(option, words[i]))
            before = option;
        else if (words[i][0] != '-')
            place++;
        if (verb->most < 0 && place > 0)
            return; // as with OpenSSH a command follows, whose options are its own
    }
    const char *equals = strchr(word, '=');
    const struct cli_option *whole =
        equals != NULL && word[0] == '-' ? option_of(verb, word, (size_t)(equals - word)) : NULL;
    if (whole != NULL && whole->argument != NULL) {
        (void)snprintf(complete->before, sizeof complete->before, "%.*s", (int)(equals - word + 1), word);
        complete->typed = equals + 1;
        complete_value_of(complete, whole->name, whole->argument, count, words);
    } else if (before != NULL) {
        complete_value_of(complete, before->name, before->argument, count, words);
    } else if (word[0] == '-') {
        offer_options(complete, verb->options, count - 1, words);
    } else {
        offer_argument(complete, verb, place, count, words);
    }
}

// Options that stand before the verb: how many words.
static int skip_leading(int count, char *const *words)
{
    int skipped = 0;
    while (skipped + 1 < count && words[skipped][0] == '-') {
        const struct cli_option *option = option_of(NULL, words[skipped], strcspn(words[skipped], "="));
        if (takes_next(option, words[skipped]) && skipped + 2 >= count)
            return skipped; // its value is being typed
        skipped += takes_next(option, words[skipped]) ? 2 : 1;
    }
    return skipped;
}

static void find_first(struct complete *complete, int count, char *const *words)
{
    const char *word = words[count - 1];
    const struct cli_option *before =
        count > 1 ? option_of(NULL, words[count - 2], strcspn(words[count - 2], "=")) : NULL;
    const char *equals = strchr(word, '=');
    const struct cli_option *whole = equals != NULL ? option_of(NULL, word, (size_t)(equals - word)) : NULL;
    if (whole != NULL && whole->argument != NULL) {
        (void)snprintf(complete->before, sizeof complete->before, "%.*s", (int)(equals - word + 1), word);
        complete->typed = equals + 1;
        complete_value_of(complete, whole->name, whole->argument, count, words);
    } else if (before != NULL && takes_next(before, words[count - 2])) {
        complete_value_of(complete, before->name, before->argument, count, words);
    } else if (word[0] == '-') {
        offer_options(complete, 0, count - 1, words);
        complete_offer(complete, "--wall", "The console for a big screen, read-only");
        complete_offer(complete, "--version", "Show the version");
    } else {
        offer_first_words(complete);
    }
}

void complete_find(struct complete *complete, int count, char **words)
{
    int used = 0;
    memset(complete, 0, sizeof *complete);
    if (count < 1)
        return;
    complete->typed = words[count - 1];
    take_profile(count, words);
    int skipped = skip_leading(count, words);
    words += skipped;
    count -= skipped;
    // The word being typed is none that is said yet.
    const struct cli_verb *verb = NULL;
    if (count > 1) {
        char *const last = words[count - 1];
        words[count - 1] = NULL;
        verb = cli_verb_find(count, words - 1, &used);
        words[count - 1] = last;
    }
    if (verb != NULL)
        find_in_verb(complete, verb, count - used, words + used);
    else if (count == 1 || words[0][0] == '-')
        find_first(complete, count, words);
    else if (strcmp(words[0], "help") == 0)
        offer_topics(complete, count, words);
    else if (count == 2)
        offer_group(complete, words[0]);
}

// --- telling it ---------------------------------------------------------------------------

static void print_value(const struct complete_value *value)
{
    (void)printf("%s%s%s\n", value->value, value->about[0] != '\0' ? "\t" : "", value->about);
}

int complete_run(int count, char **words)
{
    static const char *const kinds[] = {
        [COMPLETE_WORDS] = "words", [COMPLETE_UNENDED] = "unended", [COMPLETE_FILE_NAMES] = "files"};
    static struct complete complete;
    complete_find(&complete, count, words);
    (void)puts(kinds[complete.kind]);
    for (size_t i = 0; i < complete.count; i++)
        print_value(&complete.values[i]);
    if (complete.more) {
        print_value(&complete.first);
        print_value(&complete.last);
    }
    return fflush(stdout) == 0 ? 0 : 1;
}
