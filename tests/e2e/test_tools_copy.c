// SPDX-License-Identifier: Apache-2.0
//
// What copies by ssh, through a sandbox's name, while the credential is replaced: scp in both protocols,
// sftp, rsync, and git.

#include "tests/tools/fixture.h"

#include <criterion/criterion.h>
#include <stdlib.h>

// A tree with an empty file, a name with blanks, something to run, and what no text is.
static void make_tree(struct tools *tools)
{
    free(tools_shell(tools,
                     "cd; rm -rf tree back; mkdir -p 'tree/a b/c'; cd tree; : >empty; "
                     "head -c 1048576 /dev/urandom >'a b/big'; printf '\\000\\r\\n\\377' >'a b/c/bytes'; "
                     "echo true >run; chmod 755 run"));
}

OPENSSH_TEST(tools_copy, scp_in_both_protocols, "scp", "openssh-client")
{
    static const char *const protocols[] = {"-s", "-O"};
    int round = 0;
    make_tree(tools);
    while (tools_again(tools, &round))
        for (int i = 0; i < 2; i++)
            free(tools_shell(tools,
                             "cd; rm -rf back; ssh %s 'rm -rf tree'; scp -q -p -r %s tree %s:; "
                             "scp -q -p -r %s %s:tree back; diff -r tree back; test -x back/run",
                             tools->names[0], protocols[i], tools->names[0], protocols[i], tools->names[0]));
}

OPENSSH_TEST(tools_copy, scp_between_two_names, "scp", "openssh-client")
{
    int round = 0;
    while (tools_again(tools, &round)) {
        tools_file(tools, "source", round);
        free(tools_shell(tools, "cd; scp -q source %s:one; scp -q -3 %s:one %s:two; scp -q %s:two back",
                         tools->names[0], tools->names[0], tools->names[0], tools->names[0]));
        tools_expect_same(tools, "source", "back");
    }
}

OPENSSH_TEST(tools_copy, sftp_by_a_batch, "sftp", "openssh-client")
{
    int round = 0;
    make_tree(tools);
    while (tools_again(tools, &round)) {
        char *text =
            tools_shell(tools,
                        "cd; rm -rf back; printf '%%s\\n' '-rm at' 'put -r tree there' 'ln -s there at' "
                        "'get -r at/. back' 'rename there/run there/ran' 'chmod 700 there/ran' 'ls -1 there' "
                        "'-rm at' >batch; sftp -q -b batch %s; diff -r tree back; ssh %s rm -r there",
                        tools->names[0], tools->names[0]);
        cr_expect_not_null(strstr(text, "there/ran\n"), "%s", text);
        free(text);
        // What isn't there is an error that it tells.
        free(tools_shell(tools, "echo 'get missing' | sftp -q -b - %s 2>/dev/null && exit 1; exit 0",
                         tools->names[0]));
    }
}

// Not the owner: who runs the tests need not be root, nor have other users' numbers.
OPENSSH_TEST(tools_copy, rsync_both_ways, "rsync", "rsync")
{
    int round = 0;
    make_tree(tools);
    while (tools_again(tools, &round)) {
        free(tools_shell(
            tools,
            "cd; rm -rf back; echo $$ >tree/changed; rsync -rlpt --delete tree/ %s:tree/; "
            "printf x >>'tree/a b/big'; rm tree/changed; rsync -rlptz --delete --checksum tree/ %s:tree/; "
            "rsync -rlpt %s:tree/ back/; diff -r tree back; test -x back/run",
            tools->names[0], tools->names[0], tools->names[0]));
    }
}

OPENSSH_TEST(tools_copy, git_clone_and_push, "git", "git")
{
    int round = 0;
    free(tools_shell(tools, "ssh %s 'git init -q --bare -b main repository'", tools->names[0]));
    while (tools_again(tools, &round)) {
        char *text = tools_shell(
            tools,
            "cd; rm -rf one two; git clone -q %s:repository one 2>/dev/null; cd one; git checkout -q -B "
            "main; "
            "head -c 100000 /dev/urandom >data; git add data; "
            "git -c user.name=n -c user.email=e commit -q -m 'round %d'; git push -q origin main; cd; "
            "git clone -q -b main ssh://%s/~/repository two; cmp one/data two/data; cd one; git pull -q "
            "origin main; "
            "git rev-list --count main",
            tools->names[0], round, tools->names[0]);
        cr_expect_eq(strtol(text, NULL, 10), round, "%s", text);
        free(text);
    }
}
