// SPDX-License-Identifier: Apache-2.0
//
// leap0_list: owns the reading of the list of sandboxes. It changes while its pages are read: a new sandbox
// shifts the last item of a page onto the next one (seen twice), one that goes shifts an item onto a page
// that was read already (not seen). So pages are joined by id, and when fewer came than the server says there
// are, they are read once more.

#include "api/leap0_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE_SIZE_MAX = 100, PAGES_MAX = 1000, PASSES_MAX = 2, FIRST_CAPACITY = 128 };

// --- joining by id ---

// The slot of the id, or the free one where it belongs.
static size_t *slot_of(struct sandbox_list *list, const char *id)
{
    size_t mask = list->slot_count - 1;
    for (size_t i = id_hash(id) & mask;; i = (i + 1) & mask) {
        size_t *slot = &list->slots[i];
        if (*slot == 0 || strcmp(list->items[*slot - 1].id, id) == 0)
            return slot;
    }
}

static bool grow(struct sandbox_list *list)
{
    size_t capacity = list->capacity == 0 ? FIRST_CAPACITY : list->capacity * 2;
    struct sandbox *items = realloc(list->items, capacity * sizeof *items);
    if (items == NULL)
        return false;
    list->items = items;
    list->capacity = capacity;
    size_t *slots = calloc(capacity * 2, sizeof *slots);
    if (slots == NULL)
        return false;
    free(list->slots);
    list->slots = slots;
    list->slot_count = capacity * 2;
    for (size_t i = 0; i < list->count; i++)
        *slot_of(list, list->items[i].id) = i + 1;
    return true;
}

static bool join(struct sandbox_list *list, const struct sandbox *sandbox)
{
    if (list->count == list->capacity && !grow(list))
        return false;
    size_t *slot = slot_of(list, sandbox->id);
    if (*slot != 0) {
        list->items[*slot - 1] = *sandbox;
        return true;
    }
    list->items[list->count] = *sandbox;
    *slot = ++list->count;
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

static void finish(struct leap0_call *call, const struct failure *why)
{
    const struct leap0_page page = {call->list.items, call->list.count, call->list.total,
                                    call->list.malformed};
    call->cb.sandboxes(call->ctx, why, why->status == STATUS_OK ? &page : NULL);
    leap0_call_free(call);
}

// Takes a page in; *count is how many items it had.
static enum status take_page(struct leap0_call *call, const struct http_answer *answer, size_t *count,
                             struct failure *why)
{
    cJSON *tree = NULL;
    struct sandbox sandbox;
    int64_t total = 0;
    enum status status = json_parse(answer->body, answer->length, &tree, why);
    if (status != STATUS_OK)
        return status;
    const cJSON *items = cJSON_GetObjectItemCaseSensitive(tree, "items");
    const cJSON *item = NULL;
    if (!(cJSON_IsArray(items) || cJSON_IsNull(items)) ||
        !json_get_int(tree, "total_items", 0, PAGES_MAX * PAGE_SIZE_MAX, &total)) {
        cJSON_Delete(tree);
        return fail(why, STATUS_MALFORMED, "the answer is not a list of sandboxes");
    }
    *count = 0;
    cJSON_ArrayForEach(item, items)
    {
        (*count)++;
        if (sandbox_from_json(item, &sandbox, NULL) != STATUS_OK)
            call->list.malformed++;
        else if (!join(&call->list, &sandbox)) {
            status = fail(why, STATUS_NO_MEMORY, "no memory for the list of sandboxes");
            break;
        }
    }
    call->list.total = (size_t)total;
    cJSON_Delete(tree);
    return status;
}

static void list_step(struct leap0_call *call, const struct http_answer *answer)
{
    struct failure why = answer->why;
    size_t count = 0;
    if (why.status != STATUS_OK || take_page(call, answer, &count, &why) != STATUS_OK) {
        finish(call, &why);
        return;
    }
    bool last = count < (size_t)call->query.page_size || call->page == PAGES_MAX;
    bool complete = call->list.count + call->list.malformed >= call->list.total;
    if (call->query.page > 0 || (last && (complete || call->passes >= PASSES_MAX)) ||
        (complete && call->list.total > 0)) {
        finish(call, &why);
        return;
    }
    call->page++;
    if (last) {
        call->page = 1;
        call->passes++;
        call->list.malformed = 0;
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
    struct leap0_call *call = leap0_call_new(client, list_step, ctx);
    struct failure why;
    if (call == NULL)
        return NULL;
    call->cb.sandboxes = cb;
    call->passes = 1;
    if (query != NULL)
        call->query = *query;
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
