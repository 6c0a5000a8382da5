/* Environments: one per script and plugin, so that changes in one are not visible in another. */
#include "bridge.h"
#include <string.h>

/* Gets the next piece from load's reader, and checks: a reader in C may return pieces forever. Upvalue: the reader. */
static int read_piece(lua_State *L) {
  nj_charge(L, nj_host_of(L), 1);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_call(L, 0, 1);
  return 1;
}

/* Whether the chunk at 1 is a string that starts like compiled code. */
static int is_compiled(lua_State *L) {
  return lua_type(L, 1) == LUA_TSTRING && *lua_tostring(L, 1) == *LUA_SIGNATURE;
}

/* Bytes of a chunk that Lua compiles without a look at the clock. */
enum { max_part = 1 << 16 };

/* Returns the next part of a long chunk, and checks. Upvalues: the chunk, the position in it. */
static int next_part(lua_State *L) {
  nj_check_interrupt(L);
  size_t length;
  const char *text = lua_tolstring(L, lua_upvalueindex(1), &length);
  size_t at = (size_t)lua_tointeger(L, lua_upvalueindex(2));
  size_t part = length - at < max_part ? length - at : max_part;
  lua_pushinteger(L, (lua_Integer)(at + part));
  lua_replace(L, lua_upvalueindex(2));
  lua_pushlstring(L, text + at, part);
  return 1; /* an empty string ends the chunk */
}

/* Replaces a long string at 1 with a reader of its parts. */
static void read_in_parts(lua_State *L) {
  if (lua_type(L, 1) != LUA_TSTRING || lua_rawlen(L, 1) <= max_part || is_compiled(L)) return;
  if (lua_isnil(L, 2)) { /* as for a string, where the default is the chunk itself */
    lua_pushvalue(L, 1);
    lua_replace(L, 2);
  }
  lua_pushvalue(L, 1);
  lua_pushinteger(L, 0);
  lua_pushcclosure(L, next_part, 2);
  lua_replace(L, 1);
}

/* load(chunk, name, mode, env): text only, and by default into this environment.
   Upvalues: the original, the environment. */
static int load(lua_State *L) {
  int count = lua_gettop(L);
  lua_settop(L, 4);
  const char *mode = luaL_optstring(L, 3, "bt"), *name = lua_tostring(L, 2);
  if (strchr(mode, 't') == NULL && !is_compiled(L)) {
    if (!lua_isstring(L, 1)) luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_pushnil(L);
    lua_pushfstring(L, "attempt to load a text chunk (mode is '%s')", mode);
    return 2;
  }
  lua_pushvalue(L, lua_upvalueindex(2));
  nj_note_chunk(L, name);
  if (count < 4) lua_replace(L, 4); else lua_pop(L, 1);
  lua_pushliteral(L, "t");
  lua_replace(L, 3);
  if (lua_type(L, 1) == LUA_TFUNCTION) {
    lua_pushvalue(L, 1);
    lua_pushcclosure(L, read_piece, 1);
    lua_replace(L, 1);
  }
  read_in_parts(L);
  return lua_tocfunction(L, lua_upvalueindex(1))(L);
}

/* Replaces the table at -1 with a copy; if `deep`, with copies of the tables in it, except _G. */
static void copy(lua_State *L, int deep) {
  lua_newtable(L);
  int source = lua_gettop(L) - 1;
  for (lua_pushnil(L); lua_next(L, source);) {
    if (deep && lua_type(L, -1) == LUA_TTABLE) {
      if (lua_rawequal(L, -1, source)) {
        lua_pop(L, 1);
        continue;
      }
      copy(L, 0);
    }
    lua_pushvalue(L, -2);
    lua_insert(L, -2);
    lua_rawset(L, source + 1);
  }
  lua_remove(L, source);
}

/* math.randomseed, which requires a seed: without one, Lua's own uses the time and an address. Upvalue: the original. */
static int random_seed(lua_State *L) {
  if (lua_gettop(L) == 0) return luaL_error(L, "randomseed: argument 1 (seed): expected number, got nothing");
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
  return lua_gettop(L);
}

/* Gives the math library on top a random number generator of its own, seeded. */
static void seed_random(lua_State *L, lua_Integer seed) {
  lua_pushcfunction(L, luaopen_math);
  lua_call(L, 0, 1);
  lua_getfield(L, -1, "randomseed");
  lua_pushvalue(L, -1);
  lua_pushinteger(L, seed);
  lua_call(L, 1, 0);
  lua_pushcclosure(L, random_seed, 1);
  lua_setfield(L, -3, "randomseed");
  lua_getfield(L, -1, "random");
  lua_setfield(L, -3, "random");
  lua_pop(L, 1);
}

void nj_push_environment(lua_State *L, lua_Integer seed) {
  nj_push_pristine(L);
  copy(L, 1);
  lua_pushvalue(L, -1);
  lua_setfield(L, -2, "_G");
  lua_getfield(L, -1, "math");
  seed_random(L, seed);
  lua_pop(L, 1);
  lua_getfield(L, -1, "load");
  lua_pushvalue(L, -2);
  lua_pushcclosure(L, load, 2);
  lua_setfield(L, -2, "load");
  nj_note_strings(L);
}

/* Upvalue: the table's name. */
static int refuse_write(lua_State *L) {
  const char *name = lua_tostring(L, lua_upvalueindex(1));
  lua_pushcfunction(L, nj_tostring);
  lua_pushvalue(L, 2);
  lua_call(L, 1, 1);
  return luaL_error(L, "cannot set %s.%s: '%s' belongs to the host and is read-only", name,
                    lua_tostring(L, -1), name);
}

/* Returns only the iterator: scripts must not get the table itself. Upvalue: the table. */
static int read_pairs(lua_State *L) {
  lua_settop(L, 0);
  lua_pushvalue(L, lua_upvalueindex(1));
  nj_push_iterator(L);
  return 1;
}

static int read_length(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)lua_rawlen(L, lua_upvalueindex(1)));
  return 1;
}

void nj_make_readonly(lua_State *L, const char *name) {
  int table = lua_gettop(L);
  lua_newtable(L);
  lua_newtable(L);
  lua_pushvalue(L, table);
  lua_setfield(L, -2, "__index");
  lua_pushstring(L, name);
  lua_pushcclosure(L, refuse_write, 1);
  lua_setfield(L, -2, "__newindex");
  lua_pushvalue(L, table);
  lua_pushcclosure(L, read_pairs, 1);
  lua_setfield(L, -2, "__pairs");
  lua_pushvalue(L, table);
  lua_pushcclosure(L, read_length, 1);
  lua_setfield(L, -2, "__len");
  lua_pushstring(L, name);
  lua_setfield(L, -2, "__name");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_pushstring(L, name);
  lua_rawsetp(L, -2, &nj_readonly_key);
  lua_setmetatable(L, -2);
  lua_remove(L, table);
}
