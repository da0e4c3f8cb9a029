// SPDX-License-Identifier: Apache-2.0
//
// leap0_list: Read the list of sandboxes page by page. It changes meanwhile: a new sandbox moves the last
// item of a page onto the next one (seen twice), one that goes moves an item onto a page that was read
// already (not seen). So pages are joined by id, and when fewer came than the server says there are, they
// are read once more. The server's total is only a hint: pages are read on while it promises more, and
// never past one that brings nothing new.

#include "api/leap0/leap0_private.h"
#include "api/leap0/list_items.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE_SIZE_MAX = 100, PAGES_MAX = 10000, PASSES_MAX = 2, TOTAL_MAX = 100000000 };

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
                                    .hashes = list->hashes,
                                    .known = list->known,
                                    .known_count = list->known_count,
                                    .total = list->total == SIZE_MAX ? list->items.count + list->known_count
                                                                     : list->total,
                                    .has_total = list->total != SIZE_MAX,
                                    .number = call->query.page,
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
    else if (!json_get_int(tree, "total_items", 0, TOTAL_MAX, &total))
        total = -1;
    if (total >= 0 && total <= TOTAL_MAX)
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

// Which items of the answer are known, and room for what is kept of each. No form of a list, or no memory:
// none are, and all of it is parsed.
static void find_known(struct leap0_call *call, const struct http_answer *answer, struct list_items *items)
{
    const struct leap0_query *query = &call->query;
    if (query->is_known == NULL || query->page == 0 || !list_items_find(answer->body, answer->length, items))
        return;
    call->list.hashes = calloc(items->count + 1, sizeof *call->list.hashes);
    call->list.known = calloc(items->count + 1, sizeof *call->list.known);
    if (call->list.hashes == NULL || call->list.known == NULL) {
        list_items_free(items);
        return;
    }
    for (size_t i = 0; i < items->count; i++) {
        struct list_item *item = &items->list[i];
        item->known = item->id[0] != '\0' && query->is_known(query->known_ctx, item->id, item->hash);
        items->known += item->known;
    }
}

static bool is_list(const cJSON *items)
{
    return cJSON_IsArray(items) || cJSON_IsNull(items);
}

// Whether the parser has found the same items, with a 0 for each known one.
static bool is_agreed(const cJSON *array, const struct list_items *items)
{
    size_t count = 0;
    const cJSON *one = NULL;
    cJSON_ArrayForEach(one, array)
    {
        if (count == items->count || (items->list[count].known && !cJSON_IsNumber(one)))
            return false;
        count++;
    }
    return cJSON_IsArray(array) && count == items->count;
}

// *items is emptied where the parser does not agree with it.
static enum status parse_page(const struct http_answer *answer, struct list_items *items, cJSON **tree,
                              struct failure *why)
{
    size_t length = 0;
    char *cut = items->known > 0 ? list_items_cut(answer->body, answer->length, items, &length) : NULL;
    enum status status = STATUS_MALFORMED;
    if (cut != NULL)
        status = json_parse(cut, length, tree, why);
    free(cut);
    if (status == STATUS_OK && is_agreed(cJSON_GetObjectItemCaseSensitive(*tree, "items"), items))
        return STATUS_OK;
    cJSON_Delete(*tree);
    for (size_t i = 0; i < items->count; i++)
        items->list[i].known = false;
    items->known = 0;
    status = json_parse(answer->body, answer->length, tree, why);
    if (status == STATUS_OK && !is_agreed(cJSON_GetObjectItemCaseSensitive(*tree, "items"), items))
        list_items_free(items);
    return status;
}

static void keep_known(struct sandbox_list *list, const struct list_item *item)
{
    struct leap0_known *known = &list->known[list->known_count++];
    memcpy(known->id, item->id, sizeof known->id);
    known->before = list->items.count;
}

static enum status take_items(struct sandbox_list *list, const cJSON *array, const struct list_items *items,
                              struct page_counts *counts, struct failure *why)
{
    struct sandbox sandbox;
    const cJSON *item = NULL;
    size_t at = 0;
    cJSON_ArrayForEach(item, array)
    {
        const struct list_item *found = at < items->count ? &items->list[at++] : NULL;
        counts->items++;
        if (found != NULL && found->known && list->known != NULL) {
            keep_known(list, found);
            counts->fresh++;
        } else if (sandbox_from_json(item, &sandbox, NULL) != STATUS_OK) {
            list->malformed++;
        } else if (!join(list, &sandbox, &counts->fresh)) {
            return fail(why, STATUS_NO_MEMORY, "no memory for the list of sandboxes");
        } else if (found != NULL) {
            list->hashes[id_map_index(&list->items, id_map_find(&list->items, sandbox.id))] = found->hash;
        }
    }
    return STATUS_OK;
}

static enum status take_page(struct leap0_call *call, const struct http_answer *answer,
                             struct page_counts *counts, struct failure *why)
{
    cJSON *tree = NULL;
    struct list_items items = {0};
    find_known(call, answer, &items);
    enum status status = parse_page(answer, &items, &tree, why);
    if (status != STATUS_OK)
        goto done;
    const cJSON *array = cJSON_GetObjectItemCaseSensitive(tree, "items");
    if (!is_list(array)) {
        status = fail(why, STATUS_MALFORMED, "the response is not a list of sandboxes");
        goto done;
    }
    status = take_items(&call->list, array, &items, counts, why);
    call->list.total = read_total(tree, &call->list.unparsed);
    if (counts->items > call->list.total)
        call->list.total = SIZE_MAX; // there are more by this page alone
done:
    list_items_free(&items);
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
