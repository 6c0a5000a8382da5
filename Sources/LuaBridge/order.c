/* pairs and next in an order that depends on no hash seed and no address: the list part 1…#t, other numbers in increasing
   order, false and true, strings compared as bytes, host objects by age, functions by where they are defined. Tables and
   coroutines as keys have no such order; a traversal of a table with two of them is an error. */
#include "bridge.h"
#include <string.h>

/* The snapshots of traversals by `next`: table → { keys…, [key] = position }, with weak keys. */
static const char traversals_key;
/* How they began: table → its first key or, as a float, which an integral key never is, the length of its list part. */
static const char starts_key;

/* The rank of a key's type in the order; -1 for keys that have no order among themselves. */
static int rank(lua_State *L, int index) {
  switch (lua_type(L, index)) {
    case LUA_TNUMBER: return 0;
    case LUA_TBOOLEAN: return 1;
    case LUA_TSTRING: return 2;
    case LUA_TUSERDATA: return nj_to_object(L, index) != NULL ? 3 : -1;
    case LUA_TFUNCTION: return lua_iscfunction(L, index) ? -1 : 4;
    default: return -1;
  }
}

/* Where a function is defined; the text of `source` lives as long as the function. */
static int line_of(lua_State *L, int index, const char **source) {
  lua_Debug record;
  lua_pushvalue(L, index);
  lua_getinfo(L, ">S", &record);
  *source = record.source;
  return record.linedefined;
}

/* Less than 0 if the key at `a` sorts before the one at `b`, 0 if they have no order. */
static int compare(lua_State *L, int a, int b) {
  int left = rank(L, a), right = rank(L, b);
  if (left != right) return left < 0 ? 1 : right < 0 ? -1 : left - right;
  switch (left) {
    case 0: return lua_compare(L, a, b, LUA_OPLT) ? -1 : lua_compare(L, b, a, LUA_OPLT);
    case 1: return lua_toboolean(L, a) - lua_toboolean(L, b);
    case 2: return lua_compare(L, a, b, LUA_OPLT) ? -1 : !lua_rawequal(L, a, b);
    case 3: return nj_to_object(L, a)->born < nj_to_object(L, b)->born ? -1 : !lua_rawequal(L, a, b);
    case 4: {
      const char *first, *second;
      int line = line_of(L, a, &first), other = line_of(L, b, &second);
      int order = strcmp(first, second);
      return order != 0 ? order : line - other;
    }
    default: return 0;
  }
}

static int refuse_order(lua_State *L, int index) {
  return luaL_error(L, "this table has several %ss as keys, which have no fixed order. Hint: keep the keys in a "
                       "list as well, and iterate over that", luaL_typename(L, index));
}

static int comes_first(lua_State *L) {
  int order = compare(L, 1, 2);
  if (order == 0 && !lua_rawequal(L, 1, 2)) return refuse_order(L, 1);
  lua_pushboolean(L, order < 0);
  return 1;
}

/* Whether a key belongs to the list part of `count` elements. */
static int is_listed(lua_State *L, int index, lua_Unsigned count) {
  return lua_isinteger(L, index) && (lua_Unsigned)lua_tointeger(L, index) - 1u < count;
}

/* Pushes the list of the keys of the table at `table` after its list part, in order. */
static void push_keys(lua_State *L, int table, lua_Unsigned count) {
  nj_host *host = nj_host_of(L);
  lua_newtable(L);
  int keys = lua_gettop(L);
  lua_Integer found = 0;
  for (lua_pushnil(L); lua_next(L, table);) {
    nj_charge(L, host, 1);
    lua_pop(L, 1);
    if (is_listed(L, -1, count)) continue;
    lua_pushvalue(L, -1);
    lua_rawseti(L, keys, ++found);
  }
  if (found < 2) return;
  nj_push_pristine(L);
  lua_getfield(L, -1, "table");
  lua_getfield(L, -1, "sort");
  lua_pushvalue(L, keys);
  lua_pushcfunction(L, comes_first);
  lua_call(L, 2, 0);
  lua_settop(L, keys);
}

/* ---- Weak tables ---- */

/* Whether entries of the table at 1 vanish with their keys or values. */
static int is_weak(lua_State *L) {
  if (luaL_getmetafield(L, 1, "__mode") == LUA_TNIL) return 0;
  const char *mode = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
  int result = strpbrk(mode, "kv") != NULL;
  lua_pop(L, 1);
  return result;
}

/* Pushes a table that keeps the values of the table at 1 alive. */
static void push_values(lua_State *L) {
  nj_host *host = nj_host_of(L);
  lua_newtable(L);
  int values = lua_gettop(L);
  lua_Integer count = 0;
  for (lua_pushnil(L); lua_next(L, 1);) {
    nj_charge(L, host, 1);
    lua_rawseti(L, values, ++count);
  }
}

/* ---- pairs ---- */

/* Upvalues: the table, its keys after the list part, the length of that, the position of the last key; for a weak table,
   its values. Keys whose value was removed since are skipped. */
static int next_in_order(lua_State *L) {
  lua_Integer count = lua_tointeger(L, lua_upvalueindex(3));
  for (lua_Integer at = lua_tointeger(L, lua_upvalueindex(4)) + 1;; at++) {
    if (at <= count)
      lua_pushinteger(L, at);
    else if (lua_rawgeti(L, lua_upvalueindex(2), at - count) == LUA_TNIL)
      return 1;
    lua_pushvalue(L, -1);
    if (lua_rawget(L, lua_upvalueindex(1)) == LUA_TNIL) {
      lua_pop(L, 2);
      continue;
    }
    lua_pushinteger(L, at);
    lua_replace(L, lua_upvalueindex(4));
    return 2;
  }
}

static void push_state(lua_State *L) {
  lua_Unsigned count = lua_rawlen(L, 1);
  lua_pushvalue(L, 1);
  push_keys(L, 1, count);
  lua_pushinteger(L, (lua_Integer)count);
  lua_pushinteger(L, 0);
}

void nj_push_iterator(lua_State *L) {
  push_state(L);
  lua_pushcclosure(L, next_in_order, 4);
}

/* The same for a weak table: what was there at the start is there until the iterator ends, unless the script removes it. */
static void push_weak_iterator(lua_State *L) {
  push_state(L);
  push_values(L);
  lua_pushcclosure(L, next_in_order, 5);
}

/* Whether the table at 1 has a list part and nothing else. */
static int is_list(lua_State *L) {
  nj_host *host = nj_host_of(L);
  lua_Unsigned count = lua_rawlen(L, 1), found = 0;
  for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
    nj_charge(L, host, 1);
    if (is_listed(L, -2, count)) {
      found++;
      continue;
    }
    lua_pop(L, 2);
    return 0;
  }
  return found > 0;
}

static int next(lua_State *L);

/* After a __pairs that yielded. */
static int after_pairs(lua_State *L, int status, lua_KContext extra) {
  (void)L, (void)status, (void)extra;
  return 3;
}

static int pairs(lua_State *L) {
  luaL_checkany(L, 1);
  if (luaL_getmetafield(L, 1, "__pairs") != LUA_TNIL) {
    lua_pushvalue(L, 1);
    lua_callk(L, 1, 3, 0, after_pairs);
    return 3;
  }
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  if (is_weak(L)) {
    nj_collect_all(L);
    push_weak_iterator(L);
  } else if (is_list(L)) {
    lua_pushcfunction(L, next);
  } else {
    nj_push_iterator(L);
  }
  lua_pushvalue(L, 1);
  return 2;
}

/* ---- ipairs ---- */

/* Up to the first nil, like Lua's own. */
static int next_in_list(lua_State *L) {
  lua_Integer i = luaL_intop(+, luaL_checkinteger(L, 2), 1);
  lua_pushinteger(L, i);
  return lua_geti(L, 1, i) == LUA_TNIL ? 1 : 2;
}

/* Up to the length, which is the upvalue: for objects that raise beyond it, as tensors do. */
static int next_of_length(lua_State *L) {
  lua_Integer i = luaL_checkinteger(L, 2);
  if (i < 0 || i >= lua_tointeger(L, lua_upvalueindex(1))) return 0;
  lua_pushinteger(L, i + 1);
  lua_geti(L, 1, i + 1);
  return 2;
}

static int ipairs(lua_State *L) {
  luaL_checkany(L, 1);
  if (lua_type(L, 1) == LUA_TUSERDATA && luaL_getmetafield(L, 1, "__len") != LUA_TNIL) {
    lua_pushinteger(L, luaL_len(L, 1));
    lua_pushcclosure(L, next_of_length, 1);
  } else {
    lua_pushcfunction(L, next_in_list);
  }
  lua_pushvalue(L, 1);
  lua_pushinteger(L, 0);
  return 3;
}

/* ---- next ---- */

/* Pushes the first key after the list part, or nil. Raises if it is one of several that have no order. */
static void push_first(lua_State *L) {
  nj_host *host = nj_host_of(L);
  lua_pushnil(L);
  int best = lua_gettop(L), is_first = 1;
  for (lua_pushnil(L); lua_next(L, 1);) {
    nj_charge(L, host, 1);
    lua_pop(L, 1);
    int order = lua_isnil(L, best) ? -1 : compare(L, -1, best);
    if (order < 0) lua_copy(L, -1, best);
    if (order <= 0) is_first = order < 0;
  }
  if (!is_first) refuse_order(L, best);
}

/* Starts a traversal of the table at 1: forgets the last one, and stores the value on top, popped, in the table of starts. */
static void start_traversal(lua_State *L) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &traversals_key);
  lua_pushvalue(L, 1);
  lua_pushnil(L);
  lua_rawset(L, -3);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &starts_key);
  lua_pushvalue(L, 1);
  lua_pushvalue(L, -4);
  lua_rawset(L, -3);
  lua_pop(L, 3);
}

/* Whether the traversal of the table at 1 started with the key at 2, or in a list part that contained it. */
static int was_at_start(lua_State *L) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &starts_key);
  lua_pushvalue(L, 1);
  lua_rawget(L, -2);
  lua_Number length = lua_type(L, -1) == LUA_TNUMBER && !lua_isinteger(L, -1) ? lua_tonumber(L, -1) : 0;
  int is_length = length >= 1 && length < 0x1p53 && (lua_Number)(lua_Unsigned)length == length;
  int result = lua_rawequal(L, -1, 2) || (is_length && is_listed(L, 2, (lua_Unsigned)length));
  lua_pop(L, 2);
  return result;
}

/* Whether the table at 1 has the key at 2 in its snapshot. */
static int is_in_snapshot(lua_State *L) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &traversals_key);
  lua_pushvalue(L, 1);
  int result = 0;
  if (lua_rawget(L, -2) == LUA_TTABLE) {
    lua_pushvalue(L, 2);
    result = lua_rawget(L, -2) != LUA_TNIL;
    lua_pop(L, 1);
  }
  lua_pop(L, 2);
  return result;
}

/* Raises unless the key at 2 is in the table at 1, or was when the traversal passed it. */
static void check_key(lua_State *L, lua_Unsigned count) {
  if (is_listed(L, 2, count)) return;
  lua_pushvalue(L, 2);
  int is_present = lua_rawget(L, 1) != LUA_TNIL;
  lua_pop(L, 1);
  if (!is_present && !is_in_snapshot(L) && !was_at_start(L)) luaL_error(L, "invalid key to 'next'");
}

/* Pushes the snapshot of the table at 1; makes a new one if it lacks the key at 2. */
static void push_snapshot(lua_State *L, lua_Unsigned count) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &traversals_key);
  int traversals = lua_gettop(L);
  lua_pushvalue(L, 1);
  if (lua_rawget(L, traversals) == LUA_TTABLE) {
    lua_pushvalue(L, 2);
    if (is_listed(L, 2, count) || lua_rawget(L, -2) != LUA_TNIL) {
      lua_settop(L, traversals + 1);
      return;
    }
  }
  lua_settop(L, traversals);
  push_keys(L, 1, count);
  lua_Integer count_of_keys = (lua_Integer)lua_rawlen(L, -1);
  lua_newtable(L);
  for (lua_Integer at = 1; at <= count_of_keys; at++) {
    lua_rawgeti(L, traversals + 1, at);
    lua_pushinteger(L, at);
    lua_rawset(L, -3);
  }
  lua_pushvalue(L, -2);
  lua_rawsetp(L, -2, &traversals_key); /* the list of keys, in the table of positions */
  lua_remove(L, traversals + 1);
  lua_pushvalue(L, 1);
  lua_pushvalue(L, -2);
  lua_rawset(L, traversals);
}

/* The position of the last key in the snapshot on top that does not sort after the key at 2, which may have been removed. */
static lua_Integer position_of_key(lua_State *L, lua_Unsigned count) {
  if (is_listed(L, 2, count)) return 0;
  lua_pushvalue(L, 2);
  lua_rawget(L, -2);
  lua_Integer position = lua_tointeger(L, -1);
  lua_pop(L, 1);
  if (position > 0) return position;
  lua_rawgetp(L, -1, &traversals_key);
  while (lua_rawgeti(L, -1, position + 1) != LUA_TNIL && compare(L, lua_gettop(L), 2) < 0) {
    lua_pop(L, 1);
    position++;
  }
  lua_pop(L, 2);
  return position;
}

static int next(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 2);
  int weak = is_weak(L); /* then nothing remembers the traversal: it would keep its first key alive */
  if (weak) {
    if (!lua_isnil(L, 2))
      return luaL_error(L, "next: which entries of a weak table are left depends on when garbage is collected. "
                           "Hint: use pairs, for which they are kept");
    nj_collect_all(L);
  }
  lua_Unsigned count = lua_rawlen(L, 1);
  if (is_listed(L, 2, count) || (lua_isnil(L, 2) && count > 0)) { /* the list part needs no snapshot */
    for (lua_Integer at = lua_tointeger(L, 2) + 1; (lua_Unsigned)at <= count; at++) {
      lua_pushinteger(L, at);
      if (lua_rawgeti(L, 1, at) != LUA_TNIL) {
        if (lua_isnil(L, 2) && !weak) {
          lua_pushnumber(L, (lua_Number)count);
          start_traversal(L);
        }
        return 2;
      }
      lua_pop(L, 2);
    }
  }
  if (lua_isnil(L, 2)) {
    push_first(L);
    if (!weak) {
      lua_pushvalue(L, -1);
      start_traversal(L);
    }
    if (lua_isnil(L, -1)) return 1;
    lua_pushvalue(L, -1);
    lua_rawget(L, 1);
    return 2;
  }
  check_key(L, count);
  push_snapshot(L, count);
  lua_Integer position = position_of_key(L, count);
  lua_rawgetp(L, -1, &traversals_key);
  for (;;) {
    if (lua_rawgeti(L, -1, ++position) == LUA_TNIL) return 1;
    lua_pushvalue(L, -1);
    if (lua_rawget(L, 1) != LUA_TNIL) return 2;
    lua_pop(L, 2);
  }
}

/* Sets a new table with weak keys in the registry. */
static void set_weak_table(lua_State *L, const char *key) {
  lua_newtable(L);
  lua_newtable(L);
  lua_pushliteral(L, "k");
  lua_setfield(L, -2, "__mode");
  lua_setmetatable(L, -2);
  lua_rawsetp(L, LUA_REGISTRYINDEX, key);
}

/* The table of base functions is on top. */
void nj_open_order(lua_State *L) {
  set_weak_table(L, &traversals_key);
  set_weak_table(L, &starts_key);
  nj_set(L, "pairs", pairs);
  nj_set(L, "ipairs", ipairs);
  nj_set(L, "next", next);
}
