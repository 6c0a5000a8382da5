/* The state: its allocator, its hook, and the calls that go in and out. */
#include "LuaBridge.h"
#include <stdlib.h>
#include <string.h>

nj_host *nj_host_of(lua_State *L) { return *(nj_host **)lua_getextraspace(L); }

/* Counts every byte. Says no only at the limit, and only while no Swift frame is live. */
static void *allocate(void *context, void *block, size_t old_size, size_t new_size) {
  nj_host *host = context;
  if (block == NULL) old_size = 0; /* then it is a type tag */
  if (new_size == 0) {
    free(block);
    host->lua_bytes -= old_size;
    return NULL;
  }
  if (new_size > old_size && host->may_fail && host->lua_limit != 0 &&
      (new_size > host->lua_limit || host->lua_bytes - old_size > host->lua_limit - new_size))
    return NULL;
  void *fresh = realloc(block, new_size);
  if (fresh != NULL) host->lua_bytes += new_size - old_size;
  return fresh;
}

/* Once stopping, the hook fires at each instruction until every frame of the script is gone. */
static void on_count(lua_State *L, lua_Debug *record) {
  (void)record;
  nj_host *host = nj_host_of(L);
  int could_fail = host->may_fail;
  host->may_fail = 0;
  int stop = host->calls.should_stop(host->owner, L);
  host->may_fail = could_fail;
  if (!stop) {
    if (lua_gethookcount(L) != host->hook_count) lua_sethook(L, on_count, LUA_MASKCOUNT, host->hook_count);
    return;
  }
  nj_stop(L);
  lua_error(L);
}

void nj_stop(lua_State *L) {
  nj_host_of(L)->stopping = 1;
  lua_sethook(L, on_count, LUA_MASKCOUNT, 1);
  lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD);
  lua_State *root = lua_tothread(L, -1);
  lua_pop(L, 1);
  lua_sethook(root, on_count, LUA_MASKCOUNT, 1);
}

void nj_rearm(lua_State *L) {
  nj_host *host = nj_host_of(L);
  host->stopping = 0;
  lua_sethook(L, on_count, LUA_MASKCOUNT, host->hook_count);
}

/* Raises the stop again where a script's pcall has just caught it. */
int nj_raise_if_stopping(lua_State *L) {
  nj_host *host = nj_host_of(L);
  if (!host->stopping) return 0;
  host->may_fail = 0;
  lua_settop(L, 0);
  host->calls.should_stop(host->owner, L);
  host->may_fail = 1;
  return lua_error(L);
}

static int open_protected(lua_State *L) {
  nj_open_libraries(L, lua_tointeger(L, 1));
  return 0;
}

lua_State *nj_open(const nj_callbacks *calls, void *owner, lua_Integer seed) {
  nj_host *host = calloc(1, sizeof *host);
  if (host == NULL) return NULL;
  host->calls = *calls;
  host->owner = owner;
  host->hook_count = 10000;
  host->native_threshold = (size_t)64 << 20;
  host->object_threshold = (size_t)1 << 16;
  lua_State *L = lua_newstate(allocate, host);
  if (L == NULL) {
    free(host);
    return NULL;
  }
  *(nj_host **)lua_getextraspace(L) = host;
  lua_pushcfunction(L, open_protected);
  lua_pushinteger(L, seed);
  if (lua_pcall(L, 1, 0, 0) != LUA_OK) {
    nj_close(L);
    return NULL;
  }
  nj_rearm(L);
  return L;
}

void nj_close(lua_State *L) {
  nj_host *host = nj_host_of(L);
  host->may_fail = 0;
  lua_close(L);
  free(host);
}

static int note_trace(lua_State *L) {
  nj_host *host = nj_host_of(L);
  int could_fail = host->may_fail;
  host->may_fail = 0;
  host->calls.trace(host->owner, L);
  host->may_fail = could_fail;
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
  int could_fail = host->may_fail;
  host->may_fail = 1;
  int status = lua_pcall(L, arguments, results, function);
  host->may_fail = could_fail;
  lua_remove(L, function);
  nj_weigh(L);
  return status;
}

int nj_load_text(lua_State *L, const char *text, size_t length, const char *chunk) {
  nj_host *host = nj_host_of(L);
  int could_fail = host->may_fail;
  host->may_fail = 1;
  int status = luaL_loadbufferx(L, text, length, chunk, "t");
  host->may_fail = could_fail;
  return status;
}

void nj_text_of(lua_State *L) {
  nj_host *host = nj_host_of(L);
  lua_pushcfunction(L, nj_tostring);
  lua_insert(L, -2);
  int could_fail = host->may_fail;
  host->may_fail = 1;
  if (lua_pcall(L, 1, 1, 0) != LUA_OK || lua_type(L, -1) != LUA_TSTRING) {
    host->may_fail = could_fail;
    lua_pop(L, 1);
    lua_pushliteral(L, "(an error whose text cannot be made)");
  }
  host->may_fail = could_fail;
}

int nj_call(lua_State *L) {
  nj_host *host = nj_host_of(L);
  if (host->stopping) return nj_raise_if_stopping(L);
  luaL_checkstack(L, LUA_MINSTACK, "host function");
  host->may_fail = 0;
  int results = host->calls.dispatch(host->owner, L, lua_tointeger(L, lua_upvalueindex(1)));
  if (host->native_bytes > host->native_threshold || host->objects > host->object_threshold) nj_weigh(L);
  host->may_fail = 1;
  if (results >= 0) return results;
  return lua_error(L); /* the longjmp starts here, in C */
}

void nj_push_function(lua_State *L, int64_t function) {
  lua_pushinteger(L, function);
  lua_pushcclosure(L, nj_call, 1);
}

void nj_push_closure(lua_State *L) {
  lua_pushinteger(L, -1);
  lua_insert(L, -2);
  lua_pushcclosure(L, nj_call, 2);
}

void *nj_closure_object(lua_State *L) {
  nj_object *object = nj_to_object(L, lua_upvalueindex(2));
  return object == NULL ? NULL : object->object;
}

int nj_registry_index(void) { return LUA_REGISTRYINDEX; }
int nj_upvalue_index(int i) { return lua_upvalueindex(i); }

/* Text only of strings: numbers are not changed in place. */
const char *nj_to_string(lua_State *L, int index, size_t *length) {
  return lua_type(L, index) == LUA_TSTRING ? lua_tolstring(L, index, length) : NULL;
}
