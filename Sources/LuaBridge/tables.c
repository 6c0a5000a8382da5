/* The table functions that can take long, with checks for a stop. They respect metamethods, as Lua's own do. */
#include "bridge.h"
#include <limits.h>

/* The length of a value that can be used like a table. */
static lua_Integer length_of(lua_State *L, int index) {
  if (lua_type(L, index) != LUA_TTABLE) {
    static const char *const needed[] = {"__index", "__newindex", "__len"};
    for (int i = 0; i < 3; i++) {
      if (luaL_getmetafield(L, index, needed[i]) == LUA_TNIL) luaL_checktype(L, index, LUA_TTABLE);
      lua_pop(L, 1);
    }
  }
  return luaL_len(L, index);
}

/* Whether 1 ≤ position ≤ last, where `last` may be one past the largest integer. */
static int is_between(lua_Integer position, lua_Unsigned last) {
  return (lua_Unsigned)position - 1u < last;
}

/* Moves entries first…last of the table at 1 by `step`, -1 or 1, in the order that overwrites none. */
static void shift(lua_State *L, lua_Integer first, lua_Integer last, int step) {
  nj_host *host = nj_host_of(L);
  lua_Integer at = step > 0 ? last : first;
  for (lua_Integer left = last - first + 1; left > 0; left--, at -= step) {
    nj_charge(L, host, 1);
    lua_geti(L, 1, at);
    lua_seti(L, 1, at + step);
  }
}

static int insert(lua_State *L) {
  lua_Unsigned next = (lua_Unsigned)length_of(L, 1) + 1;
  switch (lua_gettop(L)) {
    case 2: lua_seti(L, 1, (lua_Integer)next); return 0;
    case 3: break;
    default: return luaL_error(L, "wrong number of arguments to 'insert'");
  }
  lua_Integer position = luaL_checkinteger(L, 2);
  luaL_argcheck(L, is_between(position, next), 2, "position out of bounds");
  shift(L, position, (lua_Integer)next - 1, 1);
  lua_seti(L, 1, position);
  return 0;
}

static int take_out(lua_State *L) {
  lua_Integer length = length_of(L, 1);
  lua_Integer position = luaL_optinteger(L, 2, length);
  if (position != length)
    luaL_argcheck(L, is_between(position, (lua_Unsigned)length + 1u), 2, "position out of bounds");
  lua_geti(L, 1, position);
  if (position < length) {
    shift(L, position + 1, length, -1);
    position = length;
  }
  lua_pushnil(L);
  lua_seti(L, 1, position);
  return 1;
}

static int move(lua_State *L) {
  lua_Integer first = luaL_checkinteger(L, 2), last = luaL_checkinteger(L, 3), to = luaL_checkinteger(L, 4);
  int target = lua_isnoneornil(L, 5) ? 1 : 5;
  if (lua_type(L, 1) != LUA_TTABLE) luaL_argexpected(L, luaL_getmetafield(L, 1, "__index"), 1, "table");
  if (lua_type(L, target) != LUA_TTABLE)
    luaL_argexpected(L, luaL_getmetafield(L, target, "__newindex"), target, "table");
  if (last >= first) {
    luaL_argcheck(L, first > 0 || last < LUA_MAXINTEGER + first, 3, "too many elements to move");
    lua_Integer count = last - first + 1;
    luaL_argcheck(L, to <= LUA_MAXINTEGER - count + 1, 4, "destination wrap around");
    nj_host *host = nj_host_of(L);
    /* Backwards if the target range overlaps the end of the source, in the same table. */
    int backwards = to > first && to <= last && (target == 1 || lua_compare(L, 1, target, LUA_OPEQ));
    for (lua_Integer i = 0; i < count; i++) {
      lua_Integer offset = backwards ? count - 1 - i : i;
      nj_charge(L, host, 1);
      lua_geti(L, 1, first + offset);
      lua_seti(L, target, to + offset);
    }
  }
  lua_pushvalue(L, target);
  return 1;
}

static int concatenate(lua_State *L) {
  nj_host *host = nj_host_of(L);
  lua_Integer last = length_of(L, 1);
  size_t width;
  const char *separator = luaL_optlstring(L, 2, "", &width);
  lua_Integer at = luaL_optinteger(L, 3, 1);
  last = luaL_optinteger(L, 4, last);
  luaL_Buffer text;
  luaL_buffinit(L, &text);
  for (int is_first = 1; at <= last; at++, is_first = 0) {
    nj_charge(L, host, 1);
    if (!is_first) luaL_addlstring(&text, separator, width);
    lua_geti(L, 1, at);
    if (!lua_isstring(L, -1))
      return luaL_error(L, "invalid value (at index %I) in table for 'concat'", (LUAI_UACINT)at);
    luaL_addvalue(&text);
    if (at == last) break; /* `last` may be the largest integer */
  }
  luaL_pushresult(&text);
  return 1;
}

/* ---- Sorting: a bottom-up merge sort, which is stable ---- */

enum { comparator = 2, from = 3, into = 4 };

/* Whether the element on top sorts before the one below it. */
static int goes_first(lua_State *L) {
  if (lua_isnil(L, comparator)) return lua_compare(L, -1, -2, LUA_OPLT);
  lua_pushvalue(L, comparator);
  lua_pushvalue(L, -2);
  lua_pushvalue(L, -4);
  lua_call(L, 2, 1);
  int result = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return result;
}

/* Merges the sorted runs start…middle−1 and middle…end−1 of one list into the other. */
static void merge(lua_State *L, nj_host *host, lua_Integer start, lua_Integer middle, lua_Integer end) {
  lua_Integer left = start, right = middle;
  for (lua_Integer at = start; at < end; at++) {
    nj_charge(L, host, 1);
    int takes_right = left >= middle;
    if (!takes_right && right < end) {
      lua_rawgeti(L, from, left);
      lua_rawgeti(L, from, right);
      takes_right = goes_first(L);
      lua_pop(L, 2);
    }
    lua_rawgeti(L, from, takes_right ? right++ : left++);
    lua_rawseti(L, into, at);
  }
}

static int sort(lua_State *L) {
  nj_host *host = nj_host_of(L);
  lua_Integer count = length_of(L, 1);
  if (count < 2) return 0;
  luaL_argcheck(L, count < INT_MAX, 1, "array too big");
  if (!lua_isnoneornil(L, comparator)) luaL_checktype(L, comparator, LUA_TFUNCTION);
  lua_settop(L, comparator);
  lua_newtable(L);
  lua_newtable(L);
  for (lua_Integer i = 1; i <= count; i++) {
    nj_charge(L, host, 1);
    lua_geti(L, 1, i);
    lua_rawseti(L, from, i);
  }
  for (lua_Integer run = 1; run < count; run *= 2) {
    for (lua_Integer start = 1; start <= count; start += 2 * run) {
      lua_Integer middle = start + run < count + 1 ? start + run : count + 1;
      merge(L, host, start, middle, middle + run < count + 1 ? middle + run : count + 1);
    }
    lua_pushvalue(L, from); /* swap the lists */
    lua_copy(L, into, from);
    lua_replace(L, into);
  }
  for (lua_Integer i = 1; i <= count; i++) {
    nj_charge(L, host, 1);
    lua_rawgeti(L, from, i);
    lua_seti(L, 1, i);
  }
  return 0;
}

void nj_open_tables(lua_State *L) {
  nj_set(L, "concat", concatenate);
  nj_set(L, "insert", insert);
  nj_set(L, "move", move);
  nj_set(L, "remove", take_out);
  nj_set(L, "sort", sort);
}
