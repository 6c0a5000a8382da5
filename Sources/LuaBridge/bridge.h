/* What the files of the bridge share. */
#ifndef NIGHTJAR_BRIDGE_H
#define NIGHTJAR_BRIDGE_H

#include "LuaBridge.h"

/* Instructions between two hooks while they are counted, or while the stack is deep. */
enum { nj_quantum = 1000 };

/* counting.c */
void nj_note_thread_size(size_t bytes);
void nj_find_remaining(lua_State *L);
/* Whether instructions are to be counted from now on. */
int nj_is_counting(nj_host *host);
/* Adds the instructions of the running thread since its hook was set. */
void nj_flush_count(nj_host *host);
void nj_start_counting(nj_host *host);
/* Called before and after a coroutine runs. `before` is the result of nj_begin_thread; `back` is the resumed thread. */
int nj_begin_thread(lua_State *L);
void nj_end_thread(lua_State *L, int before, lua_State *back);

/* limits.c */
/* Sets the hook to fire every `count` instructions; 0: no hook. Takes time in proportion to the depth of the stack. */
void nj_hook(lua_State *L, int count);
/* Raises if the script must end; for C functions that no hook interrupts. */
void nj_check_interrupt(lua_State *L);
/* Raises the stop again that a protected call has caught. */
void nj_raise_if_stopping(lua_State *L);
void nj_forget_timer(nj_host *host);
/* Ends the process, when nothing else ends the script. */
_Noreturn void nj_end_process(nj_host *host, const char *message);

/* Counts steps of a C function as instructions, and checks from time to time whether the script must end. */
static inline void nj_charge(lua_State *L, nj_host *host, size_t steps) {
  size_t work = host->work + steps;
  host->work = work < UINT32_MAX ? (uint32_t)work : UINT32_MAX;
  if (host->work >= 1u << 14 || host->wanted) nj_check_interrupt(L);
}

/* state.c */
/* Collects garbage if `bytes` would exceed the limit. For buffers: Lua makes no emergency collection for them. */
void nj_make_room(lua_State *L, size_t bytes);
int nj_dispatch(lua_State *L, int64_t function);

/* objects.c: called before a block of Lua's memory is freed. */
void nj_note_freed(nj_host *host, void *block, size_t size);

/* libraries.c */
void nj_open_libraries(lua_State *L);
/* Collects all garbage for a script, and checks whether it must end. */
void nj_collect_all(lua_State *L);
int nj_tostring(lua_State *L);
void nj_push_pristine(lua_State *L);
extern const char nj_readonly_key;

/* order.c: pushes an iterator over the table at 1: each call returns the next key and value, in order. */
void nj_push_iterator(lua_State *L);

/* methods.c: the environment is on top. */
void nj_note_strings(lua_State *L);
void nj_open_methods(lua_State *L);

/* One file per library; each sets functions of the table on top. */
void nj_open_protected_calls(lua_State *L);
void nj_open_order(lua_State *L);
void nj_open_coroutines(lua_State *L);
void nj_open_tables(lua_State *L);
void nj_open_patterns(lua_State *L);

/* Sets field `name` of the table on top. */
static inline void nj_set(lua_State *L, const char *name, lua_CFunction function) {
  lua_pushcfunction(L, function);
  lua_setfield(L, -2, name);
}

#endif
