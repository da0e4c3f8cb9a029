// SPDX-License-Identifier: Apache-2.0
//
// leap0_list: Read the list of sandboxes page by page. It changes meanwhile: a new sandbox moves the last
// item of a page onto the next one (seen twice), one that goes moves an item onto a page that was read
// already (not seen). So pages are joined by id, and when fewer came than the server says there are, they
// are read once more. The server's total is only a hint: pages are read on while it promises more, and
// never past one that brings nothing new.

#include "api/leap0/leap0_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE_SIZE_MAX = 100, PAGES_MAX = 1000, PASSES_MAX = 2 };

struct seen_id {
    char id[ID_CAP];
};

// *fresh counts it when it was not seen in this pass. False: no memory.
static bool join(struct sandbox_list *list, const struct sandbox *sandbox, size_t *fresh)
{
    bool made = false;
    struct sandbox *item = id_map_add(&list->items, sandbox->id, NULL);
    if (item == NULL || id_map_add(&list->seen, sandbox->id, &made) == NULL)
        return false;
    *item = *sandbox;
    *fresh += made;
    return true;
}

// --- pages ---

static void request_page(struct leap0_call *call)
{
    char path[LEAP0_PATH_CAP];
    int length =
        snprintf(path, sizeof path, "/v1/sandboxes?page=%d&page-size=%d", call->page, call->query.page_size);
    if (call->state[0] != '\0')
        length += snprintf(path + length, sizeof path - (size_t)length, "&state=%s", call->state);
    if (call->sort[0] != '\0')
        (void)snprintf(path + length, sizeof path - (size_t)length, "&sort=%s&order-by=%s", call->sort,
                       call->query.ascending ? "asc" : "desc");
    leap0_call_send(call, "GET", path, NULL, false);
}

static bool is_complete(const struct leap0_call *call)
{
    const struct sandbox_list *list = &call->list;
    return list->total == SIZE_MAX || list->items.count + list->malformed >= list->total;
}

static void finish(struct leap0_call *call, const struct failure *why, bool incomplete)
{
    const struct sandbox_list *list = &call->list;
    const struct leap0_page page = {.sandboxes = id_map_at(&list->items, 0),
                                    .count = list->items.count,
                                    .total = list->total == SIZE_MAX ? list->items.count : list->total,
                                    .malformed = list->malformed,
                                    .incomplete = incomplete,
                                    .unparsed = list->unparsed};
    call->cb.sandboxes(call->ctx, why, why->status == STATUS_OK ? &page : NULL);
    leap0_call_free(call);
}

// What the server says there are in all: a number that can be one, also in digits.
static size_t read_total(const cJSON *tree, struct unparsed *unparsed)
{
    bool twice = false;
    int64_t total = -1;
    const cJSON *value = json_member(tree, "total_items", &twice);
    const char *text = cJSON_GetStringValue(value);
    if (text != NULL && text[0] != '\0' && strlen(text) < 10 && strspn(text, "0123456789") == strlen(text))
        total = strtol(text, NULL, 10);
    else if (!json_get_int(tree, "total_items", 0, PAGES_MAX * PAGE_SIZE_MAX, &total))
        total = -1;
    if (total >= 0 && total <= PAGES_MAX * PAGE_SIZE_MAX)
        return (size_t)total;
    if (unparsed->count == 0 && (value != NULL || twice)) {
        char *printed = value != NULL ? cJSON_PrintUnformatted(value) : NULL;
        unparsed_add(unparsed, "total_items", printed != NULL ? printed : "it is there twice");
        cJSON_free(printed);
    }
    return SIZE_MAX;
}

// How many items a page had, and how many of them were not seen in this pass.
struct page_counts {
    size_t items, fresh;
};

static enum status take_page(struct leap0_call *call, const struct http_answer *answer,
                             struct page_counts *counts, struct failure *why)
{
    cJSON *tree = NULL;
    struct sandbox sandbox;
    enum status status = json_parse(answer->body, answer->length, &tree, why);
    if (status != STATUS_OK)
        return status;
    const cJSON *items = cJSON_GetObjectItemCaseSensitive(tree, "items");
    const cJSON *item = NULL;
    if (!cJSON_IsArray(items) && !cJSON_IsNull(items)) {
        cJSON_Delete(tree);
        return fail(why, STATUS_MALFORMED, "the response is not a list of sandboxes");
    }
    cJSON_ArrayForEach(item, items)
    {
        counts->items++;
        if (sandbox_from_json(item, &sandbox, NULL) != STATUS_OK)
            call->list.malformed++;
        else if (!join(&call->list, &sandbox, &counts->fresh)) {
            status = fail(why, STATUS_NO_MEMORY, "no memory for the list of sandboxes");
            break;
        }
    }
    call->list.total = read_total(tree, &call->list.unparsed);
    cJSON_Delete(tree);
    return status;
}

static void list_step(struct leap0_call *call, const struct http_answer *answer)
{
    struct failure why = answer->why;
    struct page_counts counts = {0, 0};
    if (why.status != STATUS_OK || take_page(call, answer, &counts, &why) != STATUS_OK) {
        finish(call, &why, false);
        return;
    }
    bool given = call->list.total != SIZE_MAX, complete = is_complete(call);
    bool full = counts.items >= (size_t)call->query.page_size;
    // Without a total, a page that is full of what is known already says nothing of an end.
    bool stuck = full && (counts.fresh == 0 || call->page == PAGES_MAX);
    bool more = counts.fresh > 0 && call->page < PAGES_MAX && (given ? !complete : full);
    if (call->query.page > 0 || (!more && (complete || call->passes >= PASSES_MAX))) {
        finish(call, &why, call->query.page == 0 && (!complete || (!given && stuck)));
        return;
    }
    call->page++;
    if (!more) {
        call->page = 1;
        call->passes++;
        call->list.malformed = 0;
        id_map_clear(&call->list.seen);
    }
    request_page(call);
}

// A word that may stand in a query as it is.
static bool take_word(const char *word, char out[STATE_CAP])
{
    out[0] = '\0';
    if (word == NULL)
        return true;
    if (strlen(word) >= STATE_CAP || !id_is_valid(word))
        return false;
    (void)snprintf(out, STATE_CAP, "%s", word);
    return true;
}

struct leap0_call *leap0_sandboxes(struct leap0 *client, const struct leap0_query *query,
                                   leap0_sandboxes_cb *cb, void *ctx)
{
    struct leap0_call *call = leap0_call_new(client, list_step, (union leap0_callback){.sandboxes = cb}, ctx);
    struct failure why;
    if (call == NULL)
        return NULL;
    call->passes = 1;
    call->list.items = ID_MAP(struct sandbox, id);
    call->list.seen = ID_MAP(struct seen_id, id);
    if (query != NULL)
        call->query = *query;
    call->urgency = call->query.urgency;
    if (call->query.page_size <= 0 || call->query.page_size > PAGE_SIZE_MAX)
        call->query.page_size = PAGE_SIZE_MAX;
    call->page = call->query.page > 0 ? call->query.page : 1;
    if (!take_word(call->query.state, call->state) || !take_word(call->query.sort, call->sort)) {
        (void)fail(&why, STATUS_BAD_ARGUMENT, "not a state or a sort order");
        leap0_call_refuse(call, &why);
    } else {
        request_page(call);
    }
    return leap0_call_begun(call);
}
