/* pcall and xpcall that do not catch a stop. */
#include "bridge.h"

static int after_pcall(lua_State *L, int status, lua_KContext extra) {
  if (status == LUA_OK || status == LUA_YIELD) return lua_gettop(L) - (int)extra;
  nj_raise_if_stopping(L);
  lua_pushboolean(L, 0);
  lua_pushvalue(L, -2);
  return 2;
}

static int protected_call(lua_State *L) {
  luaL_checkany(L, 1);
  lua_pushboolean(L, 1);
  lua_insert(L, 1);
  int status = lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 0, 0, after_pcall);
  return after_pcall(L, status, 0);
}

/* The script's message handler, skipped for a stop: it could run inside the hook, where no hook interrupts it.
   Upvalue: the handler. */
static int handle(lua_State *L) {
  if (nj_host_of(L)->stopping) return 1;
  lua_settop(L, 1);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, 1, 1);
  return 1;
}

static int protected_call_with_handler(lua_State *L) {
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

void nj_open_protected_calls(lua_State *L) {
  nj_set(L, "pcall", protected_call);
  nj_set(L, "xpcall", protected_call_with_handler);
}
