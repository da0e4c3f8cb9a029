// SPDX-License-Identifier: Apache-2.0
//
// config: the table's defaults, the file over them, the environment over both; what is wrong is named where
// it stands. The API key leaves the environment, also what the system shows of it.

#include "api/config/config.h"
#include "tests/support/support.h"

#include <criterion/criterion.h>
#include <pwd.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[SUPPORT_PATH_CAP], file[SUPPORT_PATH_CAP + 32];
static struct config config;
static struct failure why;

static void begin(void)
{
    char path[SUPPORT_PATH_CAP + 16];
    cr_assert_geq(sodium_init(), 0);
    cr_assert(support_folder_make(folder));
    for (size_t i = 0; config_option(i) != NULL; i++)
        if (config_option(i)->env[0] != '\0')
            (void)unsetenv(config_option(i)->env);
    (void)unsetenv("LEAP0_API_KEY");
    (void)unsetenv("XDG_STATE_HOME");
    (void)setenv("HOME", folder, 1);
    (void)setenv("XDG_CONFIG_HOME", folder, 1);
    (void)snprintf(path, sizeof path, "%s/sbxdeck", folder);
    cr_assert_eq(mkdir(path, 0700), 0);
    (void)snprintf(file, sizeof file, "%s/config", path);
}

static void end(void)
{
    (void)support_folder_remove(folder);
}

TestSuite(config, .init = begin, .fini = end);

static void load(void)
{
    cr_assert_eq(config_load(&config, &why), STATUS_OK, "%s", why.message);
}

static void refuse(const char *part)
{
    struct config before;
    memset(&config, 0x5a, sizeof config);
    before = config;
    memset(&why, 0, sizeof why);
    cr_assert_eq(config_load(&config, &why), STATUS_BAD_ARGUMENT, "%s was taken", part);
    cr_assert_eq(why.status, STATUS_BAD_ARGUMENT);
    char line[FAILURE_LINE_CAP];
    cr_expect_not_null(strstr(failure_line(&why, line), part), "'%s' is not in: %s", part, line);
    cr_expect_arr_eq(&config, &before, sizeof config, "a half-read configuration was handed out");
}

Test(config, without_a_file_the_tables_defaults_hold)
{
    char path[SUPPORT_PATH_CAP + 64];
    load();
    cr_expect_str_eq(config.base_url, "https://api.leap0.dev");
    cr_expect_str_eq(config.sandbox_domain, "sandbox.leap0.dev");
    cr_expect_eq(config.dialect, DIALECT_AUTO);
    cr_expect_str_eq(config.scheme, "auto");
    cr_expect_eq(config.refresh_s, 5);
    cr_expect_eq(config.timeout_s, 30);
    cr_expect_eq(config.connect_timeout_s, 10);
    cr_expect_eq(config.reveal_s, 10);
    cr_expect_eq(config.scrollback, 10000);
    cr_expect(config.mouse);
    cr_expect_not(config.leap0_header);
    (void)snprintf(path, sizeof path, "%s/.local/state/sbxdeck", folder);
    cr_expect_str_eq(config.state_folder, path);
    (void)snprintf(path, sizeof path, "%s/.local/state/sbxdeck/known_hosts", folder);
    cr_expect_str_eq(config.known_hosts, path);
}

Test(config, the_state_folder_follows_xdg)
{
    (void)setenv("XDG_STATE_HOME", "/var/tmp/state", 1);
    load();
    cr_expect_str_eq(config.state_folder, "/var/tmp/state/sbxdeck");
    (void)setenv("XDG_STATE_HOME", "not/absolute", 1);
    load();
    cr_expect_not_null(strstr(config.state_folder, "/.local/state/sbxdeck"));
    // As for ssh, the account's home counts where HOME says none.
    char path[SUPPORT_PATH_CAP + 64];
    const struct passwd *account = getpwuid(geteuid());
    cr_assert_not_null(account);
    (void)snprintf(path, sizeof path, "%s/.local/state/sbxdeck", account->pw_dir);
    (void)setenv("HOME", "not/absolute", 1);
    load();
    cr_expect_str_eq(config.state_folder, path);
    (void)unsetenv("HOME");
    load();
    cr_expect_str_eq(config.state_folder, path);
}

Test(config, the_file_says_all_there_is_to_say)
{
    char path[SUPPORT_PATH_CAP + 64];
    cr_assert(support_file_write(file, "# a remark\n"
                                       "base_url = http://127.0.0.1:8080\nsandbox_domain = sbx.example\n"
                                       "dialect = credential\nstate_folder = ~/vaults\nscheme = mono\n"
                                       "known_hosts = /etc/hosts.known\nrefresh = 3600\ntimeout = 1\n"
                                       "connect_timeout = 120\nreveal = 60\nscrollback = 100000\n"
                                       "leap0_header = yes\nmouse = off\nca_file = ~/ca.pem\n"));
    load();
    cr_expect_str_eq(config.base_url, "http://127.0.0.1:8080");
    cr_expect_str_eq(config.sandbox_domain, "sbx.example");
    cr_expect_eq(config.dialect, DIALECT_CREDENTIAL);
    (void)snprintf(path, sizeof path, "%s/vaults", folder);
    cr_expect_str_eq(config.state_folder, path);
    (void)snprintf(path, sizeof path, "%s/ca.pem", folder);
    cr_expect_str_eq(config.ca_file, path);
    cr_expect_str_eq(config.known_hosts, "/etc/hosts.known");
    cr_expect_str_eq(config.scheme, "mono");
    cr_expect_eq(config.refresh_s, 3600);
    cr_expect_eq(config.timeout_s, 1);
    cr_expect_eq(config.connect_timeout_s, 120);
    cr_expect_eq(config.reveal_s, 60);
    cr_expect_eq(config.scrollback, 100000);
    cr_expect(config.leap0_header);
    cr_expect_not(config.mouse);
}

Test(config, the_environment_has_the_last_word)
{
    cr_assert(support_file_write(file, "refresh = 7\nscheme = dark\ndialect = sandbox\n"));
    (void)setenv("SBXDECK_REFRESH", "9", 1);
    (void)setenv("SBXDECK_SCHEME", "", 1); // as good as not set
    (void)setenv("LEAP0_BASE_URL", "https://leap0.example", 1);
    (void)setenv("LEAP0_SANDBOX_DOMAIN", "boxes.example", 1);
    (void)setenv("SBXDECK_STATE", "/var/tmp/s", 1);
    load();
    cr_expect_eq(config.refresh_s, 9);
    cr_expect_str_eq(config.scheme, "dark");
    cr_expect_eq(config.dialect, DIALECT_SANDBOX);
    cr_expect_str_eq(config.base_url, "https://leap0.example");
    cr_expect_str_eq(config.sandbox_domain, "boxes.example");
    cr_expect_str_eq(config.known_hosts, "/var/tmp/s/known_hosts");
}

Test(config, wrong_values_are_named_with_their_line)
{
    static const struct {
        const char *line, *told;
    } wrong[] = {
        {"refresh = 0", "refresh = '0': it takes 1..3600 s"},
        {"refresh = 3601", "1..3600"},
        {"refresh = -1", "'-1'"},
        {"refresh = 5x", "refresh: '5x': 'x' is not its unit; it takes 1..3600 s (write it as 90s"},
        {"refresh = 2h", "refresh = '2h': it takes 1..3600 s"},
        {"prune = 90m", "prune: '90m': 'm' is not its unit; it takes 0..8760 h"},
        {"parallel = 4 calls", "parallel: '4 calls': 'calls' is not its unit"},
        {"refresh = 5.5", "refresh = '5.5': it takes 1..3600 s"},
        {"timeout = 601", "1..600"},
        {"connect_timeout = 121", "1..120"},
        {"reveal = 61", "1..60"},
        {"scrollback = 100001", "0..100000"},
        {"scrollback = 99999999999999999999", "0..100000"},
        {"mouse = perhaps", "yes or no"},
        {"leap0_header = 2", "yes or no"},
        {"dialect = french", "auto, sandbox or credential"},
        {"scheme = pink", "auto, dark, light, contrast or mono"},
        {"state_folder = here", "path"},
        {"known_hosts = ./hosts", "path"},
        {"sandbox_domain = a b", "sandbox_domain"},
        {"sandbox_domain = .example", "sandbox_domain"},
        {"base_url = http://api.leap0.dev", "base_url"},
        {"base_url = ftp://127.0.0.1", "base_url"},
        {"api_key = secret", "'api_key' is not an option"},
        {"refesh = 5", "'refesh' is not an option (did you mean refresh?)"},
        {"alert = echo", "did you mean alert_command?"},
        {"nosuch = 1", "'nosuch' is not an option (sbxdeck --help lists them)"},
        {"[main]", "'[main]': not a section (there are [keys], [theme]"},
        {"  [main]\nrefresh = 5", "not a section"},
        {"[keys] = x", "not a section"},
        {"alert_command =", "it takes a shell command"},
        {"alert_command = echo a\n    && echo b", "name = value"},
        {"alert_command = echo a \\\n  --flag=b", "'--flag' is not an option"},
        {"nonsense", "name = value"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char text[256], place[64];
        const char *end = strchr(wrong[i].line, '\n');
        bool second = end != NULL && wrong[i].line[2] != '[';
        (void)snprintf(text, sizeof text, "# first\nmouse = yes\n%s\n", wrong[i].line);
        (void)snprintf(place, sizeof place, "config:%d:", second ? 4 : 3);
        cr_assert(support_file_write(file, text));
        refuse(wrong[i].told);
        cr_expect_not_null(strstr(why.message, place), "no '%s' in: %s", place, why.message);
    }
}

static bool on_key(void *ctx, const struct config_line *line, const char *open_to, struct failure *fault)
{
    char *all = ctx;
    (void)open_to;
    (void)snprintf(all + strlen(all), 64, "%s=%s;", line->name, line->value);
    return strcmp(line->name, "wrong") != 0 || fail(fault, STATUS_BAD_ARGUMENT, "no such key") == STATUS_OK;
}

Test(config, keys_have_a_section_of_their_own)
{
    char all[256] = "";
    cr_assert(support_file_write(
        file, "refresh = 7\n [keys]\t\r\nrefresh = F5 Ctrl-r\n# no\nsession rename = ,\n"));
    load();
    cr_expect_eq(config.refresh_s, 7);
    cr_assert_eq(config_read_section("keys", on_key, all, &why), STATUS_OK);
    cr_expect_str_eq(all, "refresh=F5 Ctrl-r;session rename=,;");
    cr_assert(support_file_write(file, "[keys]\na = b\nwrong = c\nlater = d\n"));
    all[0] = '\0';
    cr_assert_eq(config_read_section("keys", on_key, all, &why), STATUS_BAD_ARGUMENT);
    cr_expect_str_eq(all, "a=b;wrong=c;");
    cr_expect_not_null(strstr(why.message, "config:3: no such key"), "%s", why.message);
}

// A value is what stands behind the '=', to the end of its line.
Test(config, a_command_is_taken_as_it_is_written)
{
    static const char *const commands[] = {
        "echo a > F ; echo b >> F",
        "echo a;echo b",
        "echo '# no remark' # a remark",
        "if [ -n \"$SBXDECK_ALERT\" ]; then echo = : = ; fi",
        "echo [main]",
        "a=b c:d",
        "\xc3\xbc ; \xe2\x9c\x93",
    };
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        char text[512];
        (void)snprintf(text, sizeof text,
                       "\xef\xbb\xbf; a remark\n\t# another = one\nalert_command = %s  \r\n"
                       "  refresh = 9\n",
                       commands[i]);
        cr_assert(support_file_write(file, text));
        load();
        cr_expect_str_eq(config.alert_command, commands[i]);
        cr_expect_eq(config.refresh_s, 9, "an indented line is a line");
    }
}

// Neither cut nor taken for two: at every length up to the cap, and refused with its number beyond it.
Test(config, lines_may_be_long)
{
    static const char name[] = "alert_command = ";
    static char text[3 * CONFIG_LINE_MAX], value[CONFIG_LINE_MAX + 2];
    for (size_t length = 150; length <= CONFIG_LINE_MAX + 1; length += length < 300 ? 1 : 97) {
        size_t of_value = length - strlen(name);
        memset(value, 'x', of_value);
        value[of_value] = '\0';
        (void)snprintf(text, sizeof text, "#%0*d = 1\n%s%s\nrefresh = 9\n", (int)length - 5, 7, name, value);
        cr_assert(support_file_write(file, text));
        load();
        cr_assert_str_eq(config.alert_command, value, "%zu characters", length);
        cr_assert_eq(config.refresh_s, 9);
    }
    memset(value, 'x', sizeof value - 1);
    value[sizeof value - 1] = '\0';
    (void)snprintf(text, sizeof text, "refresh = 9\n%s%s\n", name, value);
    cr_assert(support_file_write(file, text));
    refuse("config:2: this line has ");
    (void)snprintf(text, sizeof text, "#%s\n", value);
    cr_assert(support_file_write(file, text));
    refuse("config:1: this line has ");
}

Test(config, a_nul_is_no_end_of_the_file)
{
    FILE *stream = fopen(file, "w");
    cr_assert_not_null(stream);
    (void)fwrite("refresh = 9\nscheme\0= dark\n", 1, 26, stream);
    (void)fclose(stream);
    refuse("config:2: this line contains a NUL");
}

// What is run, and where the key goes, is not for others to say.
Test(config, what_others_can_change_runs_nothing)
{
    static const struct {
        mode_t mode;
        const char *told; // NULL: it is taken
    } cases[] = {{0600, NULL}, {0644, NULL}, {0646, "changed by everybody"}, {0664, "changed by its group"}};
    static const char *const lines[] = {"alert_command = true", "base_url = https://leap0.example",
                                        "sandbox_domain = leap0.example", "ca_file = /tmp/ca.pem"};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (size_t k = 0; k < sizeof lines / sizeof lines[0]; k++) {
            char text[128];
            (void)snprintf(text, sizeof text, "refresh = 9\n%s\n", lines[k]);
            cr_assert(support_file_write(file, text));
            cr_assert_eq(chmod(file, cases[i].mode), 0);
            if (cases[i].told == NULL)
                load();
            else
                refuse(cases[i].told);
        }
        cr_assert(support_file_write(file, "refresh = 9\n"));
        load(); // harmless
    }
}

Test(config, what_another_has_written_runs_nothing)
{
    if (geteuid() != 0)
        cr_skip("only root can give a file away");
    cr_assert(support_file_write(file, "alert_command = true\n"));
    cr_assert_eq(chown(file, 65534, 65534), 0);
    refuse("changed by its owner, who isn't you (make yourself the only one");
}

Test(config, wrong_variables_are_named)
{
    static const struct {
        const char *name, *value;
    } wrong[] = {{"SBXDECK_REFRESH", "soon"},
                 {"SBXDECK_DIALECT", "x"},
                 {"SBXDECK_SCHEME", "x"},
                 {"SBXDECK_STATE", "relative"},
                 {"LEAP0_BASE_URL", "http://leap0.example"},
                 {"LEAP0_SANDBOX_DOMAIN", "a/b"}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        (void)setenv(wrong[i].name, wrong[i].value, 1);
        refuse(wrong[i].name);
        cr_expect_not_null(strstr(why.message, wrong[i].value), "no '%s' in: %s", wrong[i].value,
                           why.message);
        (void)unsetenv(wrong[i].name);
    }
    load();
}

Test(config, a_file_that_cannot_be_read_is_no_absent_file)
{
    cr_assert_eq(mkdir(file, 0700), 0);
    cr_assert_neq(config_load(&config, &why), STATUS_OK);
    cr_expect_not_null(strstr(why.message, file), "%s", why.message);
}

Test(config, paths_over_the_cap_are_refused_not_cut)
{
    char longer[PATH_CAP + 8];
    memset(longer, 'a', sizeof longer);
    longer[0] = '/';
    longer[PATH_CAP] = '\0';
    (void)setenv("SBXDECK_STATE", longer, 1);
    refuse("SBXDECK_STATE");
    longer[PATH_CAP - 1] = '\0'; // fits, but known_hosts below it does not
    (void)setenv("SBXDECK_STATE", longer, 1);
    refuse("too long");
}

Test(config, every_option_has_a_name_a_form_and_a_text)
{
    size_t count = 0;
    for (const struct config_option *option; (option = config_option(count)) != NULL; count++) {
        cr_expect(option->name[0] != '\0' && option->type[0] != '\0' && option->text[0] != '\0' &&
                  option->fallback[0] != '\0');
        for (size_t i = 0; i < count; i++)
            cr_expect_str_neq(option->name, config_option(i)->name);
    }
    cr_expect_gt(count, 0);
    cr_expect_null(config_option(count + 1));
}

// --- the key ---

static bool system_shows(const char *text)
{
    static char bytes[1 << 18];
    FILE *environment = fopen("/proc/self/environ", "r");
    cr_assert_not_null(environment);
    size_t length = fread(bytes, 1, sizeof bytes, environment);
    (void)fclose(environment);
    return memmem(bytes, length, text, strlen(text)) != NULL;
}

Test(config, the_key_leaves_what_the_system_shows_of_the_environment)
{
    static const char entry[] = "LEAP0_API_KEY= lp0-shown \n";
    struct secret *key = NULL;
    bool placed = false;
    // Into the memory that the program was started with, where the shell would have put it.
    for (char **at = environ; *at != NULL && !placed; at++) {
        if (strncmp(*at, "PATH=", 5) == 0 && strlen(*at) >= sizeof entry) {
            memcpy(*at, entry, sizeof entry);
            placed = true;
        }
    }
    cr_assert(placed, "the test could not place a key");
    if (!system_shows("lp0-shown"))
        cr_skip("this runs where the system shows another program's environment (valgrind)");
    cr_assert_eq(config_take_api_key(&key, &why), STATUS_OK, "%s", why.message);
    cr_expect_str_eq(secret_text(key), "lp0-shown");
    cr_expect_null(getenv("LEAP0_API_KEY"));
    cr_expect_not(system_shows("lp0-shown"));
    secret_free(key);
}

Test(config, a_key_that_is_none_is_refused)
{
    static const struct {
        const char *value;
        enum status status;
    } wrong[] = {{"", STATUS_KEY_MISSING},
                 {" \t\n", STATUS_KEY_MISSING},
                 {"two words", STATUS_KEY_REFUSED},
                 {"line\nbreak", STATUS_KEY_REFUSED},
                 {"k\xc3\xa9y", STATUS_KEY_REFUSED}};
    struct secret *key = NULL;
    cr_expect_eq(config_take_api_key(&key, &why), STATUS_KEY_MISSING);
    cr_expect_null(key);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        (void)setenv("LEAP0_API_KEY", wrong[i].value, 1);
        cr_expect_eq(config_take_api_key(&key, &why), wrong[i].status, "'%s'", wrong[i].value);
        cr_expect_not_null(strstr(why.message, "LEAP0_API_KEY"));
        cr_expect_null(strstr(why.message, "words"), "the key is in the message");
        cr_expect_null(key);
        cr_expect_null(getenv("LEAP0_API_KEY"));
    }
    char longer[SECRET_MAX + 2];
    memset(longer, 'k', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    (void)setenv("LEAP0_API_KEY", longer, 1);
    cr_expect_eq(config_take_api_key(&key, &why), STATUS_KEY_REFUSED);
    cr_expect_null(key);
}
