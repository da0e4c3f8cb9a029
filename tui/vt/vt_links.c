// SPDX-License-Identifier: Apache-2.0
//
// vt_links: intern links (OSC 8), which cells name by a number. A hostile stream can invent new ones without
// end: when there is no room for one more, those that no cell names any more are dropped; when that frees
// little, it isn't tried again for a long while and what comes is plain text.

#include "tui/vt/vt_screen_private.h"

#include "tui/base/hash.h"
#include "tui/base/xalloc.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS = 2 * VT_LINKS_MAX, REST = 4 * VT_LINKS_MAX };

void vt_links_end(struct vt_links *links)
{
    for (int i = 0; i < VT_LINKS_MAX && links->all != NULL; i++)
        free(links->all[i]);
    free(links->all);
    free(links->slots);
    memset(links, 0, sizeof *links);
}

static size_t slot_of(const struct vt_links *links, const char *text)
{
    size_t at = hash_text(text) % SLOTS;
    while (links->slots[at] != 0 && strcmp(links->all[links->slots[at] - 1], text) != 0)
        at = (at + 1) % SLOTS;
    return at;
}

static void mark_used(struct vt *vt, bool used[VT_LINKS_MAX + 1])
{
    used[vt->style.link] = used[vt->main.saved.style.link] = used[vt->alternate.saved.style.link] = true;
    for (size_t i = 0; i < vt->pool.style_count; i++)
        used[vt->pool.styles[i].link] = true;
}

static void throw_out(struct vt *vt)
{
    struct vt_links *links = &vt->links;
    bool used[VT_LINKS_MAX + 1] = {false};
    if (links->resting > 0) {
        links->resting--;
        return;
    }
    vt_pool_collect(vt);
    mark_used(vt, used);
    memset(links->slots, 0, SLOTS * sizeof *links->slots);
    for (int i = 0; i < VT_LINKS_MAX; i++) {
        if (links->all[i] == NULL)
            continue;
        if (used[i + 1]) {
            links->slots[slot_of(links, links->all[i])] = (uint16_t)(i + 1);
            continue;
        }
        links->bytes -= strlen(links->all[i]) + 1;
        links->count--;
        free(links->all[i]);
        links->all[i] = NULL;
    }
    links->next = 0;
    if (links->count > VT_LINKS_MAX / 2 || links->bytes > VT_LINK_BYTES_MAX / 2)
        links->resting = REST;
}

static bool has_room(const struct vt_links *links, size_t size)
{
    return links->count < VT_LINKS_MAX && links->bytes + size <= VT_LINK_BYTES_MAX;
}

// text: "id;target".
static uint16_t number_of(struct vt *vt, const char *text)
{
    struct vt_links *links = &vt->links;
    size_t size = strlen(text) + 1;
    if (links->all == NULL) {
        links->all = xcalloc(VT_LINKS_MAX, sizeof *links->all);
        links->slots = xcalloc(SLOTS, sizeof *links->slots);
    }
    size_t at = slot_of(links, text);
    if (links->slots[at] != 0)
        return links->slots[at];
    if (!has_room(links, size))
        throw_out(vt);
    if (!has_room(links, size))
        return 0;
    while (links->all[links->next] != NULL)
        links->next = (links->next + 1) % VT_LINKS_MAX;
    links->all[links->next] = xstrdup(text);
    links->bytes += size;
    links->count++;
    return links->slots[slot_of(links, text)] = (uint16_t)(links->next + 1);
}

// An address as links have it: a scheme, and nothing but printable ASCII. What was not cleaned is not
// guessed.
static bool is_address(const char *text)
{
    size_t at = 0;
    while (isalnum((unsigned char)text[at]) ||
           (at > 0 && text[at] != '\0' && strchr("+-.", text[at]) != NULL))
        at++;
    if (at == 0 || text[at] != ':' || !isalpha((unsigned char)text[0]))
        return false;
    for (; text[at] != '\0'; at++)
        if (text[at] <= ' ' || text[at] > '~')
            return false;
    return true;
}

// The value of id among "key=value:key=value" up to end; its length, 0 none.
static size_t find_id(const char *parameters, const char *end, const char **id)
{
    for (const char *at = parameters; at < end;) {
        size_t length = strcspn(at, ":;");
        if (length > 3 && strncmp(at, "id=", 3) == 0) {
            *id = at + 3;
            return length - 3;
        }
        at += length + 1;
    }
    return 0;
}

void vt_take_link(struct vt *vt, const char *rest)
{
    char text[VT_LINK_ID_MAX + VT_LINK_MAX + 2];
    const char *id = "", *semicolon = strchr(rest, ';');
    if (semicolon == NULL)
        return;
    const char *target = semicolon + 1;
    size_t length = find_id(rest, semicolon, &id), size = strlen(target);
    if (length > VT_LINK_ID_MAX)
        length = 0;
    for (size_t i = 0; i < length; i++)
        if (id[i] <= ' ' || id[i] > '~')
            length = 0;
    uint16_t link = 0;
    if (size < VT_LINK_MAX && is_address(target)) {
        memcpy(text, id, length);
        text[length] = ';';
        memcpy(text + length + 1, target, size + 1);
        link = number_of(vt, text);
    }
    vt->style.link = link;
    vt_style_changed(vt);
}

const char *vt_link(const struct vt *vt, uint16_t link)
{
    return link > 0 && link <= VT_LINKS_MAX && vt->links.all != NULL ? vt->links.all[link - 1] : NULL;
}
