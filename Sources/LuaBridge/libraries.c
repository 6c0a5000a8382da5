/* The libraries of scripts: the safe part of Lua's own, with some functions replaced. */
#include "bridge.h"
#include <string.h>

static const char pristine_key;
const char nj_readonly_key;

void nj_push_pristine(lua_State *L) { lua_rawgetp(L, LUA_REGISTRYINDEX, &pristine_key); }

/* Like Lua's tostring, without addresses. */
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

/* Runs the function that a wrapper replaced in the wrapper's frame, so that its errors have the same line. */
static int original(lua_State *L) { return lua_tocfunction(L, lua_upvalueindex(1))(L); }

static int has_metafield(lua_State *L, int index, const char *name) {
  if (luaL_getmetafield(L, index, name) == LUA_TNIL) return 0;
  lua_pop(L, 1);
  return 1;
}

/* Pushes the text of an argument of print: a table with its entries unless it has a text or a name of its own, anything
   else as tostring gives it. */
static void push_printed(lua_State *L, int index) {
  if (lua_type(L, index) == LUA_TTABLE && !has_metafield(L, index, "__tostring") &&
      !has_metafield(L, index, "__name")) {
    nj_host *host = nj_host_of(L);
    host->alloc_may_fail = 0;
    host->calls.describe(host->owner, L, index);
    host->alloc_may_fail = 1;
    return;
  }
  lua_pushcfunction(L, nj_tostring);
  lua_pushvalue(L, index);
  lua_call(L, 1, 1);
}

static int print(lua_State *L) {
  int count = lua_gettop(L);
  luaL_Buffer text;
  luaL_buffinit(L, &text);
  for (int i = 1; i <= count; i++) {
    if (i > 1) luaL_addchar(&text, '\t');
    push_printed(L, i);
    luaL_addvalue(&text);
  }
  luaL_addchar(&text, '\n');
  luaL_pushresult(&text);
  size_t length;
  const char *bytes = lua_tolstring(L, -1, &length);
  nj_host *host = nj_host_of(L);
  host->alloc_may_fail = 0;
  host->calls.print(host->owner, bytes, length);
  host->alloc_may_fail = 1;
  if (host->wanted) nj_check_interrupt(L);
  return 0;
}

/* string.format, where %s prints no address and %p is an error. Upvalue: the original. */
static int format(lua_State *L) {
  size_t length;
  const char *at = luaL_checklstring(L, 1, &length), *end = at + length; /* may contain zero bytes */
  int count = lua_gettop(L), argument = 1;
  for (; at < end; at++) {
    if (*at != '%' || *++at == '%') continue;
    at += strspn(at, "-+ #0123456789.");
    if (*at == 'p') return luaL_error(L, "format: %%p shows an address; use %%s");
    if (++argument <= count && *at == 's' && lua_type(L, argument) >= LUA_TTABLE) {
      lua_pushcfunction(L, nj_tostring);
      lua_pushvalue(L, argument);
      lua_call(L, 1, 1);
      lua_replace(L, argument);
    }
  }
  return original(L);
}

/* string.rep. Lua's own repeats an empty string for as long as asked, without a check for a stop. */
static int repeat(lua_State *L) {
  size_t length, width;
  const char *text = luaL_checklstring(L, 1, &length);
  lua_Integer count = luaL_checkinteger(L, 2);
  const char *separator = luaL_optlstring(L, 3, "", &width);
  if (count <= 0 || length + width == 0) {
    lua_pushliteral(L, "");
    return 1;
  }
  const size_t max = (size_t)1 << 40;
  if (length > max || width > max || (size_t)count > max / (length + width))
    return luaL_error(L, "resulting string too large");
  luaL_Buffer result;
  size_t total = (size_t)count * length + (size_t)(count - 1) * width;
  nj_make_room(L, total);
  char *at = luaL_buffinitsize(L, &result, total);
  nj_host *host = nj_host_of(L);
  for (lua_Integer i = 0; i < count; i++) {
    nj_charge(L, host, 1);
    memcpy(at, text, length);
    at += length;
    if (i == count - 1) break;
    memcpy(at, separator, width);
    at += width;
  }
  luaL_pushresultsize(&result, total);
  return 1;
}

/* setmetatable without __gc: a finalizer would run where no limit applies. Upvalue: the original. */
static int set_metatable(lua_State *L) {
  if (lua_type(L, 2) == LUA_TTABLE) {
    lua_pushliteral(L, "__gc");
    if (lua_rawget(L, 2) != LUA_TNIL)
      return luaL_error(L, "setmetatable: __gc is not available; use __close with a <close> variable");
    lua_pop(L, 1);
  }
  return original(L);
}

/* rawset that refuses the host's tables. Upvalue: the original. */
static int raw_set(lua_State *L) {
  if (lua_type(L, 1) == LUA_TTABLE && lua_getmetatable(L, 1)) {
    if (lua_rawgetp(L, -1, &nj_readonly_key) != LUA_TNIL)
      return luaL_error(L, "rawset: '%s' belongs to the host and is read-only", lua_tostring(L, -1));
    lua_pop(L, 2);
  }
  return original(L);
}

/* Where there is much garbage, in steps: until the cycle that is under way ends, and through a whole one. */
void nj_collect_all(lua_State *L) {
  nj_host *host = nj_host_of(L);
  nj_charge(L, host, host->lua_bytes / 64); /* a collection visits every object */
  enum { few_bytes = 8 << 20, step_kilobytes = 1 << 11 };
  if (host->lua_bytes < few_bytes) {
    lua_gc(L, LUA_GCCOLLECT);
    return;
  }
  for (int ends = 0; ends < 2;) {
    nj_check_interrupt(L);
    ends += lua_gc(L, LUA_GCSTEP, step_kilobytes);
  }
}

static int collect_garbage(lua_State *L) {
  static const char *const names[] = {"collect", "count", NULL};
  nj_host *host = nj_host_of(L);
  if (luaL_checkoption(L, 1, "collect", names) == 1) {
    if (host->hides_memory) return luaL_error(L, "collectgarbage: plugins of this role read no sizes of memory");
    lua_pushnumber(L, (lua_Number)host->lua_bytes / 1024);
    return 1;
  }
  nj_collect_all(L);
  lua_pushinteger(L, 0);
  return 1;
}

/* Replaces field `name` of the table on top with a wrapper that has the original as its upvalue. */
static void wrap(lua_State *L, const char *name, lua_CFunction wrapper) {
  lua_getfield(L, -1, name);
  lua_pushcclosure(L, wrapper, 1);
  lua_setfield(L, -2, name);
}

static void drop(lua_State *L, const char *name) {
  lua_pushnil(L);
  lua_setfield(L, -2, name);
}

/* Calls `open` with one of the libraries in the table on top. */
static void change(lua_State *L, const char *library, void (*open)(lua_State *L)) {
  lua_getfield(L, -1, library);
  open(L);
  lua_pop(L, 1);
}

static void open_strings(lua_State *L) {
  drop(L, "dump");
  wrap(L, "format", format);
  nj_set(L, "rep", repeat);
  nj_open_patterns(L);
  nj_open_methods(L);
}

void nj_open_libraries(lua_State *L) {
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
  nj_set(L, "tostring", nj_tostring);
  nj_set(L, "print", print);
  nj_set(L, "collectgarbage", collect_garbage);
  wrap(L, "setmetatable", set_metatable);
  wrap(L, "rawset", raw_set);
  nj_open_protected_calls(L);
  nj_open_order(L);
  change(L, "string", open_strings);
  change(L, "table", nj_open_tables);
  change(L, "coroutine", nj_open_coroutines);

  lua_pushliteral(L, ""); /* all strings share this metatable: scripts must not get it */
  lua_getmetatable(L, -1);
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_pop(L, 2);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &pristine_key);

  lua_newtable(L); /* the state's own globals stay empty: scripts run in environments of their own */
  lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
}
