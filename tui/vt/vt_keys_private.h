// SPDX-License-Identifier: Apache-2.0
//
// vt_keys_private: what vt_keys.c and vt_keys_exact.c share.

#ifndef SBXDECK_TUI_VT_VT_KEYS_PRIVATE_H
#define SBXDECK_TUI_VT_VT_KEYS_PRIVATE_H

#include "tui/vt/vt_keys.h"

// The modifier parameter of xterm's sequences; 1 when there is none.
unsigned vt_key_parameter(unsigned modifiers);
// A named key with a sequence of its own, as those modes have it; 0: it has none.
size_t vt_key_sequence(const struct vt_modes *modes, uint32_t key, unsigned modifiers, char out[VT_KEY_MAX]);
// As the program has asked for by kitty's protocol or modifyOtherKeys; 0: the usual way.
size_t vt_key_exact(const struct vt *vt, uint32_t key, unsigned modifiers, char out[VT_KEY_MAX]);

#endif
