// SPDX-License-Identifier: Apache-2.0
//
// vt_parser: the state machine of DEC's terminals: any byte in any state has one meaning. Text goes past it
// in runs; only what isn't plain goes byte by byte.

#include "tui/vt/vt_screen_private.h"

#include "tui/base/text_decode.h"
#include "tui/base/xalloc.h"

#include <string.h>

enum { STRING_FIRST = 256, CLIPBOARD_STRING_MAX = VT_CLIPBOARD_MAX / 3 * 4 + 64 };

static void clear_sequence(struct vt *vt)
{
    vt->params[0] = 0; // the others as they are begun
    vt->sub = 0;
    vt->param_count = 0;
    vt->prefix = vt->intermediate = vt->intermediate2 = '\0';
}

static void begin_string(struct vt *vt, enum vt_state state)
{
    vt->state = state;
    vt->last_printed = 0;
    vt->string_length = 0;
    vt->string_over = vt->string_escape = false;
}

// --- strings: OSC, DCS, and those of no meaning ---

static void add_to_string(struct vt *vt, unsigned char byte)
{
    // A clipboard may be long; all else not.
    bool clipboard = vt->state == VT_OSC && vt->string_length >= 3 && memcmp(vt->string, "52;", 3) == 0;
    size_t most = clipboard ? CLIPBOARD_STRING_MAX : VT_STRING_MAX;
    if (vt->string_over || vt->string_length == most) {
        vt->string_over = true;
        return;
    }
    if (vt->string_length + 1 >= vt->string_capacity) {
        vt->string_capacity = vt->string_capacity == 0 ? STRING_FIRST : vt->string_capacity * 2;
        vt->string = xrealloc(vt->string, vt->string_capacity);
    }
    vt->string[vt->string_length++] = (char)byte;
}

static void end_string(struct vt *vt)
{
    enum vt_state state = vt->state;
    vt->state = VT_GROUND;
    add_to_string(vt, '\0');
    if (vt->string_over)
        return;
    vt->string_length--;
    if (state == VT_OSC)
        vt_osc_dispatch(vt);
    else if (state == VT_DCS)
        vt_dcs_dispatch(vt);
}

static void one_byte(struct vt *vt, unsigned char byte);

static void in_string(struct vt *vt, unsigned char byte)
{
    if (vt->string_escape) {
        vt->string_escape = false;
        if (byte == '\\') {
            vt->string_by_bell = false;
            end_string(vt);
            return;
        }
        // Another sequence: the string is given up, as xterm does.
        clear_sequence(vt);
        vt->state = VT_ESCAPE;
        one_byte(vt, byte);
    } else if (byte == 0x1b) {
        vt->string_escape = true;
    } else if (byte == 0x07 && vt->state == VT_OSC) {
        vt->string_by_bell = true;
        end_string(vt);
    } else if (byte == 0x18 || byte == 0x1a) {
        vt->state = VT_GROUND;
    } else if (byte >= 0x20 || vt->state == VT_DCS) {
        add_to_string(vt, byte);
    }
}

// --- escape sequences ---

static void in_escape(struct vt *vt, unsigned char byte)
{
    if (byte < 0x20) {
        vt_control(vt, byte);
    } else if (byte < 0x30) {
        if (vt->intermediate == '\0')
            vt->intermediate = (char)byte;
        else
            vt->intermediate2 = (char)byte;
        vt->state = VT_ESCAPE_INTERMEDIATE;
    } else if (byte >= 0x7f) {
        vt->state = byte == 0x7f ? vt->state : VT_GROUND;
    } else if (vt->state == VT_ESCAPE && byte == '[') {
        clear_sequence(vt);
        vt->state = VT_CSI;
    } else if (vt->state == VT_ESCAPE && byte == ']') {
        begin_string(vt, VT_OSC);
    } else if (vt->state == VT_ESCAPE && byte == 'P') {
        clear_sequence(vt);
        vt->state = VT_DCS_HEAD;
    } else if (vt->state == VT_ESCAPE && (byte == 'X' || byte == '^' || byte == '_')) {
        begin_string(vt, VT_STRING_IGNORE);
    } else {
        vt->state = VT_GROUND;
        vt_escape_dispatch(vt, byte);
    }
}

// --- control sequences ---

static void add_digit(struct vt *vt, int digit)
{
    if (vt->param_count == 0)
        vt->param_count = 1;
    int *param = &vt->params[vt->param_count - 1];
    *param = *param * 10 + digit;
    if (*param > VT_PARAM_VALUE_MAX)
        *param = VT_PARAM_VALUE_MAX;
}

static void next_param(struct vt *vt, bool sub)
{
    if (vt->param_count == 0)
        vt->param_count = 1;
    if (sub && vt->param_count < VT_PARAMS_MAX)
        vt->sub |= 1u << vt->param_count;
    if (vt->param_count <= VT_PARAMS_MAX) // those behind share the last place, which nobody reads
        vt->param_count++;
    vt->params[vt->param_count - 1] = 0;
}

static void dispatch_csi(struct vt *vt, unsigned char byte)
{
    if (vt->param_count > VT_PARAMS_MAX)
        vt->param_count = VT_PARAMS_MAX;
    vt_csi_dispatch(vt, byte);
}

// Parameters and intermediates, the same in CSI and in the head of a DCS. True: the byte was one of them.
static bool in_head(struct vt *vt, unsigned char byte)
{
    if (byte >= '0' && byte <= '9')
        add_digit(vt, byte - '0');
    else if (byte == ';' || byte == ':')
        next_param(vt, byte == ':');
    else if (byte >= '<' && byte <= '?' && vt->param_count == 0 && vt->prefix == '\0')
        vt->prefix = (char)byte;
    else if (byte >= 0x20 && byte < 0x30 && vt->intermediate == '\0')
        vt->intermediate = (char)byte;
    else
        return false;
    return true;
}

static void in_csi(struct vt *vt, unsigned char byte)
{
    if (byte < 0x20) {
        vt_control(vt, byte);
    } else if (byte >= 0x40 && byte < 0x7f) {
        bool ignore = vt->state == VT_CSI_IGNORE;
        vt->state = VT_GROUND;
        if (!ignore)
            dispatch_csi(vt, byte);
    } else if (byte >= 0x80) {
        vt->state = VT_GROUND;
    } else if (byte != 0x7f && vt->state == VT_CSI && !in_head(vt, byte)) {
        vt->state = VT_CSI_IGNORE;
    }
}

static void in_dcs_head(struct vt *vt, unsigned char byte)
{
    if (byte < 0x20 || byte == 0x7f)
        return;
    if (in_head(vt, byte))
        return;
    bool known = byte >= 0x40 && byte < 0x7f && vt->param_count <= VT_PARAMS_MAX;
    begin_string(vt, known ? VT_DCS : VT_STRING_IGNORE);
    if (known)
        add_to_string(vt, byte); // the final byte leads the string
}

static void one_byte(struct vt *vt, unsigned char byte)
{
    bool string = vt->state == VT_OSC || vt->state == VT_DCS || vt->state == VT_STRING_IGNORE;
    if (string) {
        in_string(vt, byte);
        return;
    }
    if (byte == 0x1b) {
        clear_sequence(vt);
        vt->state = VT_ESCAPE;
        return;
    }
    if (byte == 0x18 || byte == 0x1a) {
        vt->state = VT_GROUND;
        return;
    }
    switch (vt->state) {
    case VT_ESCAPE:
    case VT_ESCAPE_INTERMEDIATE:
        in_escape(vt, byte);
        break;
    case VT_CSI:
    case VT_CSI_IGNORE:
        in_csi(vt, byte);
        break;
    case VT_DCS_HEAD:
        in_dcs_head(vt, byte);
        break;
    case VT_GROUND:
    case VT_OSC:
    case VT_DCS:
    case VT_STRING_IGNORE:
        vt_control(vt, byte);
        break;
    }
}

// --- text ---

// A byte from 0x80 on, or any while a character is unfinished. False: it was not of the character and is to
// be looked at again. As in xterm, what has the right length but is invalid (overlong, a surrogate) is one
// character that can't be shown.
static bool in_utf8(struct vt *vt, unsigned char byte)
{
    size_t length = vt->cut_length;
    uint32_t codepoint = 0;
    vt->cut_length = 0;
    if (length > 0 && (byte & 0xc0) != 0x80) {
        vt_print(vt, 0xfffd);
        return false;
    }
    vt->cut[length++] = byte;
    if (length < text_decode_size(vt->cut[0])) {
        vt->cut_length = length;
        return true;
    }
    // C1 controls written in UTF-8 are nothing, as in xterm: vt_print passes them over.
    vt_print(vt, text_decode_whole(vt->cut, length, &codepoint) > 0 ? codepoint : 0xfffd);
    return true;
}

// A control sequence of numbers alone that is here whole, which most are: past the states. Returns its
// length; 0: it is not such a one.
static size_t quick_csi(struct vt *vt, const unsigned char *bytes, size_t length)
{
    if (length < 3 || bytes[1] != '[')
        return 0;
    clear_sequence(vt);
    for (size_t i = 2; i < length; i++) {
        unsigned char byte = bytes[i];
        if (byte >= '0' && byte <= '9') {
            add_digit(vt, byte - '0');
        } else if (byte == ';' || byte == ':') {
            next_param(vt, byte == ':');
        } else if (byte >= 0x40 && byte < 0x7f) {
            dispatch_csi(vt, byte);
            return i + 1;
        } else {
            return 0;
        }
    }
    return 0;
}

// What can be done at once in the ground state; 0: it goes byte by byte.
static size_t in_ground(struct vt *vt, const unsigned char *bytes, size_t length)
{
    if (vt->cut_length > 0)
        return 0;
    if (bytes[0] == 0x1b)
        return quick_csi(vt, bytes, length);
    return bytes[0] >= 0x20 ? vt_print_run(vt, bytes, length) : 0;
}

size_t vt_write_some(struct vt *vt, const void *data, size_t length)
{
    const unsigned char *bytes = data;
    size_t at = 0;
    vt->work = 0;
    if (length > 0)
        vt->generation++;
    while (at < length && vt->work < VT_WORK_MAX) {
        unsigned char byte = bytes[at];
        size_t done = vt->state == VT_GROUND ? in_ground(vt, bytes + at, length - at) : 0;
        if (done > 0) {
            at += done;
        } else if (vt->state != VT_GROUND || (byte < 0x20 && vt->cut_length == 0)) {
            one_byte(vt, byte);
            at++;
        } else if (vt->cut_length > 0 || byte >= 0x80) {
            at += in_utf8(vt, byte);
        } else {
            if (byte < 0x7f)
                vt_print(vt, byte);
            at++;
        }
    }
    return at;
}

void vt_write(struct vt *vt, const void *data, size_t length)
{
    const char *bytes = data;
    for (size_t at = 0; at < length;)
        at += vt_write_some(vt, bytes + at, length - at);
}
