/* The libraries a script sees: Lua's own, cut to what is safe, with a few functions replaced. */
#include "LuaBridge.h"
#include <string.h>

static const char pristine_key;
const char nj_readonly_key;

void nj_push_pristine(lua_State *L) { lua_rawgetp(L, LUA_REGISTRYINDEX, &pristine_key); }

/* As Lua's tostring, without addresses. */
int nj_tostring(lua_State *L) {
  luaL_checkany(L, 1);
  lua_settop(L, 1);
  if (luaL_callmeta(L, 1, "__tostring")) {
    if (!lua_isstring(L, -1)) return luaL_error(L, "'__tostring' must return a string");
    lua_tolstring(L, -1, NULL);
    return 1;
  }
  switch (lua_type(L, 1)) {
    case LUA_TNUMBER: case LUA_TSTRING:
      lua_tolstring(L, 1, NULL);
      return 1;
    case LUA_TBOOLEAN: lua_pushstring(L, lua_toboolean(L, 1) ? "true" : "false"); return 1;
    case LUA_TNIL: lua_pushliteral(L, "nil"); return 1;
    default: break;
  }
  if (luaL_getmetafield(L, 1, "__name") == LUA_TSTRING) {
    size_t length;
    const char *name = lua_tolstring(L, -1, &length);
    lua_pushlstring(L, name, length > 80 ? 80 : length);
  } else {
    lua_pushstring(L, luaL_typename(L, 1));
  }
  return 1;
}

/* Runs the function that a wrapper replaced, in the wrapper's own frame: its errors keep their place. */
static int original(lua_State *L) { return lua_tocfunction(L, lua_upvalueindex(1))(L); }

static int print(lua_State *L) {
  int count = lua_gettop(L);
  luaL_Buffer text;
  luaL_buffinit(L, &text);
  for (int i = 1; i <= count; i++) {
    if (i > 1) luaL_addchar(&text, '\t');
    lua_pushcfunction(L, nj_tostring);
    lua_pushvalue(L, i);
    lua_call(L, 1, 1);
    luaL_addvalue(&text);
  }
  luaL_addchar(&text, '\n');
  luaL_pushresult(&text);
  size_t length;
  const char *bytes = lua_tolstring(L, -1, &length);
  nj_host *host = nj_host_of(L);
  host->may_fail = 0;
  host->calls.print(host->owner, bytes, length);
  host->may_fail = 1;
  return 0;
}

/* string.format, where %s shows no address and %p is refused. Upvalue: the original. */
static int format(lua_State *L) {
  const char *at = luaL_checkstring(L, 1);
  int count = lua_gettop(L), argument = 1;
  for (; *at != '\0'; at++) {
    if (*at != '%') continue;
    if (*++at == '%') continue;
    at += strspn(at, "-+ #0123456789.");
    if (*at == 'p') return luaL_error(L, "format: %%p shows an address; use %%s");
    if (++argument <= count && *at == 's' && lua_type(L, argument) >= LUA_TTABLE) {
      lua_pushcfunction(L, nj_tostring);
      lua_pushvalue(L, argument);
      lua_call(L, 1, 1);
      lua_replace(L, argument);
    }
    if (*at == '\0') break;
  }
  return original(L);
}

/* setmetatable without __gc: a finalizer would run where no limit reaches. Upvalue: the original. */
static int set_metatable(lua_State *L) {
  if (lua_type(L, 2) == LUA_TTABLE) {
    lua_pushliteral(L, "__gc");
    if (lua_rawget(L, 2) != LUA_TNIL)
      return luaL_error(L, "setmetatable: __gc is not for scripts; use __close with a <close> variable");
    lua_pop(L, 1);
  }
  return original(L);
}

/* rawset that leaves the host's tables alone. Upvalue: the original. */
static int raw_set(lua_State *L) {
  if (lua_type(L, 1) == LUA_TTABLE && lua_getmetatable(L, 1)) {
    if (lua_rawgetp(L, -1, &nj_readonly_key) != LUA_TNIL)
      return luaL_error(L, "rawset: '%s' belongs to the host and is read-only", lua_tostring(L, -1));
    lua_pop(L, 2);
  }
  return original(L);
}

static int collect_garbage(lua_State *L) {
  static const char *const names[] = {"collect", "count", NULL};
  if (luaL_checkoption(L, 1, "collect", names) == 1) {
    nj_host *host = nj_host_of(L);
    lua_pushnumber(L, (lua_Number)host->lua_bytes / 1024);
    return 1;
  }
  lua_gc(L, LUA_GCCOLLECT);
  lua_pushinteger(L, 0);
  return 1;
}

/* A stop is for the host: no pcall of a script holds it. */
static int after_pcall(lua_State *L, int status, lua_KContext extra) {
  if (status == LUA_OK || status == LUA_YIELD) return lua_gettop(L) - (int)extra;
  nj_raise_if_stopping(L);
  lua_pushboolean(L, 0);
  lua_pushvalue(L, -2);
  return 2;
}

static int pcall(lua_State *L) {
  luaL_checkany(L, 1);
  lua_pushboolean(L, 1);
  lua_insert(L, 1);
  int status = lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 0, 0, after_pcall);
  return after_pcall(L, status, 0);
}

/* The script's message handler, skipped for a stop. Upvalue: the handler. */
static int handle(lua_State *L) {
  if (nj_host_of(L)->stopping) return 1;
  lua_settop(L, 1);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, 1, 1);
  return 1;
}

static int xpcall(lua_State *L) {
  luaL_checktype(L, 2, LUA_TFUNCTION);
  int count = lua_gettop(L);
  lua_pushvalue(L, 2);
  lua_pushcclosure(L, handle, 1);
  lua_replace(L, 2);
  lua_pushboolean(L, 1);
  lua_pushvalue(L, 1);
  lua_rotate(L, 3, 2); /* function, handler, true, function, arguments… */
  int status = lua_pcallk(L, count - 2, LUA_MULTRET, 2, 2, after_pcall);
  return after_pcall(L, status, 2);
}

static int random_seed(lua_State *L) {
  int count = lua_gettop(L);
  if (count == 0) return luaL_error(L, "randomseed: argument 1 (seed): expected number, got nothing");
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, count, 0);
  return 0;
}

/* Keys from the snapshot, in its order, as long as they still have a value. */
static int next_sorted(lua_State *L) {
  lua_Integer at = lua_tointeger(L, lua_upvalueindex(3));
  for (;;) {
    if (lua_rawgeti(L, lua_upvalueindex(2), ++at) == LUA_TNIL) return 1;
    lua_pushvalue(L, -1);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) break;
    lua_pop(L, 2);
  }
  lua_pushinteger(L, at);
  lua_replace(L, lua_upvalueindex(3));
  return 2;
}

static int less(lua_State *L) {
  lua_pushboolean(L, lua_compare(L, 1, 2, LUA_OPLT));
  return 1;
}

/* pairs whose order does not depend on Lua's hash seed: string keys come sorted, after the others.
   Upvalues: next, table.sort. */
static int pairs(lua_State *L) {
  luaL_checkany(L, 1);
  if (luaL_getmetafield(L, 1, "__pairs") != LUA_TNIL) {
    lua_pushvalue(L, 1);
    lua_call(L, 1, 3);
    return 3;
  }
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  lua_Integer strings = 0, others = 0;
  for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
    if (lua_type(L, -2) == LUA_TSTRING) strings++; else others++;
  }
  if (strings <= 1 && (strings == 0 || others == 0)) {
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_pushvalue(L, 1);
    lua_pushnil(L);
    return 3;
  }
  lua_createtable(L, (int)strings, 0);         /* 2: the strings, to be sorted */
  lua_createtable(L, (int)(strings + others), 0); /* 3: all keys */
  lua_Integer string = 0, other = 0;
  for (lua_pushnil(L); lua_next(L, 1);) {
    lua_pop(L, 1);
    lua_pushvalue(L, -1);
    if (lua_type(L, -1) == LUA_TSTRING) lua_rawseti(L, 2, ++string); else lua_rawseti(L, 3, ++other);
  }
  lua_pushvalue(L, lua_upvalueindex(2));
  lua_pushvalue(L, 2);
  lua_pushcfunction(L, less);
  lua_call(L, 2, 0);
  for (lua_Integer i = 1; i <= string; i++) {
    lua_rawgeti(L, 2, i);
    lua_rawseti(L, 3, other + i);
  }
  lua_pushvalue(L, 1);
  lua_pushvalue(L, 3);
  lua_pushinteger(L, 0);
  lua_pushcclosure(L, next_sorted, 3);
  lua_pushvalue(L, 1);
  return 2;
}

/* Replaces field `name` of the table on top with a wrapper that has the original as its upvalue. */
static void wrap(lua_State *L, const char *name, lua_CFunction wrapper) {
  lua_getfield(L, -1, name);
  lua_pushcclosure(L, wrapper, 1);
  lua_setfield(L, -2, name);
}

static void set(lua_State *L, const char *name, lua_CFunction function) {
  lua_pushcfunction(L, function);
  lua_setfield(L, -2, name);
}

static void drop(lua_State *L, const char *name) {
  lua_pushnil(L);
  lua_setfield(L, -2, name);
}

void nj_open_libraries(lua_State *L, lua_Integer seed) {
  luaL_requiref(L, LUA_GNAME, luaopen_base, 1);
  luaL_requiref(L, LUA_STRLIBNAME, luaopen_string, 1);
  luaL_requiref(L, LUA_TABLIBNAME, luaopen_table, 1);
  luaL_requiref(L, LUA_MATHLIBNAME, luaopen_math, 1);
  luaL_requiref(L, LUA_UTF8LIBNAME, luaopen_utf8, 1);
  luaL_requiref(L, LUA_COLIBNAME, luaopen_coroutine, 1);
  lua_settop(L, 0);
  lua_pushglobaltable(L);
  drop(L, "dofile");
  drop(L, "loadfile");
  drop(L, "warn");
  set(L, "tostring", nj_tostring);
  set(L, "print", print);
  set(L, "pcall", pcall);
  set(L, "xpcall", xpcall);
  set(L, "collectgarbage", collect_garbage);
  wrap(L, "setmetatable", set_metatable);
  wrap(L, "rawset", raw_set);
  lua_getfield(L, -1, "next");
  lua_getfield(L, -2, "table");
  lua_getfield(L, -1, "sort");
  lua_remove(L, -2);
  lua_pushcclosure(L, pairs, 2);
  lua_setfield(L, -2, "pairs");

  lua_getfield(L, -1, "string");
  drop(L, "dump");
  wrap(L, "format", format);
  lua_pop(L, 1);
  lua_getfield(L, -1, "math");
  lua_getfield(L, -1, "randomseed");
  lua_pushinteger(L, seed);
  lua_call(L, 1, 0);
  wrap(L, "randomseed", random_seed);
  lua_pop(L, 1);

  lua_pushliteral(L, ""); /* every string shares this metatable: scripts may not have it */
  lua_getmetatable(L, -1);
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_pop(L, 2);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &pristine_key);

  lua_newtable(L); /* the state's own globals stay empty: scripts run in environments of their own */
  lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
}
