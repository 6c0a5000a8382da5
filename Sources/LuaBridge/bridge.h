/* What the files of the bridge share. */
#ifndef NIGHTJAR_BRIDGE_H
#define NIGHTJAR_BRIDGE_H

#include "LuaBridge.h"

/* counting.c */
void nj_note_thread_size(size_t bytes);
void nj_find_remaining(lua_State *L);
/* Whether the hook counts instructions just now. */
int nj_is_counting(const nj_host *host);
/* Counts what a hook was set for; the count to set the next one for, 0 for none. */
int nj_count(nj_host *host, int count);
/* Counts what the running thread took since its hook was set. */
void nj_flush_count(nj_host *host);
void nj_start_counting(nj_host *host);
/* A coroutine begins to run, and ends. `before` is what the one gave for the other; `back` is the thread that goes on. */
int nj_begin_thread(lua_State *L);
void nj_end_thread(lua_State *L, int before, lua_State *back);

/* limits.c */
/* Has the thread look after so many instructions; 0: not. */
void nj_hook(lua_State *L, int count);
/* Raises when the script has to end; to be called where no hook reaches. */
void nj_check_interrupt(lua_State *L);
/* Raises the stop that a protected call has just caught. */
void nj_raise_if_stopping(lua_State *L);
void nj_forget_timer(nj_host *host);
/* Ends the process: nothing else can. */
_Noreturn void nj_end_process(nj_host *host, const char *words);

/* Counts steps of a C function as instructions, and looks now and then. */
static inline void nj_charge(lua_State *L, nj_host *host, size_t steps) {
  size_t work = host->work + steps;
  host->work = work < UINT32_MAX ? (uint32_t)work : UINT32_MAX;
  if (host->work >= 1u << 14 || host->wanted) nj_check_interrupt(L);
}

/* state.c */
/* Collects garbage where so many bytes would not fit otherwise: for buffers, which Lua does not collect for. */
void nj_make_room(lua_State *L, size_t bytes);
int nj_dispatch(lua_State *L, int64_t function);

/* objects.c: a block of memory of Lua's is about to be freed. */
void nj_note_freed(nj_host *host, void *block, size_t size);

/* libraries.c */
void nj_open_libraries(lua_State *L);
int nj_tostring(lua_State *L);
void nj_push_pristine(lua_State *L);
extern const char nj_readonly_key;

/* order.c: pushes a function that gives the keys and values of the table at 1, in order, one pair a call. */
void nj_push_iterator(lua_State *L);

/* One file a library; each changes the table on top, or gives one function. */
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
