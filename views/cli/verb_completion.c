// SPDX-License-Identifier: Apache-2.0
//
// verb_completion: `completion bash|zsh|fish`: print what a shell needs so that Tab completes sbxdeck's
// command line. The scripts know none of its words: they ask `sbxdeck __complete` at each Tab.

#include "views/cli/cli_message.h"
#include "views/cli/cli_option.h"
#include "views/cli/cli_stdout.h"
#include "views/cli/verbs.h"

#include <stdio.h>
#include <string.h>

// clang-format off
static const char bash[] =
"# bash completion for sbxdeck\n"
"_sbxdeck() {\n"
"    local line kind='' word joined=0 i at=${COMP_LINE:COMP_POINT-1:1}\n"
"    local -a words=() values=()\n"
"    COMPREPLY=()\n"
"    # bash parts words at '=' and ':' too: put them together again\n"
"    for ((i = 1; i <= COMP_CWORD; i++)); do\n"
"        word=${COMP_WORDS[i]}\n"
"        if ((i == COMP_CWORD)) && [[ -z $word && $at == [[:blank:]] ]]; then\n"
"            joined=0\n"
"        fi\n"
"        if ((${#words[@]} > 0)) && { ((joined)) || [[ $word == [=:]* ]]; }; then\n"
"            words[${#words[@]}-1]+=$word\n"
"        else\n"
"            words+=(\"$word\")\n"
"        fi\n"
"        joined=0\n"
"        [[ $word == *[=:] && -n $word && $word != *[!=:]* ]] && joined=1\n"
"    done\n"
"    ((${#words[@]} > 0)) || return 0\n"
"    word=${words[${#words[@]}-1]}\n"
"    while IFS= read -r line; do\n"
"        if [[ -z $kind ]]; then\n"
"            kind=$line\n"
"        else\n"
"            values+=(\"${line%%$'\\t'*}\")\n"
"        fi\n"
"    done < <(\"${COMP_WORDS[0]/#\\~/$HOME}\" __complete \"${words[@]}\" 2>/dev/null)\n"
"    case $kind in\n"
"    files)\n"
"        compopt -o default 2>/dev/null\n"
"        return 0 ;;\n"
"    unended)\n"
"        compopt -o nospace 2>/dev/null ;;\n"
"    esac\n"
"    # what stands before the last '=' or ':' is no part of what bash replaces\n"
"    local front=''\n"
"    [[ $word == *[=:]* && $COMP_WORDBREAKS == *[=:]* ]] && front=${word%\"${word##*[=:]}\"}\n"
"    for line in \"${values[@]}\"; do\n"
"        COMPREPLY+=(\"${line#\"$front\"}\")\n"
"    done\n"
"}\n"
"complete -F _sbxdeck sbxdeck\n";

static const char zsh[] =
"#compdef sbxdeck\n"
"# zsh completion for sbxdeck\n"
"_sbxdeck() {\n"
"    local -a lines values shown\n"
"    local line kind\n"
"    lines=(\"${(@f)$(\"${(Q)words[1]/#\\~/$HOME}\" __complete \"${(@Q)words[2,CURRENT-1]}\" \"${(Q)PREFIX}\" 2>/dev/null)}\")\n"
"    kind=$lines[1]\n"
"    if [[ $kind == files ]]; then\n"
"        _files\n"
"        return\n"
"    fi\n"
"    for line in \"${(@)lines[2,-1]}\"; do\n"
"        [[ -n $line ]] || continue\n"
"        values+=(\"${line%%$'\\t'*}\")\n"
"        if [[ $line == *$'\\t'* ]]; then\n"
"            shown+=(\"${line%%$'\\t'*}  -- ${line#*$'\\t'}\")\n"
"        else\n"
"            shown+=(\"$line\")\n"
"        fi\n"
"    done\n"
"    (( $#values )) || return 1\n"
"    if [[ $kind == unended ]]; then\n"
"        compadd -S '' -l -d shown -a values\n"
"    else\n"
"        compadd -l -d shown -a values\n"
"    fi\n"
"}\n"
"if [ \"$funcstack[1]\" = _sbxdeck ]; then\n"
"    _sbxdeck \"$@\"\n"
"else\n"
"    compdef _sbxdeck sbxdeck\n"
"fi\n";

static const char fish[] =
"# fish completion for sbxdeck\n"
"function __sbxdeck_complete\n"
"    set -l words (commandline -opc)\n"
"    set -l typed (commandline -ct)\n"
"    set -l program (string replace -r '^~' $HOME -- $words[1])\n"
"    set -l lines ($program __complete $words[2..-1] \"$typed\" 2>/dev/null)\n"
"    if test \"$lines[1]\" = files\n"
"        __fish_complete_path \"$typed\"\n"
"    else if test (count $lines) -gt 1\n"
"        printf '%s\\n' $lines[2..-1]\n"
"    end\n"
"end\n"
"complete -c sbxdeck -f -a '(__sbxdeck_complete)'\n";
// clang-format on

int verb_completion(const struct cli_arguments *arguments)
{
    static const struct {
        const char *name, *script;
    } shells[] = {{"bash", bash}, {"zsh", zsh}, {"fish", fish}};
    const char *name = arguments->values[0];
    for (size_t i = 0; i < sizeof shells / sizeof shells[0]; i++) {
        if (strcmp(shells[i].name, name) != 0)
            continue;
        (void)fputs(shells[i].script, stdout);
        return cli_stdout_failed() ? 1 : 0;
    }
    return cli_usage_error("completion", "sbxdeck completion bash, zsh or fish",
                           "'%s' is not a shell known here", name);
}
