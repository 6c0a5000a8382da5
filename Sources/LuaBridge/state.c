/* The state: its allocator, and calls in both directions. */
#include "bridge.h"
#include <stdlib.h>
#include <string.h>

nj_host *nj_host_of(lua_State *L) { return *(nj_host **)lua_getextraspace(L); }

/* Lua memory is exhausted and Lua raises an error: the script ends with it, even if it catches the error. */
static void run_out(nj_host *host) {
  host->refused = 0;
  if (host->running == NULL) return;
  host->calls.trace(host->owner, host->running); /* no message handler sees this error */
  nj_want_stop(host->running, NJ_LUA_MEMORY);
}

/* Whether a request for memory is refused. Lua then makes an emergency collection and requests the same size again, except
   for the buffers of its string functions, which fail at once: the next request shows that they did. */
static int refuses(nj_host *host, size_t old_size, size_t new_size, int is_object) {
  int is_again = host->refused == new_size;
  if (host->refused != 0 && !is_again) run_out(host);
  if (host->alloc_may_fail && host->lua_limit != 0 &&
      (new_size > host->lua_limit || host->lua_bytes - old_size > host->lua_limit - new_size)) {
    if (is_again) run_out(host); else host->refused = new_size;
    return 1;
  }
  int collects = host->stress && is_object && !is_again;
  host->refused = collects ? new_size : 0;
  return collects;
}

/* Counts every byte. Refuses only at the limit, and only while no Swift frame is live. */
static void *allocate(void *context, void *block, size_t old_size, size_t new_size) {
  nj_host *host = context;
  int is_object = block == NULL && old_size != 0; /* then the old size is a type tag */
  if (is_object && old_size == LUA_TTHREAD) nj_note_thread_size(new_size);
  if (block == NULL) old_size = 0;
  if (new_size == 0) {
    if (block != NULL) nj_note_freed(host, block, old_size);
    free(block);
    host->lua_bytes -= old_size;
    return NULL;
  }
  if (new_size > old_size && refuses(host, old_size, new_size, is_object)) return NULL;
  void *fresh = realloc(block, new_size);
  if (fresh != NULL)
    host->lua_bytes += new_size - old_size;
  else if (!host->alloc_may_fail && new_size > old_size)
    nj_end_process(host, "out of memory\n"); /* Lua would jump over Swift frames */
  return fresh;
}

void nj_make_room(lua_State *L, size_t bytes) {
  nj_host *host = nj_host_of(L);
  if (host->lua_limit != 0 && bytes < host->lua_limit && host->lua_bytes > host->lua_limit - bytes) nj_collect(L);
}

/* The size of the block that Lua allocates for an nj_object. */
static size_t measured_block(lua_State *L) {
  nj_host *host = nj_host_of(L);
  lua_gc(L, LUA_GCSTOP);
  size_t before = host->lua_bytes;
  lua_newuserdatauv(L, sizeof(nj_object), 0);
  size_t size = host->lua_bytes - before;
  memset(lua_touserdata(L, -1), 0, sizeof(nj_object));
  lua_pop(L, 1);
  lua_gc(L, LUA_GCRESTART);
  return size;
}

static int open_protected(lua_State *L) {
  nj_host_of(L)->object_block = measured_block(L);
  nj_find_remaining(L);
  nj_open_libraries(L);
  return 0;
}

lua_State *nj_open(const nj_callbacks *calls, void *owner) {
  nj_host *host = calloc(1, sizeof *host);
  if (host == NULL) return NULL;
  host->calls = *calls;
  host->owner = owner;
  host->native_threshold = (size_t)64 << 20;
  host->object_threshold = (size_t)1 << 16;
  host->tick = 20 * 1000000;
  lua_State *L = lua_newstate(allocate, host);
  if (L == NULL) {
    free(host);
    return NULL;
  }
  *(nj_host **)lua_getextraspace(L) = host;
  lua_pushcfunction(L, open_protected);
  if (lua_pcall(L, 0, 0, 0) != LUA_OK) {
    nj_close(L);
    return NULL;
  }
  return L;
}

void nj_close(lua_State *L) {
  nj_host *host = nj_host_of(L);
  host->alloc_may_fail = 0;
  nj_forget_timer(host);
  lua_close(L);
  free(host);
}

static int note_trace(lua_State *L) {
  nj_host *host = nj_host_of(L);
  int could_fail = host->alloc_may_fail;
  host->alloc_may_fail = 0;
  host->calls.trace(host->owner, L);
  host->alloc_may_fail = could_fail;
  return 1;
}

int nj_pcall(lua_State *L, int arguments, int results) {
  nj_host *host = nj_host_of(L);
  if (!lua_checkstack(L, 4)) {
    lua_pop(L, arguments + 1);
    lua_pushliteral(L, "stack overflow");
    return LUA_ERRRUN;
  }
  int function = lua_gettop(L) - arguments;
  lua_pushcfunction(L, note_trace);
  lua_insert(L, function);
  int could_fail = host->alloc_may_fail;
  lua_State *caller = host->running;
  host->running = L;
  host->alloc_may_fail = 1;
  int status = lua_pcall(L, arguments, results, function);
  host->alloc_may_fail = could_fail;
  host->running = caller;
  lua_remove(L, function);
  nj_collect_if_needed(L);
  return status;
}

int nj_load_text(lua_State *L, const char *text, size_t length, const char *chunk) {
  nj_host *host = nj_host_of(L);
  int could_fail = host->alloc_may_fail;
  host->alloc_may_fail = 1;
  int status = luaL_loadbufferx(L, text, length, chunk, "t");
  host->alloc_may_fail = could_fail;
  return status;
}

void nj_text_of(lua_State *L) {
  if (lua_type(L, -1) == LUA_TSTRING) return;
  nj_host *host = nj_host_of(L);
  lua_pushcfunction(L, nj_tostring);
  lua_insert(L, -2);
  int could_fail = host->alloc_may_fail;
  lua_State *caller = host->running;
  host->running = L;
  host->alloc_may_fail = 1;
  int status = lua_pcall(L, 1, 1, 0);
  if (status != LUA_OK && host->refused != 0) run_out(host);
  host->alloc_may_fail = could_fail;
  host->running = caller;
  if (lua_type(L, -1) == LUA_TSTRING && (status == LUA_OK || host->stopping)) return;
  lua_pop(L, 1);
  lua_pushliteral(L, "(an error that cannot be converted to text)");
}

/* Checks what Swift allocated in Lua while the allocator could not refuse. */
static void check_memory(lua_State *L, nj_host *host) {
  if (host->lua_limit == 0 || host->lua_bytes <= host->lua_limit) return;
  nj_collect(L);
  if (host->lua_bytes > host->lua_limit) nj_want_stop(L, NJ_LUA_MEMORY);
}

/* Runs a host function. An error that it reports is raised here, where no Swift frame is live any more. */
int nj_dispatch(lua_State *L, int64_t function) {
  nj_host *host = nj_host_of(L);
  if (host->wanted) nj_raise_if_stopping(L);
  host->alloc_may_fail = 0;
  int results = host->calls.dispatch(host->owner, L, function);
  if (host->native_bytes > host->native_threshold || host->objects > host->object_threshold) nj_collect_if_needed(L);
  check_memory(L, host);
  host->alloc_may_fail = 1;
  if (host->wanted) nj_raise_if_stopping(L);
  if (results >= 0) return results;
  return lua_error(L); /* the longjmp starts here, in C */
}

/* Lua provides LUA_MINSTACK free slots to every C function. */
static int call(lua_State *L) {
  return nj_dispatch(L, lua_tointeger(L, lua_upvalueindex(1)));
}

void nj_push_function(lua_State *L, int64_t function) {
  lua_pushinteger(L, function);
  lua_pushcclosure(L, call, 1);
}

void nj_push_closure(lua_State *L) {
  lua_pushinteger(L, -1);
  lua_insert(L, -2);
  lua_pushcclosure(L, call, 2);
}

void *nj_closure_object(lua_State *L) {
  nj_object *object = nj_to_object(L, lua_upvalueindex(2));
  return object == NULL ? NULL : object->object;
}

int nj_registry_index(void) { return LUA_REGISTRYINDEX; }
int nj_upvalue_index(int i) { return lua_upvalueindex(i); }

/* For strings only: lua_tolstring would convert numbers in place. */
const char *nj_to_string(lua_State *L, int index, size_t *length) {
  return lua_type(L, index) == LUA_TSTRING ? lua_tolstring(L, index, length) : NULL;
}
