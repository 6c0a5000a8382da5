/* Coroutines whose instructions are counted, and that do not catch a stop. Otherwise like Lua's own. */
#include "bridge.h"
#include <string.h>

/* The maximum nesting of coroutines that are closed by closing another: each uses C stack, which Lua before 5.4.6 does not
   count. */
enum { max_closing = 50 };

static lua_State *coroutine_at(lua_State *L, int index) {
  lua_State *thread = lua_tothread(L, index);
  luaL_argexpected(L, thread != NULL, index, "coroutine");
  return thread;
}

/* Resumes `thread` with the topmost `count` values of L. Returns the number of results, pushed on L, or -1 with the error. */
static int resume(lua_State *L, lua_State *thread, int count) {
  if (!lua_checkstack(thread, count)) {
    lua_pushliteral(L, "too many arguments to resume");
    return -1;
  }
  lua_xmove(L, thread, count);
  int results;
  int before = nj_begin_thread(thread);
  int status = lua_resume(thread, L, count, &results);
  nj_end_thread(thread, before, L);
  nj_raise_if_stopping(L);
  if (status != LUA_OK && status != LUA_YIELD) {
    lua_xmove(thread, L, 1);
    return -1;
  }
  if (!lua_checkstack(L, results + 1)) {
    lua_pop(thread, results);
    lua_pushliteral(L, "too many results to resume");
    return -1;
  }
  lua_xmove(thread, L, results);
  return results;
}

/* Closes the pending variables of a dead or suspended coroutine. Returns a Lua status; an error is its top value. */
static int close_thread(lua_State *L, lua_State *thread) {
  nj_host *host = nj_host_of(L);
  if (host->closing >= max_closing)
    return luaL_error(L, "coroutines close each other more than %d deep", max_closing);
  host->closing++;
  int before = nj_begin_thread(thread);
  int status = lua_resetthread(thread);
  nj_end_thread(thread, before, L);
  host->closing--;
  nj_raise_if_stopping(L);
  return status;
}

static int create(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_State *thread = lua_newthread(L);
  lua_pushvalue(L, 1);
  lua_xmove(L, thread, 1);
  return 1;
}

static int resume_coroutine(lua_State *L) {
  lua_State *thread = coroutine_at(L, 1);
  int results = resume(L, thread, lua_gettop(L) - 1);
  lua_pushboolean(L, results >= 0);
  int values = results >= 0 ? results : 1;
  lua_insert(L, -(values + 1));
  return values + 1;
}

/* Prefixes the message on top with the line that called the coroutine; once for coroutines that call each other. */
static void add_location(lua_State *L) {
  luaL_where(L, 1);
  size_t length;
  const char *location = lua_tolstring(L, -1, &length);
  if (strncmp(lua_tostring(L, -2), location, length) == 0) {
    lua_pop(L, 1);
    return;
  }
  lua_insert(L, -2);
  lua_concat(L, 2);
}

/* Upvalue: the coroutine. */
static int resume_wrapped(lua_State *L) {
  lua_State *thread = lua_tothread(L, lua_upvalueindex(1));
  int results = resume(L, thread, lua_gettop(L));
  if (results >= 0) return results;
  int status = lua_status(thread);
  if (status != LUA_OK && status != LUA_YIELD && close_thread(L, thread) != LUA_OK)
    lua_xmove(thread, L, 1); /* closing may have changed the error */
  if (lua_type(L, -1) == LUA_TSTRING) add_location(L);
  return lua_error(L);
}

static int wrap(lua_State *L) {
  create(L);
  lua_pushcclosure(L, resume_wrapped, 1);
  return 1;
}

/* The message of Lua's own has no line, since its caller would be C. */
static int yield(lua_State *L) {
  if (lua_isyieldable(L)) return lua_yield(L, lua_gettop(L));
  int is_main = lua_pushthread(L);
  return luaL_error(L, "attempt to yield %s", is_main ? "from outside a coroutine" : "across a C-call boundary");
}

/* Whether a coroutine runs, or waits for one that it resumed. */
static int is_active(lua_State *L, lua_State *thread) {
  lua_Debug record;
  return thread == L || (lua_status(thread) == LUA_OK && lua_getstack(thread, 0, &record));
}

static int close_coroutine(lua_State *L) {
  lua_State *thread = coroutine_at(L, 1);
  if (is_active(L, thread))
    return luaL_error(L, "cannot close a %s coroutine", thread == L ? "running" : "normal");
  if (close_thread(L, thread) == LUA_OK) {
    lua_pushboolean(L, 1);
    return 1;
  }
  lua_pushboolean(L, 0);
  lua_xmove(thread, L, 1);
  return 2;
}

void nj_open_coroutines(lua_State *L) {
  nj_set(L, "create", create);
  nj_set(L, "resume", resume_coroutine);
  nj_set(L, "wrap", wrap);
  nj_set(L, "yield", yield);
  nj_set(L, "close", close_coroutine);
}
