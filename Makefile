# SPDX-License-Identifier: Apache-2.0
#
# sbxdeck: plain GNU make. Everything that is built goes to $(BUILD).
#
#   make             the console and the emulator
#   make demo        installs what is missing, builds, runs the console on the emulator
#   make test        installs what is missing, builds, runs every test and a minute of the judge
#   make check       test, lint, sanitizers, valgrind, generated text
#   make help        all of it

# CHANGELOG.md says which, once for program, man page and package; one that is not released yet comes before it.
VERSION := $(shell sed -n 's/^\#\# *\([0-9][0-9.]*\) *(unreleased).*/\1~dev/p; t q; s/^\#\# *\([0-9][0-9.]*\).*/\1/p; t q; b; :q; q' CHANGELOG.md)
$(if $(VERSION),,$(error CHANGELOG.md names no version))
BUILD   ?= build
PREFIX  ?= /usr/local
DESTDIR ?=
V       ?= 0

# A name with blanks is several to make, so that one goes by a link here.
quote = '$(subst ','\'',$(1))'
build_given := $(BUILD)
$(if $(build_given),,$(error BUILD is empty: give it a folder))
ifneq (1,$(words [$(BUILD)]))
override BUILD := .build-$(shell printf %s $(call quote,$(build_given)) | cksum | cut -d' ' -f1)
$(shell mkdir -p $(call quote,$(build_given)) && ln -sfn $(call quote,$(build_given)) $(BUILD))
endif

ifeq ($(origin CC),default)
CC := gcc
endif
MAKEFLAGS += --no-print-directory
# On all cores, unless a -j says otherwise. Several goals are made in their order: `make clean all`.
ifeq (0,$(MAKELEVEL))
ifneq (,$(filter 0 1,$(words $(MAKECMDGOALS))))
MAKEFLAGS += -j$(shell nproc 2>/dev/null || echo 2)
endif
endif
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:
Q := $(if $(filter 1,$(V)),,@)

# --- what is linked with what ------------------------------------------------

PKGS_api      := libcurl libcjson libssh libuv sqlite3 libsodium inih
PKGS_tui      := ncursesw libcjson
PKGS_emulator := libmicrohttpd libssh libcjson libsodium
PKGS_tests    := criterion

# ONLY=NAME: of the tests, or of the figures, only these.
ONLY ?=

# pkg-config is asked once a run and only when something is built, so that this
# file also reads on a machine which has nothing yet.
once = $(eval $(1) := $$(shell $(2)))$($(1))
cflags_all     = $(call once,CFLAGS_PKG,pkg-config --cflags $(PKGS_api) $(PKGS_tui) $(PKGS_emulator) 2>/dev/null)
cflags_tests   = $(call once,CFLAGS_PKG_TESTS,pkg-config --cflags $(PKGS_tests) 2>/dev/null)
libs_api       = $(call once,LIBS_PKG_API,pkg-config --libs $(PKGS_api))
libs_tui       = $(call once,LIBS_PKG_TUI,pkg-config --libs $(PKGS_tui))
libs_emulator  = $(call once,LIBS_PKG_EMULATOR,pkg-config --libs $(PKGS_emulator))
libs_tests     = $(call once,LIBS_PKG_TESTS,pkg-config --libs $(PKGS_tests))

OPT      ?= -O2 -g -D_FORTIFY_SOURCE=2 -fstack-protector-strong
WARN     := -Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion -Wstrict-prototypes -Wmissing-prototypes
WERROR   ?=
SANITIZE ?=
san      := $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-omit-frame-pointer -fno-sanitize-recover=undefined)
# CPPFLAGS, CFLAGS, LDFLAGS and LDLIBS are for whoever builds. They come after ours, and replace none of ours that
# they don't name. _FORTIFY_SOURCE needs an optimizer, and warns when it is set twice.
opt          := $(if $(filter -O0,$(CFLAGS))$(findstring _FORTIFY_SOURCE,$(CPPFLAGS) $(CFLAGS)),$(filter-out -D_FORTIFY_SOURCE=%,$(OPT)),$(OPT))
our_cppflags := -I. -D_GNU_SOURCE -DSBXDECK_VERSION='"$(VERSION)"'
our_cflags    = -std=gnu11 $(opt) $(WARN) $(WERROR) -fPIE $(san)
our_ldflags  := -pie -Wl,-z,relro,-z,now $(san)

# --- sources: a new file or folder needs no line here --------------------------

# $(call files,FOLDER,PATTERN): what is below a folder, at any depth.
files         = $(sort $(foreach entry,$(wildcard $(1)/*),$(call files,$(entry),$(2)) $(filter $(2),$(entry))))
src_api      := $(call files,api,%.c)
src_tui      := $(call files,tui,%.c)
src_views    := $(call files,views,%.c)
src_emulator := $(call files,tests/emulator,%.c)
src_support  := $(call files,tests/support,%.c)
src_tests    := $(call files,tests,%.c)
src_all      := $(src_api) $(src_tui) $(src_views) $(src_tests)
headers_all  := $(foreach folder,api tui views tests,$(call files,$(folder),%.h))
objects       = $(patsubst %.c,$(BUILD)/%.o,$(1))
tests_in      = $(call objects,$(filter tests/$(1)/%,$(src_tests)))

src_main      := $(filter %/main.c,$(src_views))
obj_views_lib := $(call objects,$(filter-out $(src_main),$(src_views)))

.PHONY: all
all: $(BUILD)/sbxdeck $(BUILD)/leap0-emulator

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC    $<"
	$(Q)$(CC) $(our_cppflags) $(our_cflags) $(cflags_all) $(if $(filter tests/unit/% tests/e2e/% tests/tools/% tests/support/%,$<),$(cflags_tests)) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c $< -o $@

# What tells the version is made again when that may have changed.
$(call objects,$(shell grep -rlF SBXDECK_VERSION api tui views tests --include=*.c)): CHANGELOG.md

# A flood of output goes through these: their loops are worth widening. A build with another OPT is left alone.
$(BUILD)/tui/vt/%.o $(BUILD)/tui/base/char_width%.o $(BUILD)/tui/base/color_reduce.o $(BUILD)/tui/pane/vt_pane.o: opt := $(opt:-O2=-O3)

$(BUILD)/libapi.a: $(call objects,$(src_api))
$(BUILD)/libtui.a: $(call objects,$(src_tui))
$(BUILD)/libviews.a: $(obj_views_lib)
$(BUILD)/libsupport.a: $(call objects,$(src_support))
$(BUILD)/%.a:
	@mkdir -p $(@D)
	@rm -f $@
	$(Q)ar rcs $@ $^

link = @echo "  LINK  $@"; $(CC) $(our_ldflags) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o %.a,$^) $(LDLIBS)

$(BUILD)/sbxdeck: $(call objects,$(src_main)) $(BUILD)/libviews.a $(BUILD)/libtui.a $(BUILD)/libapi.a
	$(link) $(libs_tui) $(libs_api) -lm

$(BUILD)/leap0-emulator: $(call objects,$(src_emulator))
	$(link) $(libs_emulator) -lutil -lm

# The floors are held here: each test program is linked with its floor's libraries and no others.
$(BUILD)/test-api: $(call tests_in,unit/api) $(BUILD)/libsupport.a $(BUILD)/libapi.a
	$(link) $(libs_tests) $(libs_api) -lutil -lm
$(BUILD)/test-tui: $(call tests_in,unit/tui) $(BUILD)/libsupport.a $(BUILD)/libtui.a
	$(link) $(libs_tests) $(libs_tui) -lutil -lm
$(BUILD)/test-views: $(call tests_in,unit/views) $(BUILD)/libsupport.a $(BUILD)/libviews.a $(BUILD)/libtui.a $(BUILD)/libapi.a
	$(link) $(libs_tests) $(libs_tui) $(libs_api) -lutil -lm
# The end-to-end tests know the program only from outside; tui/ gives them a terminal to read its screen with.
$(BUILD)/test-e2e: $(call tests_in,e2e) $(BUILD)/tests/tools/fixture.o $(BUILD)/libsupport.a $(BUILD)/libtui.a
	$(link) $(libs_tests) $(libs_tui) $(call once,LIBS_PKG_E2E,pkg-config --libs libcjson libsodium sqlite3) -lutil -lm

# Other people's tools that reach a sandbox by its name.
$(BUILD)/test-tools: $(call tests_in,tools) $(BUILD)/libsupport.a $(BUILD)/libtui.a
	$(link) $(libs_tests) $(libs_tui) -lutil -lm

# What is put between a program under test and the C library.
$(BUILD)/libslept.so: tests/preload/slept.c
	@mkdir -p $(@D)
	@echo "  LINK  $@"
	$(Q)$(CC) -std=gnu11 -D_GNU_SOURCE -O2 $(WARN) $(CPPFLAGS) $(CFLAGS) -fPIC $(LDFLAGS) -shared -o $@ $<
$(BUILD)/test-e2e: | $(BUILD)/libslept.so

-include $(patsubst %.c,$(BUILD)/%.d,$(src_all))

# --- set-up: what is missing is installed, or named ---------------------------

.PHONY: setup-build setup-test setup-tools setup-lint setup-screenshots setup-bench setup-deb
setup-build setup-test setup-tools setup-lint setup-screenshots setup-bench setup-deb: setup-%:
	@sh tests/setup/packages.sh $*

# --- running -------------------------------------------------------------------

.PHONY: demo run
demo: setup-build
	$(Q)$(MAKE) all
	$(Q)$(BUILD)/sbxdeck demo

run: all
	$(Q)$(BUILD)/sbxdeck

# --- tests ---------------------------------------------------------------------

tests := $(BUILD)/test-api $(BUILD)/test-tui $(BUILD)/test-views $(BUILD)/test-e2e

.PHONY: test run-tests
test: setup-test
	$(Q)$(MAKE) run-tests
	$(if $(ONLY),,$(Q)$(MAKE) judge-quick)

# ONLY=vault: the tests of that wing, or of the files so named.
run-tests: all $(tests)
	$(Q)BUILD=$(BUILD) ONLY=$(call quote,$(ONLY)) sh tests/setup/run-tests.sh $(tests)

# Ansible, Paramiko, editors, file managers through `NAME.leap0`, on the emulator and on a real sshd.
.PHONY: tools
tools: setup-tools
	$(Q)$(MAKE) all $(BUILD)/test-tools
	$(Q)BUILD=$(BUILD) sh tests/setup/run-tests.sh $(BUILD)/test-tools

# --- what `check` adds -----------------------------------------------------------

.PHONY: check lint format-check tidy cppcheck clang-build asan valgrind docs docs-check format
check:
	$(Q)$(MAKE) test
	$(Q)$(MAKE) tools
	$(Q)$(MAKE) judge
	$(Q)$(MAKE) lint
	$(Q)$(MAKE) asan
	$(Q)$(MAKE) valgrind

lint: setup-lint
	$(Q)$(MAKE) format-check arrows circles gcc-build clang-build tidy cppcheck docs-check

format:
	$(Q)clang-format -i $(src_all) $(headers_all)

format-check:
	@echo "  clang-format"
	$(Q)clang-format --dry-run --Werror $(src_all) $(headers_all)

.PHONY: gcc-build
gcc-build:
	@echo "  gcc, warnings are errors"
	$(Q)$(MAKE) CC=gcc BUILD=$(BUILD)/gcc WERROR=-Werror all

clang-build:
	@echo "  clang, warnings are errors"
	$(Q)$(MAKE) CC=clang BUILD=$(BUILD)/clang WERROR=-Werror all

tidied := $(patsubst %.c,$(BUILD)/tidy/%.ok,$(src_all))
tidy: $(tidied)
$(BUILD)/tidy/%.ok: %.c .clang-tidy $(headers_all)
	@mkdir -p $(@D)
	@echo "  TIDY  $<"
	$(Q)clang-tidy --quiet $< -- -std=gnu11 $(our_cppflags) $(CPPFLAGS) $(cflags_all) $(cflags_tests) $(WARN) 2>$@.log || { cat $@.log; exit 1; }
	@touch $@

# Who may include whom: the tables in the floors' README.md.
.PHONY: arrows
arrows:
	@echo "  arrows between wings"
	$(Q)sh tests/setup/arrows.sh

# Who calls whom, by the symbols of the objects.
.PHONY: circles
circles: all
	@echo "  circles of files"
	$(Q)sh tests/setup/circles.sh $(BUILD)

cppcheck:
	@echo "  cppcheck"
	$(Q)cppcheck --quiet --std=c11 --error-exitcode=1 --inline-suppr --enable=warning,performance,portability \
	  --suppress=missingIncludeSystem --suppress=normalCheckLevelMaxBranches --suppress=unknownMacro \
	  -I. -D_GNU_SOURCE -DSBXDECK_VERSION='"$(VERSION)"' $(src_api) $(src_tui) $(src_views) $(src_emulator)

asan:
	$(Q)$(MAKE) BUILD=$(BUILD)/asan SANITIZE=address,undefined OPT="-O1 -g" run-tests $(BUILD)/asan/judge
	$(Q)BUILD=$(BUILD)/asan ASAN_OPTIONS=exitcode=99 UBSAN_OPTIONS=exitcode=99:print_stacktrace=1 $(BUILD)/asan/judge http --quick
	$(Q)BUILD=$(BUILD)/asan ASAN_OPTIONS=exitcode=99:quarantine_size_mb=1 UBSAN_OPTIONS=exitcode=99:print_stacktrace=1 $(BUILD)/asan/judge ssh-proxy --quick

valgrind:
	$(Q)$(MAKE) BUILD=$(BUILD)/valgrind OPT="-O1 -g" run-valgrind
run-valgrind: all $(BUILD)/test-api $(BUILD)/test-tui
	$(Q)BUILD=$(BUILD) sh tests/setup/run-valgrind.sh $(BUILD)/test-api $(BUILD)/test-tui

# The program against machines that say wrong things; a failing case is printed with the command that runs it alone.
$(BUILD)/judge: $(call tests_in,judge) $(BUILD)/libsupport.a $(BUILD)/libtui.a
	$(link) $(call once,LIBS_PKG_JUDGE,pkg-config --libs libcjson libsodium) $(libs_tui) -lutil -lm

.PHONY: judge judge-quick
judge-quick: all $(BUILD)/judge
	$(Q)BUILD=$(BUILD) $(BUILD)/judge http --quick
	$(Q)BUILD=$(BUILD) $(BUILD)/judge ssh --quick
	$(Q)BUILD=$(BUILD) $(BUILD)/judge ssh-proxy --quick
	$(Q)BUILD=$(BUILD) $(BUILD)/judge ssh-clients --quick

judge: setup-test
	$(Q)$(MAKE) all $(BUILD)/judge
	$(Q)BUILD=$(BUILD) $(BUILD)/judge http
	$(Q)BUILD=$(BUILD) $(BUILD)/judge ssh $(if $(JUDGE_RUNS),--chances $(JUDGE_RUNS))
	$(Q)BUILD=$(BUILD) $(BUILD)/judge ssh-exec $(if $(JUDGE_RUNS),--chances $(JUDGE_RUNS))
	$(Q)BUILD=$(BUILD) $(BUILD)/judge ssh-proxy $(if $(JUDGE_RUNS),--chances $(JUDGE_RUNS))
	$(Q)BUILD=$(BUILD) $(BUILD)/judge ssh-clients $(if $(JUDGE_RUNS),--chances $(JUDGE_RUNS))

# The README's table of verbs and of the ten keys come from the program's own tables, as help and man page do.
docs: $(BUILD)/sbxdeck
	$(Q)sh tests/setup/docs.sh $(BUILD)/sbxdeck write
docs-check: $(BUILD)/sbxdeck
	$(Q)sh tests/setup/docs.sh $(BUILD)/sbxdeck check

# Every text that a person may read, with its place.
.PHONY: texts
texts: setup-lint
	$(Q)sh tests/setup/texts.sh

# Writers, verbs and consoles killed at any instant, KILLS of them.
KILLS ?= 10000
.PHONY: soak
soak: setup-test
	$(Q)$(MAKE) all $(BUILD)/test-api $(BUILD)/test-e2e
	$(Q)BUILD=$(BUILD) SBXDECK_KILLS=$(KILLS) $(BUILD)/test-api --filter 'vault_kills/*'
	$(Q)BUILD=$(BUILD) SBXDECK_KILLS=$(KILLS) $(BUILD)/test-e2e --filter 'kills/*'

# The terminal emulator under a fuzzer, for FUZZ_SECONDS.
FUZZ_SECONDS ?= 600
.PHONY: fuzz
fuzz: setup-lint
	@mkdir -p $(BUILD)/fuzz/corpus
	$(Q)clang $(our_cppflags) $(CPPFLAGS) -std=gnu11 -O1 -g -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined \
	  tests/fuzz/fuzz_vt.c $(src_tui) -o $(BUILD)/fuzz/fuzz-vt $(libs_tui)
	$(Q)$(BUILD)/fuzz/fuzz-vt -max_total_time=$(FUZZ_SECONDS) -max_len=4096 -artifact_prefix=$(BUILD)/fuzz/ \
	  -dict=tests/fuzz/vt.dict -timeout=20 -print_final_stats=1 $(BUILD)/fuzz/corpus

# Speed against tmux, ssh, other emulators, curses and SQLite, one line a ratio: ONLY=name, BENCH_MB=100 a stream, BENCH_RUNS=3.
$(BUILD)/bench: $(call tests_in,bench) $(BUILD)/libsupport.a $(BUILD)/libviews.a $(BUILD)/libtui.a $(BUILD)/libapi.a
	$(link) $(libs_tui) $(libs_api) $(call once,LIBS_PKG_BENCH,for p in vterm libtsm; do pkg-config --libs $$$$p; done 2>/dev/null) -lutil -lm

.PHONY: bench
bench: setup-bench
	$(Q)$(MAKE) all $(BUILD)/bench
	$(Q)BUILD=$(BUILD) BENCH_MB=$(BENCH_MB) BENCH_RUNS=$(BENCH_RUNS) $(BUILD)/bench $(ONLY)

.PHONY: screenshots
screenshots: setup-screenshots
	$(Q)$(MAKE) all
	$(Q)BUILD=$(BUILD) sh tests/setup/screenshots.sh

# --- install ---------------------------------------------------------------------

bash_completions := share/bash-completion/completions
zsh_completions  := share/zsh/site-functions
fish_completions := share/fish/vendor_completions.d

.PHONY: install uninstall
install: all
	install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(PREFIX)/share/man/man1" "$(DESTDIR)$(PREFIX)/share/doc/sbxdeck"
	install -m 755 $(BUILD)/sbxdeck "$(DESTDIR)$(PREFIX)/bin/sbxdeck"
	install -m 755 $(BUILD)/leap0-emulator "$(DESTDIR)$(PREFIX)/bin/leap0-emulator"
	$(BUILD)/sbxdeck --man >$(BUILD)/sbxdeck.1
	install -m 644 $(BUILD)/sbxdeck.1 "$(DESTDIR)$(PREFIX)/share/man/man1/sbxdeck.1"
	install -m 644 README.md LICENSE CHANGELOG.md "$(DESTDIR)$(PREFIX)/share/doc/sbxdeck/"
	install -d "$(DESTDIR)$(PREFIX)/$(bash_completions)" "$(DESTDIR)$(PREFIX)/$(zsh_completions)" "$(DESTDIR)$(PREFIX)/$(fish_completions)"
	for shell in bash zsh fish; do $(BUILD)/sbxdeck completion $$shell >$(BUILD)/completion.$$shell || exit 1; done
	install -m 644 $(BUILD)/completion.bash "$(DESTDIR)$(PREFIX)/$(bash_completions)/sbxdeck"
	install -m 644 $(BUILD)/completion.zsh "$(DESTDIR)$(PREFIX)/$(zsh_completions)/_sbxdeck"
	install -m 644 $(BUILD)/completion.fish "$(DESTDIR)$(PREFIX)/$(fish_completions)/sbxdeck.fish"

uninstall:
	rm -f "$(DESTDIR)$(PREFIX)/bin/sbxdeck" "$(DESTDIR)$(PREFIX)/bin/leap0-emulator" "$(DESTDIR)$(PREFIX)/share/man/man1/sbxdeck.1" \
	  "$(DESTDIR)$(PREFIX)/$(bash_completions)/sbxdeck" "$(DESTDIR)$(PREFIX)/$(zsh_completions)/_sbxdeck" \
	  "$(DESTDIR)$(PREFIX)/$(fish_completions)/sbxdeck.fish"
	rm -rf "$(DESTDIR)$(PREFIX)/share/doc/sbxdeck"

# A package for Debian, as its tools and lintian have it.
.PHONY: deb
deb: setup-deb
	$(Q)$(MAKE) all
	$(Q)sh tests/setup/deb.sh $(BUILD)

.PHONY: clean help
clean:
	rm -rf $(call quote,$(build_given)) $(if $(filter $(BUILD),$(build_given)),,$(BUILD))

help:
	@echo "make              build $(BUILD)/sbxdeck and $(BUILD)/leap0-emulator"
	@echo "make demo         install what is missing, build, run the console on the emulator"
	@echo "make test         install what is missing, build, run every test and a minute of the judge; ONLY=vault: that wing's"
	@echo "make tools        install what is missing, run Ansible, Paramiko, editors and file managers through NAME.leap0"
	@echo "make check        test, tools and judge, then lint, ASan and UBSan, valgrind"
	@echo "make lint         clang-format, who includes and calls whom, gcc and clang with -Werror, clang-tidy, cppcheck, generated text"
	@echo "make screenshots  pictures of the real program in an xterm, into screenshots/"
	@echo "make docs         rewrite the generated parts of the README"
	@echo "make texts        every text that a person may read, one a line"
	@echo "make judge        the program against machines that say wrong things; a failing case is printed"
	@echo "make soak         writers and consoles killed at any instant, KILLS=10000"
	@echo "make fuzz         the terminal emulator under a fuzzer, FUZZ_SECONDS=600"
	@echo "make bench        speed against tmux, ssh and others, one line a ratio; ONLY=name, BENCH_MB=100, BENCH_RUNS=3"
	@echo "make deb          a package for Debian, in $(BUILD)"
	@echo "make install      with PREFIX ($(PREFIX)) and DESTDIR; make uninstall takes it out"
	@echo "make clean        remove $(BUILD)/"
