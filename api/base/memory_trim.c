// SPDX-License-Identifier: Apache-2.0
//
// memory_trim: The linker and the start of forty libraries touch most of their pages once. Those that nobody
// has written to are the file's and can go: whoever needs one gets it back from the page cache.

#include "api/base/memory_trim.h"

#include <link.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

// Its code was changed when it was loaded: those pages are not the file's.
static bool has_changed_code(const struct dl_phdr_info *object)
{
    for (int i = 0; i < object->dlpi_phnum; i++) {
        if (object->dlpi_phdr[i].p_type != PT_DYNAMIC)
            continue;
        // The linker's own arithmetic. NOLINTNEXTLINE(performance-no-int-to-ptr)
        const ElfW(Dyn) *entry = (const ElfW(Dyn) *)(object->dlpi_addr + object->dlpi_phdr[i].p_vaddr);
        for (; entry->d_tag != DT_NULL; entry++)
            if (entry->d_tag == DT_TEXTREL ||
                (entry->d_tag == DT_FLAGS && (entry->d_un.d_val & DF_TEXTREL) != 0))
                return true;
    }
    return false;
}

static int trim_object(struct dl_phdr_info *object, size_t size, void *ctx)
{
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    (void)size;
    (void)ctx;
    if (has_changed_code(object))
        return 0;
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[i];
        if (part->p_type != PT_LOAD || (part->p_flags & PF_W) != 0)
            continue;
        // Whole pages: the last one may be shared with what comes behind it.
        uintptr_t from = (object->dlpi_addr + part->p_vaddr + page - 1) / page * page;
        uintptr_t to = (object->dlpi_addr + part->p_vaddr + part->p_memsz) / page * page;
        if (to > from) // NOLINTNEXTLINE(performance-no-int-to-ptr)
            (void)madvise((void *)from, to - from, MADV_DONTNEED);
    }
    return 0;
}

void memory_trim(void)
{
    (void)malloc_trim(0);
    (void)dl_iterate_phdr(trim_object, NULL);
}
